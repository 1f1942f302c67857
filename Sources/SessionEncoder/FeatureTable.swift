/// The learned vectors of items' features, from which an item that has no row of its own gets its vector.
package struct FeatureTable: Sendable {
  private let numbers: [String: Int]
  /// [features, width]
  private let rows: [Float]
  private let width: Int
  private let isNormalized: Bool

  /// - Parameter isNormalized: whether vectors have length 1.
  package init(names: [String], rows: [Float], width: Int, isNormalized: Bool) {
    precondition(rows.count == names.count * width)
    numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    self.rows = rows
    self.width = width
    self.isNormalized = isNormalized
  }

  /// The vector [width] of an item with these features; nil where none of them is known.
  package func vector(of names: [String]) -> [Float]? {
    let known = Set(names.compactMap { numbers[$0] }).sorted()
    guard !known.isEmpty else { return nil }
    let weight = 1 / Float(known.count).squareRoot()
    var vector = [Float](repeating: 0, count: width)
    for feature in known {
      for index in 0..<width { vector[index] += weight * rows[feature * width + index] }
    }
    guard isNormalized else { return vector }
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else { return nil }
    return vector.map { $0 / length }
  }
}
