import Basics
import HNSW
import Testing
import VectorMath

/// Many more equal vectors than a node has links.
@Suite struct EqualVectorsTests {
  private static let dimension = 16

  /// Half of the rows are `groups` vectors over and over, the others are all different.
  private func graph(groups: Int, metric: VectorMetric, _ generator: inout SeededGenerator) throws
    -> TestGraph
  {
    let graph = try TestGraph(metric: metric, dimension: Self.dimension, efConstruction: 40, capacity: 2_400)
    let repeated = (0..<groups).map { _ in generator.nextVector(dimension: Self.dimension) }
    for slot in 0..<UInt32(2_400) {
      let vector =
        slot % 2 == 0 ? repeated[Int(slot / 2) % groups] : generator.nextVector(dimension: Self.dimension)
      try graph.setRow(slot, to: vector)
    }
    try graph.insertStored(Array(0..<2_000))
    return graph
  }

  @Test(arguments: [1, 3, 20], [VectorMetric.l2, .cosine])
  func allAreReachedAndHideNothing(groups: Int, metric: VectorMetric) throws {
    var generator = SeededGenerator(seed: 40)
    let graph = try graph(groups: groups, metric: metric, &generator)
    try check(graph, "built", &generator)
    try graph.remove(Set((0..<2_000).filter { $0 % 3 == 0 }))
    try graph.insertStored(Array(2_000..<2_400))
    try check(graph, "changed", &generator)
  }

  private func check(_ graph: TestGraph, _ step: String, _ generator: inout SeededGenerator) throws {
    try graph.reconnect()
    let report = try graph.inspect()
    #expect(report.problems.isEmpty && report.unreachableCount == 0, "\(step): \(report), \(generator)")
    // Queries beside a repeated vector, with a beam that its copies fill: the different ones are found behind them.
    var (found, wanted) = (0, 0)
    for slot in graph.nodes.sorted().filter({ $0 % 2 == 1 }).prefix(200) {
      let query = graph.layout.decoded(graph.editor.view.rows.row(slot))
      found += try graph.search(query, k: 1, ef: 64) == [slot] ? 1 : 0
      wanted += 1
    }
    #expect(Double(found) >= 0.98 * Double(wanted), "\(step): \(found) of \(wanted), \(generator)")
  }
}
