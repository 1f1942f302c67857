import Basics
import HNSW
import TestSupport
import Testing
import VectorMath

/// The graph against exact search, through the whole life of a graph: built, grown, thinned out, refilled.
@Suite struct RecallTests {
  private static let dimension = 16
  private static let ef = 64
  /// Measured 0.99 or more at each step for each metric; the floor leaves room for other rounding.
  private static let floor = 0.97

  private func check(_ graph: TestGraph, _ step: String, _ generator: inout SeededGenerator) throws {
    let report = try graph.inspect()
    #expect(report.problems.isEmpty, "\(step): \(report.problems), \(generator)")
    #expect(graph.editor.nodeCount == graph.nodes.count, "\(step), \(generator)")
    try graph.reconnect()
    let mended = try graph.inspect()
    #expect(mended.unreachableCount == 0 && mended.problems.isEmpty, "\(step): \(mended), \(generator)")
    let (recall, distances) = try graph.measureRecall(ef: Self.ef, using: &generator)
    #expect(recall >= Self.floor, "\(step): recall@10 \(recall) with \(distances) distances, \(generator)")
  }

  @Test(arguments: VectorMetric.allCases, RowEncoding.allCases)
  func recallHolds(metric: VectorMetric, encoding: RowEncoding) throws {
    var generator = SeededGenerator(seed: 7)
    let graph = try TestGraph(
      metric: metric, encoding: encoding, dimension: Self.dimension, capacity: 1_300)
    try graph.build(1_000, using: &generator)
    try check(graph, "after the build", &generator)

    try graph.insert(Array(1_000..<1_300), using: &generator)
    try check(graph, "after inserts", &generator)

    var removed: [UInt32] = []
    for round in 1...3 {
      let slots = Set(graph.nodes.sorted().shuffled(using: &generator).prefix(150))
      try graph.remove(slots, threads: 1)
      removed += slots.sorted()
      try check(graph, "after removal \(round)", &generator)
    }

    try graph.insert(removed, using: &generator)
    #expect(graph.editor.slotCount == 1_300)
    try check(graph, "after the freed slots were used again", &generator)
  }

  @Test func aClusterRemovedWholeLeavesTheRestReachable() throws {
    var generator = SeededGenerator(seed: 8)
    let graph = try TestGraph(dimension: Self.dimension, capacity: 1_000)
    try graph.build(1_000, using: &generator)
    let center = generator.nextVector(dimension: Self.dimension)
    try graph.remove(Set(graph.exact(center, k: 300)))
    try check(graph, "after the 300 nearest were removed", &generator)
    let query = try graph.prepare(center)
    let found = try graph.search(query, k: 10, ef: Self.ef)
    #expect(recall(of: [found], against: [graph.exact(query, k: 10)], atK: 10) >= 0.9, "\(generator)")
  }

  @Test func aGraphCanBeEmptiedAndBegunAgain() throws {
    var generator = SeededGenerator(seed: 9)
    let graph = try TestGraph(dimension: Self.dimension, capacity: 200)
    try graph.build(200, using: &generator)
    try graph.remove(Set(0..<199))
    #expect(try graph.inspect().problems.isEmpty)
    #expect(graph.editor.entryPoint == Slot(199))
    try graph.remove([199])
    #expect(graph.editor.entryPoint == nil)
    #expect(graph.editor.nodeCount == 0)
    #expect(try graph.search(generator.nextVector(dimension: Self.dimension), k: 1, ef: 10) == [])
    try graph.insert(Array(0..<200), using: &generator)
    try check(graph, "after a new beginning", &generator)
  }

  @Test func equalVectorsAreAllFound() throws {
    var generator = SeededGenerator(seed: 10)
    let graph = try TestGraph(dimension: Self.dimension, capacity: 600)
    var vector: [Float] = []
    for slot in 0..<UInt32(600) {
      // Six of each: fewer than the links of a node.
      if slot % 6 == 0 { vector = generator.nextVector(dimension: Self.dimension) }
      try graph.setRow(slot, to: vector)
    }
    try graph.editor.build(count: 600, threads: 1)
    let report = try graph.editor.view.inspect { _ in true }
    #expect(report.problems.isEmpty, "\(report.problems), \(generator)")
    #expect(report.unreachableCount == 0, "\(generator)")
    let found = try graph.search(vector, k: 6, ef: Self.ef)
    #expect(Set(found) == Set(594..<600), "\(generator)")
  }

  @Test func smallGraphsAnswerExactly() throws {
    for count in 1...12 {
      var generator = SeededGenerator(seed: UInt64(count))
      let graph = try TestGraph(dimension: Self.dimension, capacity: count)
      try graph.build(count, using: &generator)
      let query = generator.nextVector(dimension: Self.dimension)
      #expect(try graph.search(query, k: count, ef: 64) == graph.exact(query, k: count), "\(generator)")
      #expect(try graph.inspect().problems.isEmpty, "\(generator)")
    }
  }

  @Test func recallCountsWhatWasFound() {
    #expect(recall(of: [], against: [], atK: 10) == 1)
    #expect(recall(of: [[1, 2, 3]], against: [[3, 2, 1]], atK: 3) == 1)
    #expect(recall(of: [[1, 2, 3]], against: [[3, 2, 1]], atK: 2) == 0.5)
    #expect(recall(of: [[1, 1, 1]], against: [[1, 2, 3]], atK: 3) == 1.0 / 3)
    #expect(recall(of: [[], [7]], against: [[1], [7]], atK: 10) == 0.5)
    #expect(recall(of: [[4]], against: [[]], atK: 1) == 1)
    // Of three true ones both were found that the filter left.
    #expect(recall(of: [[5, 6]], against: [[6, 5]], atK: 10) == 1)
  }
}
