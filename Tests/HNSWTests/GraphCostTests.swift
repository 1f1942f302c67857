import Basics
import HNSW
import Testing
import VectorMath

/// Gates on counts, which say the same on every machine; a change for the better lowers them.
@Suite struct GraphCostTests {
  private static let count = 1_200

  /// What was measured: distances of a query at recall@10 = 0.95 and of an insert, and links of the base layer.
  struct Cost: CustomTestStringConvertible {
    let metric: VectorMetric
    let distancesPerQuery: Double
    let distancesPerInsert: Double
    let linkCount: Double

    var testDescription: String { metric.rawValue }
  }

  private static let costs = [
    Cost(metric: .cosine, distancesPerQuery: 293.4, distancesPerInsert: 602, linkCount: 15_656),
    Cost(metric: .dot, distancesPerQuery: 299.8, distancesPerInsert: 716, linkCount: 14_140),
    Cost(metric: .l2, distancesPerQuery: 274.7, distancesPerInsert: 640, linkCount: 13_048),
  ]

  @Test(arguments: costs) func recallCostsNoMoreThanMeasured(_ cost: Cost) throws {
    var generator = SeededGenerator(seed: 61)
    let graph = try TestGraph(metric: cost.metric, dimension: 20, capacity: Self.count)
    try graph.build(Self.count, using: &generator)
    let perQuery = try #require(try distancesPerQuery(graph, atRecall: 0.95), "recall@10 stays below 0.95")
    #expect(perQuery <= cost.distancesPerQuery * 1.05, "\(perQuery) distances a query")
    let perInsert = Double(graph.editor.distanceComputations) / Double(Self.count)
    #expect(perInsert <= cost.distancesPerInsert * 1.05, "\(perInsert) distances an insert")
    // Links are most of a graph's memory traffic: neither many more nor, for recall's sake, many fewer.
    let links = try Double(graph.inspect().linkCount)
    #expect(links <= cost.linkCount * 1.05, "\(links) links")
    #expect(links >= cost.linkCount * 0.95, "\(links) links")
  }

  /// What a query costs at a given recall, between the two beams around it; nil where no beam reaches it.
  ///
  /// At a fixed beam a change that raises recall would look like one for the worse.
  private func distancesPerQuery(_ graph: TestGraph, atRecall floor: Double) throws -> Double? {
    var before: (recall: Double, distances: Double)?
    for ef in stride(from: 16, through: 64, by: 4) {
      var generator = SeededGenerator(seed: 62)
      let (recall, distances) = try graph.measureRecall(queries: 100, ef: ef, using: &generator)
      guard recall < floor else {
        guard let before else { return distances }
        return before.distances + (distances - before.distances) * (floor - before.recall)
          / (recall - before.recall)
      }
      before = (recall, distances)
    }
    return nil
  }

  @Test func noNodeHasMoreLinksThanItsLayerAllows() throws {
    var generator = SeededGenerator(seed: 63)
    let graph = try TestGraph(m: 4, capacity: 800)
    try graph.build(800, using: &generator)
    var counts: [Int] = []
    for slot in 0..<UInt32(800) {
      let links = try graph.links(slot)
      let record = (0..<8).map { links[$0] }
      let count = record.firstIndex(of: .max) ?? 8
      #expect(record[count...].allSatisfy { $0 == .max }, "a list with a hole: slot \(slot)")
      counts.append(count)
    }
    #expect(counts.min() ?? 0 >= 1)
    #expect(counts.max() == 8)
  }
}
