import HNSW
import Testing
import VectorMath

/// Gates on counts, which say the same on every machine; a change for the better lowers them.
@Suite struct GraphCostTests {
  private static let count = 1_200

  /// What was measured at a beam whose recall@10 on this set is just above 0.95.
  struct Cost: CustomTestStringConvertible {
    let metric: Metric
    let distancesPerQuery: Double
    let distancesPerInsert: Double
    let linkCount: Int

    var testDescription: String { metric.name }
  }

  private static let costs = [
    Cost(metric: .cosine, distancesPerQuery: 322.9, distancesPerInsert: 602, linkCount: 15_656),
    Cost(metric: .dot, distancesPerQuery: 314.5, distancesPerInsert: 716, linkCount: 14_140),
    Cost(metric: .l2, distancesPerQuery: 313.3, distancesPerInsert: 640, linkCount: 12_516),
  ]

  @Test(arguments: costs) func recallCostsNoMoreThanMeasured(_ cost: Cost) throws {
    var generator = SeededGenerator(seed: 61)
    let graph = try TestGraph(metric: cost.metric, dimension: 20, capacity: Self.count)
    try graph.build(Self.count, using: &generator)
    var queries = SeededGenerator(seed: 62)
    let (share, distances) = try graph.measureRecall(queries: 100, ef: 32, using: &queries)
    #expect(share >= 0.95, "recall@10 \(share), \(generator)")
    #expect(distances <= cost.distancesPerQuery * 1.05, "\(distances) distances a query")
    let perInsert = Double(graph.editor.distanceComputations) / Double(Self.count)
    #expect(perInsert <= cost.distancesPerInsert * 1.05, "\(perInsert) distances an insert")
    // Links are most of a graph's memory traffic: neither many more nor, for recall's sake, many fewer.
    let links = Double(graph.inspect().linkCount)
    #expect(
      links <= Double(cost.linkCount) * 1.05 && links >= Double(cost.linkCount) * 0.95, "\(links) links")
  }

  @Test func noNodeHasMoreLinksThanItsLayerAllows() throws {
    var generator = SeededGenerator(seed: 63)
    let graph = try TestGraph(m: 4, capacity: 800)
    try graph.build(800, using: &generator)
    var counts: [Int] = []
    for slot in 0..<UInt32(800) {
      let links = graph.editor.links.table.row(slot).assumingMemoryBound(to: UInt32.self)
      // A record of 8 links is padded to 64 bytes: what lies behind them is never written.
      let record = Array(UnsafeBufferPointer(start: links, count: 16))
      #expect(record.dropFirst(8).allSatisfy { $0 == .max })
      let count = record.firstIndex(of: .max) ?? 16
      #expect(record[count...].allSatisfy { $0 == .max }, "a list with a hole: slot \(slot)")
      counts.append(count)
    }
    #expect(counts.min() ?? 0 >= 1)
    #expect(counts.max() == 8)
  }
}
