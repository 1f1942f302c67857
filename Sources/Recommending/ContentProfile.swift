/// What a history says in a space that no training made: a mean of its items' vectors.
package enum ContentProfile {
  /// Items that are looked at, the newest.
  package static let itemLimit = 20
  /// What an item weighs of the one after it.
  private static let decay: Float = 0.8

  /// The weighted mean of the vectors, each of length 1, of the newest items that have one; nil where none has.
  package static func vector<Item>(
    after items: [Item], _ vector: (Item) throws -> [Float]?
  ) rethrows -> [Float]? {
    var sum: [Float]?
    var weight: Float = 1
    for item in items.suffix(itemLimit).reversed() {
      guard let found = try vector(item) else { continue }
      let length = found.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { continue }
      sum = zip(sum ?? [Float](repeating: 0, count: found.count), found).map { $0 + weight / length * $1 }
      weight *= decay
    }
    return sum.flatMap { sum in sum.contains { $0 != 0 } ? sum : nil }
  }
}
