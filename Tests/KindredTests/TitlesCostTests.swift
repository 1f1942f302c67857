import TestSupport
import Interchange
import Kindred
import Testing

/// The gate on real vectors: distances that a query computes at recall@10 = 0.95, which say the same on every machine.
/// A change for the better lowers them.
@Suite struct TitlesCostTests {
  static let base = SharedData.path("minilm-titles/base.npy")
  static let queries = SharedData.path("minilm-titles/queries.npy")

  private func rows(_ path: String, _ count: Int) throws -> VectorBatch {
    guard case .batch(let batch) = try VectorSource(path: path).next(count) else { throw Missing() }
    return batch
  }
  private struct Missing: Error {}

  @Test(
    .enabled(if: base != nil && queries != nil, "the data is not here"),
    arguments: [(VectorEncoding.float32, 452.3), (.int8, 473.5), (.int4, 467.0)])
  func distancesPerQueryAtTheRecallFloor(_ encoding: VectorEncoding, _ measured: Double) throws {
    let base = try rows(try #require(Self.base), 3_000)
    let queries = try rows(try #require(Self.queries), 200)
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    try store.createSpace(
      SpaceConfiguration(
        name: "titles", of: .items, dimension: base.dimension, metric: .cosine, encoding: encoding))
    try store.upsert("titles", ids: base.ids, vectors: base.values)
    try store.rebuild()
    func ask(_ effort: QueryOptions.Effort) throws -> QueryBatch {
      try store.read {
        try $0.query("titles", vectors: queries.values, threads: 2, options: .init(k: 10, effort: effort))
      }
    }
    let truth = try ask(.exact).matches.map { Set($0.map(\.id)) }
    var before: (recall: Double, distances: Double)?
    for ef in stride(from: 12, through: 96, by: 4) {
      let found = try ask(.ef(ef))
      let hits = zip(truth, found.matches).reduce(0) { $0 + $1.0.intersection($1.1.map(\.id)).count }
      let recall = Double(hits) / Double(10 * queries.count)
      let distances = Double(found.statistics.distanceComputations) / Double(queries.count)
      if recall >= 0.95 {
        let share = before.map { (0.95 - $0.recall) / (recall - $0.recall) } ?? 1
        let atFloor = (before?.distances ?? distances) * (1 - share) + distances * share
        #expect(atFloor <= measured * 1.05, "\(encoding): \(atFloor) distances a query")
        return
      }
      before = (recall, distances)
    }
    Issue.record("\(encoding): recall stays below 0.95, \(before.map { "\($0)" } ?? "nothing measured")")
  }
}
