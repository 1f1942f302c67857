import Basics
import Tensors

/// Words and attributes of items as numbered features, sparse: those of item i lie at `starts[i]..<starts[i + 1]`.
package struct ItemFeatures: Sendable {
  package let names: [String]
  private var starts: [Int] = [0]
  package private(set) var features: [UInt32] = []
  /// The items of each feature, the other way round.
  private var itemStarts: [Int] = []
  private var items: [UInt32] = []

  package var featureCount: Int { names.count }

  /// - Parameters:
  ///   - names: what each item has; a name may occur once an item.
  ///   - minimumItems: names of fewer items are left out, since nothing can be learned from them about others.
  package init(_ names: [[String]], minimumItems: Int = 2) {
    var counts: [String: Int] = [:]
    for item in names { for name in Set(item) { counts[name, default: 0] += 1 } }
    let kept = counts.filter { $0.value >= minimumItems }.keys.sorted()
    self.init(names, among: kept)
  }

  /// Numbers `names` as a model knows them; others are left out.
  package init(_ names: [[String]], among known: [String]) {
    self.names = known
    let numbers = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, UInt32($0)) })
    for item in names {
      features += Set(item.compactMap { numbers[$0] }).sorted()
      starts.append(features.count)
    }
    itemStarts = [Int](repeating: 0, count: known.count + 1)
    for feature in features { itemStarts[Int(feature) + 1] += 1 }
    for feature in known.indices { itemStarts[feature + 1] += itemStarts[feature] }
    items = [UInt32](repeating: 0, count: features.count)
    var next = itemStarts
    for item in names.indices {
      for feature in features[starts[item]..<starts[item + 1]] {
        items[next[Int(feature)]] = UInt32(item)
        next[Int(feature)] += 1
      }
    }
  }

  /// The features of an item, ascending.
  package func features(of item: Int) -> ArraySlice<UInt32> { features[starts[item]..<starts[item + 1]] }

  /// The items of a feature, ascending.
  package func items(of feature: Int) -> ArraySlice<UInt32> {
    items[itemStarts[feature]..<itemStarts[feature + 1]]
  }

  /// The factor of each feature's vector in an item's: together they weigh about as much as one.
  func weight(of item: Int) -> Double {
    let count = starts[item + 1] - starts[item]
    return count == 0 ? 0 : 1 / Double(count).squareRoot()
  }
}

/// Learned vectors of named features, such as words and attributes.
package struct FeatureRows: Sendable {
  private let numbers: [String: Int]
  /// [names, width]
  private let rows: [Float]
  private let width: Int

  /// - Parameter rows: the names' vectors [names, width].
  package init(names: [String], rows: [Float], width: Int) {
    precondition(rows.count == names.count * width)
    numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    self.rows = rows
    self.width = width
  }

  package var isEmpty: Bool { numbers.isEmpty }

  /// The sum [width] of the vectors of those of some features that are known, divided by the square root of their
  /// number; nil where none of them is.
  package func vector(of names: [String]) -> [Float]? {
    let known = Set(names.compactMap { numbers[$0] }).sorted()
    guard !known.isEmpty else { return nil }
    let weight = 1 / Float(known.count).squareRoot()
    var vector = [Float](repeating: 0, count: width)
    for row in known { for index in 0..<width { vector[index] += weight * rows[row * width + index] } }
    return vector
  }
}

/// Vectors of items from other spaces, such as those of their texts and images, one after the other: what a learned
/// projection turns into a part of their vectors.
package struct ItemContent: Sendable {
  /// Elements of an item's.
  package let width: Int
  /// [items, width]; zeros where an item has none.
  private let values: [Float]

  package init(width: Int, values: [Float]) {
    precondition(width > 0 && values.count % width == 0)
    self.width = width
    self.values = values
  }

  package var itemCount: Int { values.count / width }

  /// The elements of an item.
  package func row(_ item: Int) -> ArraySlice<Float> { values[(item * width)..<((item + 1) * width)] }

  /// Some elements of an item; nil where it has none of them.
  package func vector(_ item: Int, _ columns: Range<Int>) -> [Float]? {
    let row = values[(item * width + columns.lowerBound)..<(item * width + columns.upperBound)]
    return row.contains { $0 != 0 } ? Array(row) : nil
  }

  /// A checksum of all numbers.
  package var checksum: UInt32 { values.withUnsafeBytes { crc32c($0) } }

  /// The vectors [items.count, width] of some items.
  func gather<R: TensorScalar>(_ items: some Collection<UInt32>, into target: UnsafeMutablePointer<R>) {
    values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return }
      for (place, item) in items.enumerated() {
        R.convert(start + Int(item) * width, width, target + place * width)
      }
    }
  }
}
