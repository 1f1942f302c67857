import HNSW
import LMDB
import Records
import VectorMath

/// The changes of one slice, made in memory against a snapshot that may be gone when they are applied.
struct MergePlan {
  struct Row {
    let sequence: UInt32
    let ordinal: Ordinal
    let slot: UInt32
  }

  let before: SpaceRecord
  let editor: GraphEditor
  /// The vectors, and their codes where the space has them.
  let stores: [(blocks: BlockStore, kind: BlockKind)]
  /// The recall as this slice's rows found it before they went in, taken together with what was known; nil where
  /// nothing was.
  let curve: RecallCurve?
  /// Slots of deleted nodes that are free now.
  let removed: [UInt32]
  let rows: [Row]

  init(_ view: SpaceView, engine: StorageEngine, threads: Int) throws {
    before = view.record
    try Self.verifyLinks(view)
    var (dead, free): (Set<UInt32>, [UInt32]) = ([], [])
    let isNode = try view.slotUse(dead: &dead, free: &free)
    removed = dead.sorted()
    let graph = view.graph
    let rowStore = RowStore(strideBytes: view.layout.strideBytes, startingFrom: graph.rows.table)
    let codeStore = graph.codes.map {
      GraphWriter.makeCodes(strideBytes: $0.table.geometry.strideBytes, startingFrom: $0.table)
    }
    stores = [(rowStore.blocks, .rows)] + (codeStore.map { [($0, .codes)] } ?? [])
    let slots = FreeSlots(
      removed + free, slotCount: graph.slotCount, rowsPerBlock: rowStore.blocks.geometry.rowsPerBlock
    )
    .take(min(engine.policy.tailLimit(nodeCount: before.nodeCount), view.tail.count))
    rows = slots.enumerated().map { index, slot in
      Row(sequence: view.tail.sequences[index], ordinal: view.tail.ordinals[index], slot: slot)
    }
    let slotCount = max(graph.slotCount, 1 + Int(slots.max() ?? 0))
    for store in stores { store.blocks.grow(toSlots: slotCount) }
    // Distances of 4-bit codes from each other are too coarse to choose links by.
    let linksByCodes = graph.view.distance.quantizer?.width == .eight
    do throws(GraphError) {
      editor = try Self.editor(
        of: view, forSlots: slotCount, linksByCodes ? graph.view.distance : view.distance,
        (linksByCodes ? codeStore?.table : nil) ?? rowStore.table)
      // Rows of dead nodes are still needed while their neighbors are linked around them.
      try editor.remove(dead, threads: threads) { isNode[Int($0.rawValue)] }
      Self.fill(rowStore, codeStore, with: rows, from: view)
      curve = try view.curve(
        addingRecallOf: editor, with: slots, rowStore.table, codeStore?.table, isNode, threads: threads)
      try editor.insert(slots.map { Slot($0) }, threads: threads)
      let inserted = Set(slots)
      try editor.reconnect { slot in
        inserted.contains(slot.rawValue) || Int(slot.rawValue) < isNode.count && isNode[Int(slot.rawValue)]
      }
    } catch { throw EngineError.damagedGraph(before.name, error) }
  }

  /// Stores the blocks that changed.
  func putBlocks(_ graph: GraphWriter, _ transaction: borrowing WriteTransaction) throws {
    let generation = before.generation
    for (blocks, kind) in stores + [(editor.links, .links)] {
      try graph.put(blocks.privateBlocks, of: blocks, kind: kind, generation: generation, transaction)
    }
    try graph.putUpper(editor.changedUpper, of: editor.upper, generation: generation, transaction)
    if let curve { try graph.putCurve(curve, generation: generation, transaction) }
  }

