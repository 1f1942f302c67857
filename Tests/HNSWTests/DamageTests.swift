import Basics
import HNSW
import Synchronization
import Testing
import VectorMath

/// Rows and links come from a file: what is wrong with them is an error that names the place, never a trap.
@Suite struct DamageTests {
  private static func makeGraph() throws -> (TestGraph, SeededGenerator) {
    var generator = SeededGenerator(seed: 41)
    let graph = try TestGraph(capacity: 400)
    try graph.build(400, using: &generator)
    return (graph, generator)
  }

  /// The graph as a store would lend it, with checks.
  private func checked(
    _ graph: TestGraph, row: @escaping @Sendable (UInt32) -> Bool = { _ in true },
    block: @escaping @Sendable (UInt32) -> Bool = { _ in true }
  ) -> GraphView {
    let view = graph.editor.view
    let rows = FirstTouch(count: view.slotCount, verify: row)
    let links = FirstTouch(count: view.links.blockCount, verify: block)
    graph.lent += [rows, links]
    return GraphView(
      rows: view.rows, links: view.links, linkFormat: view.linkFormat, upper: view.upper,
      distance: graph.distance,
      slotCount: view.slotCount, entryPoint: view.entryPoint, maxLevel: view.maxLevel,
      rowCheck: RecordCheck(rows, view.rows.geometry),
      linkCheck: RecordCheck(
        links, view.links.geometry, unit: .piece(records: 1 << 20, perBlock: 1)))
  }

  private func search(_ view: GraphView, _ graph: TestGraph, _ query: [Float]) -> GraphError? {
    do throws(GraphError) {
      try view.search(query, efSearch: 400, admitting: AdmitAll(), context: graph.context)
      return nil
    } catch { return error }
  }

  @Test func aDamagedRowIsNamedWhereverItLies() throws {
    var (graph, generator) = try Self.makeGraph()
    let query = generator.nextVector(dimension: 16)
    for slot in stride(from: 0, to: UInt32(400), by: 7) {
      let error = search(checked(graph, row: { $0 != slot }), graph, query)
      #expect(error == .damagedRow(Slot(slot)), "slot \(slot)")
    }
  }

  @Test func aDamagedBlockOfLinksIsNamed() throws {
    var (graph, generator) = try Self.makeGraph()
    let query = generator.nextVector(dimension: 16)
    for block in 0..<graph.editor.links.blockCount {
      let error = search(checked(graph, block: { $0 != UInt32(block) }), graph, query)
      #expect(error == .damagedLinks(block: block))
    }
  }

  @Test func aLinkOutsideTheGraphIsNamed() throws {
    var (graph, generator) = try Self.makeGraph()
    let query = generator.nextVector(dimension: 16)
    let entry = try #require(graph.editor.entryPoint).rawValue
    for link in [400, 401, 1 << 16, (1 << 17) - 2] as [UInt32] {
      try graph.links(entry)[0] = link
      #expect(search(graph.editor.view, graph, query) == .linkOutOfRange(slot: Slot(entry), link: link))
    }
  }

  @Test func anUpperLinkOutsideTheGraphIsNamed() throws {
    var (graph, generator) = try Self.makeGraph()
    let query = generator.nextVector(dimension: 16)
    let entry = try #require(graph.editor.entryPoint).rawValue
    let links = try #require(graph.editor.upper.links(of: entry, layer: graph.editor.maxLevel))
    links[0] = 9_999
    #expect(search(graph.editor.view, graph, query) == .linkOutOfRange(slot: Slot(entry), link: 9_999))
  }

  @Test func bytesAreVerifiedOnceEach() throws {
    var (graph, generator) = try Self.makeGraph()
    let rows = Counter()
    let blocks = Counter()
    let view = checked(graph, row: rows.touch, block: blocks.touch)
    for _ in 0..<5 { #expect(search(view, graph, generator.nextVector(dimension: 16)) == nil) }
    #expect(rows.counts.withLock { $0.count } == 400)
    #expect(rows.counts.withLock { $0.values.allSatisfy { $0 == 1 } })
    #expect(blocks.counts.withLock { $0.values.allSatisfy { $0 == 1 } })
  }

  @Test func damageMetOnceIsMetAgain() {
    let calls = Counter()
    let touch = FirstTouch(count: 70) { index in
      _ = calls.touch(index)
      return index != 64
    }
    #expect(!touch.isSound(64))
    #expect(!touch.isSound(64))
    #expect(touch.isSound(65))
    #expect(touch.isSound(65))
    #expect(calls.counts.withLock { $0 } == [64: 2, 65: 1])
  }
}

/// Counts how often each index was verified.
private final class Counter: Sendable {
  let counts = Mutex<[UInt32: Int]>([:])

  @Sendable func touch(_ index: UInt32) -> Bool {
    counts.withLock { $0[index, default: 0] += 1 }
    return true
  }
}
