import Basics
import HNSW
import Testing
import VectorMath

/// Each rule is broken once: a check that cannot find anything proves nothing.
@Suite struct InvariantsTests {
  private func makeGraph() throws -> TestGraph {
    var generator = SeededGenerator(seed: 51)
    let graph = try TestGraph(capacity: 400)
    try graph.build(400, using: &generator)
    return graph
  }

  private func setFirstLink(_ graph: TestGraph, of slot: UInt32, to link: UInt32) throws {
    try graph.links(slot)[0] = link
  }

  private func link(_ graph: TestGraph, _ slot: UInt32, _ index: Int) throws -> UInt32 {
    try graph.links(slot)[index]
  }

  @Test func aSoundGraphHasNoProblems() throws {
    let report = try makeGraph().inspect()
    #expect(report.problems.isEmpty)
    #expect(report.linkCount > 400 * 8)
    #expect(report.linkCount <= 400 * 16)
  }

  @Test func aLinkToItself() throws {
    let graph = try makeGraph()
    try setFirstLink(graph, of: 5, to: 5)
    #expect(try graph.inspect().problems == ["layer 0: node 5 links to itself"])
  }

  @Test func aLinkTwice() throws {
    let graph = try makeGraph()
    let second = try link(graph, 5, 1)
    try setFirstLink(graph, of: 5, to: second)
    #expect(try graph.inspect().problems == ["layer 0: node 5 links to \(second) twice"])
  }

  @Test func aLinkBeyondTheGraph() throws {
    let graph = try makeGraph()
    try setFirstLink(graph, of: 5, to: 400)
    #expect(try graph.inspect().problems == ["layer 0: node 5 links to 400, beyond the last slot 399"])
  }

  @Test func aLinkToASlotThatIsNotInUse() throws {
    let graph = try makeGraph()
    let target = try link(graph, 5, 0)
    let problems = try graph.editor.view.inspect { $0.rawValue != target }.problems
    #expect(problems.contains("layer 0: node 5 links to \(target), which is not in use"))
  }

  @Test func anUpperLinkToALowerNode() throws {
    let graph = try makeGraph()
    let entry = try #require(graph.editor.entryPoint).rawValue
    let low = try #require(graph.nodes.first { graph.editor.upper.level(of: $0) == 0 })
    graph.editor.upper.links(of: entry, layer: 1)?[0] = low
    #expect(
      try graph.inspect().problems == [
        "layer 1: node \(entry) links to \(low), which does not reach that layer"
      ])
  }

  @Test func anEntryPointBelowTheTop() throws {
    let graph = try makeGraph()
    let low = try #require(graph.nodes.first { graph.editor.upper.level(of: $0) == 0 })
    let view = graph.editor.view
    let broken = GraphView(
      rows: view.rows, links: view.links, linkFormat: view.linkFormat, upper: view.upper,
      distance: graph.distance,
      slotCount: view.slotCount, entryPoint: Slot(low), maxLevel: view.maxLevel)
    #expect(
      try broken.inspect { _ in true }.problems == [
        "the entry point \(low) is not on the top layer \(view.maxLevel)"
      ])
  }

  @Test func nodesWithoutAnEntryPoint() throws {
    let graph = try makeGraph()
    let view = graph.editor.view
    let broken = GraphView(
      rows: view.rows, links: view.links, linkFormat: view.linkFormat, upper: view.upper,
      distance: graph.distance,
      slotCount: view.slotCount, entryPoint: nil, maxLevel: view.maxLevel)
    #expect(try broken.inspect { _ in true }.problems.contains("400 nodes but no entry point"))
  }

  @Test func aNodeNobodyLinksToIsCounted() throws {
    let graph = try makeGraph()
    for slot in 0..<UInt32(400) where slot != 5 {
      for index in 0..<16 where try link(graph, slot, index) == 5 {
        // Ends the list there: what lies behind may become unreachable too.
        try graph.links(slot)[index] = .max
      }
    }
    #expect(try graph.inspect().unreachableCount >= 1)
  }
}