  /// The graph as it is, to be changed.
  private static func editor(
    of view: SpaceView, forSlots slotCount: Int, _ distance: DistanceFunction, _ rows: BlockTable
  ) throws(GraphError) -> GraphEditor {
    let record = view.record
    let (links, format) = Self.links(of: view, forSlots: slotCount)
    return GraphEditor(
      parameters: record.definition.graphParameters, rules: record.definition.linkRules(distance), rows: rows,
      links: links, linkFormat: format, upper: try view.graph.view.upper.copy(),
      slotCount: record.slotCount, nodeCount: record.nodeCount,
      entryPoint: record.entryPoint == .max ? nil : Slot(record.entryPoint), maxLevel: record.maxLevel)
  }

  /// Copies the rows of the tail into their slots, and makes their codes.
  private static func fill(
    _ rowStore: RowStore, _ codeStore: BlockStore?, with rows: [Row], from view: SpaceView
  ) {
    for (index, row) in rows.enumerated() {
      guard let stored = view.tail.rows[index] else { continue }
      rowStore.set(row.slot, to: stored)
      guard let codeStore, let quantizer = view.graph.view.distance.quantizer else { continue }
      codeStore.makePrivate(codeStore.geometry.block(of: row.slot))
      quantizer.encode(view.layout.decoded(stored), into: codeStore.mutableRow(row.slot))
    }
  }

  /// The links to change, and their format: all in a wider one where they cannot lead to `slotCount` slots.
  private static func links(of view: SpaceView, forSlots slotCount: Int) -> (BlockStore, LinkFormat) {
    let (table, format) = (view.graph.view.links, view.graph.view.linkFormat)
    if format.holds(slotCount: slotCount) {
      return (GraphWriter.makeLinks(format, startingFrom: table), format)
    }
    let wider = LinkFormat(count: format.count, slotCount: slotCount)
    let links = GraphWriter.makeLinks(wider)
    links.copyLinks(of: view.graph.slotCount, from: table, format, as: wider)
    return (links, wider)
  }

  /// A merge writes blocks again with new checksums, so it must not carry damage over under a fresh one.
  private static func verifyLinks(_ view: SpaceView) throws {
    for block in 0..<view.graph.view.links.blockCount where !view.graph.view.areLinksSound(block: block) {
      throw EngineError.damagedGraph(view.record.name, .damagedLinks(block: block))
    }
  }
}

extension SpaceView {
  /// Distances that a slice may spend on the exact answers that its recall is measured against: about an eighth of its
  /// work.
  private static let measuringBudget = 500_000
  /// Queries that the curve remembers at each width, so that it follows a catalogue that changes.
  private static let measuringMemory = 2_048

  /// The recall curve with what some of the rows to come find in the graph as it is.
  fileprivate func curve(
    addingRecallOf editor: GraphEditor, with slots: [UInt32], _ rows: BlockTable, _ codes: BlockTable?,
    _ isNode: [Bool], threads: Int
  ) throws(GraphError) -> RecallCurve? {
    guard let known = graph.curve else { return nil }
    let nodes = isNode.indices.lazy.filter { isNode[$0] }.map { UInt32($0) }
    let measurement = RecallMeasurement(
      view: editor.view(over: codes ?? rows, graph.view.distance), rows: rows, layout: layout,
      distance: distance, coarse: nil, m: record.definition.m,
      codeWidth: record.shape.encoding.codeWidth, nodes: Array(nodes))
    let count = min(slots.count, max(2, Self.measuringBudget / max(1, measurement.nodes.count)))
    let queries = slots.prefix(count).flatMap { layout.decoded(rows.row($0)) }
    let found = try measurement.curve(queries: queries, widths: known.points.map(\.ef), threads: threads)
    return found.points.isEmpty ? known : known.adding(found, memory: Self.measuringMemory)
  }

  /// Sorts the slots: which hold a living node (the result), which a deleted one, which none.
  fileprivate func slotUse(dead: inout Set<UInt32>, free: inout [UInt32]) throws -> [Bool] {
    var isNode = [Bool](repeating: false, count: graph.slotCount)
    for slot in 0..<UInt32(graph.slotCount) {
      if try graph.owner(of: slot) == nil {
        free.append(slot)
      } else if isLive(slot) {
        isNode[Int(slot)] = true
      } else {
        dead.insert(slot)
      }
    }
    return isNode
  }
}
