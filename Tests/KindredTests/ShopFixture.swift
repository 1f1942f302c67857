import TestSupport
import Basics
import Kindred

/// A store with vectors and attributes, and the same in memory to compare with.
struct ShopFixture {
  static let dimension = 16
  let directory: TemporaryDirectory
  let store: Store
  private(set) var vectors: [[Float]] = []
  var records: [Item] = []
  private(set) var generator: SeededGenerator

  /// - Parameters:
  ///   - count: items in the graph.
  ///   - tail: items behind it that no merge has taken yet.
  init(count: Int, tail: Int, seed: UInt64) throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
    generator = SeededGenerator(seed: seed)
    try store.createSpace(
      SpaceConfiguration(
        name: "content", of: .items, dimension: Self.dimension, metric: .cosine, m: 8, efConstruction: 60))
    for number in 0..<count + tail {
      vectors.append(generator.vector(Self.dimension))
      records.append(
        Item(
          id: "i\(number)", text: "item number \(number)",
          attributes: [
            "price": .number(Double(number * 7_919 % (count + tail))), "category": .string("c\(number % 5)"),
            "hidden": .bool(number % 11 == 0),
          ]))
      // Every third item has no stock.
      if number % 3 != 0 { records[number].attributes["stock"] = .number(Double(number % 100)) }
    }
    try store.upsert(records)
    try store.upsert(
      "content", ids: records[..<count].map(\.id), vectors: Array(vectors[..<count].joined()))
    try store.rebuild()
    try store.upsert(
      "content", ids: records[count...].map(\.id), vectors: Array(vectors[count...].joined()))
  }

  /// A new query.
  mutating func nextVector() -> [Float] { generator.vector(Self.dimension) }

  /// The ids of the `k` nearest items that pass, computed the plain way.
  func nearest(to query: [Float], k: Int, where passes: (Item) -> Bool) -> [String] {
    func cosine(_ vector: [Float]) -> Double {
      var (product, norm) = (0.0, 0.0)
      for (left, right) in zip(query, vector) {
        product += Double(left) * Double(right)
        norm += Double(right) * Double(right)
      }
      return product / norm.squareRoot()
    }
    let scored = records.indices.filter { passes(records[$0]) }.map { (cosine(vectors[$0]), records[$0].id) }
    return scored.sorted { ($1.0, $0.1) < ($0.0, $1.1) }.prefix(k).map(\.1)
  }
}

extension Record {
  /// A number among the attributes.
  func number(_ name: String) -> Double? {
    if case .number(let number) = attributes[name] { number } else { nil }
  }
}
