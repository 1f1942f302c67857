import Basics
import HNSW
import TestSupport
import Testing
import VectorMath

@Suite struct FilteredSearchTests {
  private static let count = 800

  private static func makeGraph(_ generator: inout SeededGenerator) throws -> TestGraph {
    let graph = try TestGraph(capacity: count)
    try graph.build(count, using: &generator)
    return graph
  }

  private func words(_ admitted: Set<UInt32>) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: (Self.count + 63) / 64)
    for slot in admitted { words[Int(slot / 64)] |= 1 << UInt64(slot % 64) }
    return words
  }

  /// Random filters of each selectivity, and one that admits what is far from the query.
  @Test func onlyAdmittedNodesAreFoundAtTheSameRecall() throws {
    var generator = SeededGenerator(seed: 31)
    let graph = try Self.makeGraph(&generator)
    for percent in [100, 50, 10, 3] {
      var found: [[UInt32]] = []
      var truth: [[UInt32]] = []
      for _ in 0..<25 {
        let admitted = Set(graph.nodes.filter { _ in Int.random(in: 0..<100, using: &generator) < percent })
        let query = generator.nextVector(dimension: 16)
        found.append(try search(graph, query, admitted))
        truth.append(graph.exact(query, k: 10) { admitted.contains($0) })
        #expect(found.last?.allSatisfy { admitted.contains($0) } == true)
        #expect(found.last?.count == min(10, admitted.count), "\(percent) %, \(generator)")
      }
      let share = recall(of: found, against: truth, atK: 10)
      #expect(share >= 0.97, "\(percent) % admitted: recall@10 \(share), \(generator)")
    }
  }

  @Test func theFarHalfIsReachedThroughTheNearHalf() throws {
    var generator = SeededGenerator(seed: 32)
    let graph = try Self.makeGraph(&generator)
    for _ in 0..<10 {
      let query = generator.nextVector(dimension: 16)
      let ranked = graph.exact(query, k: Self.count)
      let admitted = Set(ranked.dropFirst(Self.count / 2))
      let found = try search(graph, query, admitted)
      #expect(found.allSatisfy { admitted.contains($0) })
      #expect(
        recall(of: [found], against: [Array(ranked.dropFirst(Self.count / 2))], atK: 10) >= 0.9,
        "\(generator)")
    }
  }

  @Test func nothingAdmittedFindsNothing() throws {
    var generator = SeededGenerator(seed: 33)
    let graph = try Self.makeGraph(&generator)
    #expect(try search(graph, generator.nextVector(dimension: 16), []) == [])
  }

  @Test func allAdmittedByBitsEqualsNoFilter() throws {
    var generator = SeededGenerator(seed: 34)
    let graph = try Self.makeGraph(&generator)
    for _ in 0..<20 {
      let query = generator.nextVector(dimension: 16)
      #expect(try search(graph, query, graph.nodes) == graph.search(query, k: 10, ef: 64), "\(generator)")
    }
  }

  private func search(_ graph: TestGraph, _ query: [Float], _ admitted: Set<UInt32>) throws -> [UInt32] {
    let words = words(admitted)
    return try words.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return [] }
      return try graph.search(query, k: 10, ef: 64, admitting: AdmitBits(words: start))
    }
  }
}
