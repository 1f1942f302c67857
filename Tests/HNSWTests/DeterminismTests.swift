import Basics
import HNSW
import Records
import Testing
import VectorMath

/// The same seed gives the same graph, whatever the number of threads.
@Suite struct DeterminismTests {
  /// The fingerprints after a build, after removals and after inserts into freed and new slots.
  private func life(metric: VectorMetric, threads: Int, seed: UInt64 = 1) throws -> [[UInt32]] {
    var generator = SeededGenerator(seed: 21)
    let graph = try TestGraph(metric: metric, seed: seed, capacity: 900)
    var prints: [[UInt32]] = []
    try graph.build(700, threads: threads, using: &generator)
    prints.append(graph.fingerprint())
    let removed = Set(graph.nodes.sorted().shuffled(using: &generator).prefix(120))
    try graph.remove(removed, threads: threads)
    prints.append(graph.fingerprint())
    try graph.insert(removed.sorted() + Array(700..<900), threads: threads, using: &generator)
    prints.append(graph.fingerprint())
    #expect(try graph.inspect().problems.isEmpty)
    return prints
  }

  @Test(arguments: [VectorMetric.cosine, .dot]) func oneAndTwoThreadsGiveTheSameGraph(metric: VectorMetric)
    throws
  {
    let one = try life(metric: metric, threads: 1)
    let two = try life(metric: metric, threads: 2)
    for (step, name) in ["build", "removal", "insertion"].enumerated() {
      #expect(one[step] == two[step], "the graphs differ after the \(name)")
    }
  }

  @Test func anotherSeedGivesAnotherGraph() throws {
    #expect(try life(metric: .l2, threads: 1, seed: 1)[0] != life(metric: .l2, threads: 1, seed: 2)[0])
  }

  @Test func levelsFollowTheirDistribution() {
    for m in [2, 8, 16] {
      let parameters = GraphParameters(m: m, efConstruction: 10, seed: 5)
      let levels = (0..<100_000 as Range<UInt32>).map { parameters.level(of: Slot($0)) }
      var expected = 100_000.0
      for level in 1...3 {
        // One node in m of each layer reaches the next; six standard deviations are allowed.
        expected /= Double(m)
        let count = Double(levels.count { $0 >= level })
        #expect(abs(count - expected) <= 6 * expected.squareRoot(), "m \(m): \(count) nodes reach \(level)")
      }
      #expect(levels.allSatisfy { (0...UpperBlock.levelLimit).contains($0) })
    }
  }

  @Test func progressCountsUpAndCanStop() throws {
    var generator = SeededGenerator(seed: 22)
    let graph = try TestGraph(capacity: 400)
    for slot in 0..<UInt32(400) { try graph.setRow(slot, to: generator.nextVector(dimension: 16)) }
    var counts: [Int] = []
    try graph.editor.build(
      count: 400, threads: 1,
      progress: { done in
        counts.append(done)
        return done < 200
      })
    #expect(counts == counts.sorted())
    #expect(counts.last == graph.editor.nodeCount)
    #expect((200..<400).contains(graph.editor.nodeCount))
    #expect(try graph.editor.view.inspect { _ in true }.problems.isEmpty)
  }
}
