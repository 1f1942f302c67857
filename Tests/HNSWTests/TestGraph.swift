import Basics
import HNSW
import TestSupport
import Testing
import VectorMath

/// A graph in memory beside the vectors it was made from, so that each answer can be compared with an exact search.
final class TestGraph {
  let metric: VectorMetric
  let layout: RowLayout
  let distance: DistanceFunction
  let rows: BlockStore
  let editor: GraphEditor
  let context: SearchContext
  /// Checks that views of the graph were lent.
  var lent: [FirstTouch] = []
  /// The slots in the graph.
  private(set) var nodes: Set<UInt32> = []

  /// - Parameters:
  ///   - normBound: the squared norm that rows are augmented to for the second half of the links; one list of links if
  ///     nil.
  ///   - capacity: rows there is room for; an editor's table of rows does not move.
  init(
    metric: VectorMetric = .l2, encoding: RowEncoding = .float32, dimension: Int = 16, m: Int = 8,
    efConstruction: Int = 60, seed: UInt64 = 1, normBound: Float? = nil, linkBits: Int = 17, capacity: Int
  ) throws {
    self.metric = metric
    layout = try RowLayout(dimension: dimension, encoding: encoding)
    distance = DistanceFunction(metric: metric, layout: layout, kernels: .best)
    // Neither a power of two nor a divisor of the capacity: the last block is part full, as in a store.
    rows = BlockStore(
      geometry: BlockGeometry(rowsPerBlock: 37, strideBytes: layout.strideBytes), headerBytes: 64, fill: 0)
    rows.grow(toSlots: capacity)
    let linkFormat = LinkFormat(count: 2 * m, bits: linkBits)
    let links = BlockStore(
      geometry: BlockGeometry(rowsPerBlock: 29, strideBytes: linkFormat.byteCount), headerBytes: 48,
      fill: 0xFF)
    editor = GraphEditor(
      parameters: GraphParameters(m: m, efConstruction: efConstruction, seed: seed),
      rules: normBound.map { [distance] bound in
        [
          LinkRule(distance: distance, section: .first(m: m)),
          LinkRule(distance: distance.augmented(bound: bound), section: .second(m: m)),
        ]
      } ?? [LinkRule(distance: distance, section: .whole(m: m))],
      rows: rows.table, links: links, linkFormat: linkFormat, upper: UpperLayers(m: m))
    context = SearchContext(m0: 2 * m)
  }

  /// Stores the row of a slot, of unit length where the metric wants it.
  func setRow(_ slot: UInt32, to vector: [Float]) throws {
    let prepared = try prepare(vector)
    prepared.withUnsafeBufferPointer { buffer in
      if let start = buffer.baseAddress { layout.encode(start, into: rows.mutableRow(slot)) }
    }
  }

  func prepare(_ vector: [Float]) throws -> [Float] { metric == .cosine ? try normalized(vector) : vector }

  /// Gives slots new random rows and inserts them.
  func insert(_ slots: [UInt32], threads: Int = 1, using generator: inout SeededGenerator) throws {
    for slot in slots { try setRow(slot, to: generator.nextVector(dimension: layout.dimension)) }
    try editor.insert(slots.map { Slot($0) }, threads: threads)
    nodes.formUnion(slots)
  }

  /// Inserts slots whose rows are set.
  func insertStored(_ slots: [UInt32], threads: Int = 1) throws {
    try editor.insert(slots.map { Slot($0) }, threads: threads)
    nodes.formUnion(slots)
  }

  /// Builds the first graph of slots 0..<`count`.
  func build(_ count: Int, threads: Int = 1, using generator: inout SeededGenerator) throws {
    for slot in 0..<UInt32(count) {
      try setRow(slot, to: generator.nextVector(dimension: layout.dimension))
    }
    try editor.build(count: count, threads: threads)
    nodes = Set(0..<UInt32(count))
  }

  func remove(_ slots: Set<UInt32>, threads: Int = 1) throws {
    nodes.subtract(slots)
    try editor.remove(slots, threads: threads) { self.nodes.contains($0.rawValue) }
  }

  func reconnect() throws { try editor.reconnect { self.nodes.contains($0.rawValue) } }

  /// What a walk over the graph finds wrong or countable.
  func inspect() throws -> GraphReport { try editor.view.inspect { self.nodes.contains($0.rawValue) } }

  /// The `k` nearest nodes by looking at each.
  func exact(_ query: [Float], k: Int, where isAllowed: (UInt32) -> Bool = { _ in true }) -> [UInt32] {
    var best = TopK(k: k)
    for slot in nodes where isAllowed(slot) {
      best.insert(distance: distance(query: query, row: editor.view.rows.row(slot)), id: slot)
    }
    return best.resultIDs()
  }

  /// The first `k` admitted candidates of a search, best first.
  func search<A: Admission>(_ query: [Float], k: Int, ef: Int, admitting admission: A) throws -> [UInt32] {
    try editor.view.search(query, efSearch: ef, admitting: admission, context: context)
    let slots = (0..<context.beamCount).map { context.candidateSlot($0) }
    return Array(slots.filter { admission.admits($0) }.prefix(k))
  }

  func search(_ query: [Float], k: Int, ef: Int) throws -> [UInt32] {
    try search(query, k: k, ef: ef, admitting: AdmitAll())
  }

  /// Recall@10 over random queries, with the distances that one query took on average.
  func measureRecall(
    queries: Int = 60, ef: Int, using generator: inout SeededGenerator
  ) throws -> (recall: Double, distancesPerQuery: Double) {
    context.distanceComputations = 0
    var found: [[UInt32]] = []
    var truth: [[UInt32]] = []
    for _ in 0..<queries {
      let query = try prepare(generator.nextVector(dimension: layout.dimension))
      found.append(try search(query, k: 10, ef: ef))
      truth.append(exact(query, k: 10))
    }
    return (
      recall(of: found, against: truth, atK: 10), Double(context.distanceComputations) / Double(queries)
    )
  }

  /// The base layer's links of a slot, to be looked at and broken; `UInt32.max` is no link.
  func links(_ slot: UInt32) throws -> LinkList {
    let span = LinkSection.whole(m: editor.parameters.m).base
    return try #require(editor.mutableLinks(slot, span, layer: 0))
  }

  /// All links of all layers and where a search begins: two graphs are the same when these are.
  func fingerprint() -> [UInt32] {
    var numbers = [editor.entryPoint?.rawValue ?? .max, UInt32(editor.maxLevel), UInt32(editor.slotCount)]
    for block in 0..<editor.links.blockCount {
      numbers.append(contentsOf: editor.links.bytes(ofBlock: block).map { UInt32($0) })
    }
    var levels: [UInt32: Int] = [:]
    editor.upper.forEach { slot, level in levels[slot] = level }
    for (slot, level) in levels.sorted(by: { $0.key < $1.key }) {
      numbers.append(slot)
      for layer in 1...level {
        guard let links = editor.upper.links(of: slot, layer: layer) else { continue }
        numbers.append(contentsOf: UnsafeBufferPointer(start: links, count: editor.parameters.m))
      }
    }
    return numbers
  }
}
