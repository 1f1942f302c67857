import HNSW
import LMDB
import Records
import VectorMath

extension StorageEngine {
  /// Merges the tail of a space into its graph and repairs the links around deleted nodes, in slices: each is planned
  /// on a snapshot without holding the write lock, then applied in one transaction. When little of the graph would
  /// stay as it is, it is built anew instead.
  /// - Returns: the number of rows taken from the tail.
  @discardableResult
  package func merge(space name: String, threads: Int, progress: ProgressHandler? = nil) throws -> Int {
    let record = try read { try $0.space(name).record }
    guard record.tailCount + record.deadCount > 0 else { return 0 }
    if record.tailCount + record.deadCount > record.nodeCount / 2 {
      try rebuild(space: name, threads: threads, progress: progress)
      return record.tailCount
    }
    return try maintenance.withLock {
      try StorageEngine.translated {
        var merged = 0
        while let count = try mergeSlice(name, threads) {
          merged += count
          guard progress?("merging \(name)", merged, record.tailCount) ?? true else {
            throw EngineError(
              .cancelled, "stopped after merging \(merged) rows of \"\(name)\"; the rest stays in the tail")
          }
          if merged >= record.tailCount { break }
        }
        return merged
      }
    }
  }

  /// Plans and applies one slice; nil when there was nothing left to merge.
  private func mergeSlice(_ name: String, _ threads: Int) throws -> Int? {
    let plan: MergePlan? = try {
      let snapshot = try Snapshot(self)
      let view = try snapshot.space(name)
      guard view.record.tailCount + view.record.deadCount > 0 else { return nil }
      return try MergePlan(view, engine: self, threads: threads)
    }()
    guard let plan else { return nil }
    try apply(plan)
    return plan.rows.count
  }

  private func apply(_ plan: MergePlan) throws {
    _ = try write { writer in
      var record = try writer.space(plan.before.name)
      guard record.generation == plan.before.generation, record.graphVersion == plan.before.graphVersion
      else {
        throw EngineError(
          .busy, "space \"\(record.name)\" was merged or rebuilt by another process meanwhile; run it again")
      }
      let generation = record.generation
      let graph = plan.writer
      for store in plan.stores {
        try graph.put(
          store.blocks.privateBlocks, of: store.blocks, kind: store.kind, generation: generation,
          writer.transaction)
      }
      try graph.put(
        plan.editor.links.privateBlocks, of: plan.editor.links, kind: .links, generation: generation,
        writer.transaction)
      try graph.putUpper(
        plan.editor.changedUpper, of: plan.editor.upper, generation: generation, writer.transaction)
      for slot in plan.removed {
        try writer.setDead(slot, false, generation: generation)
        try writer.setOwner(of: slot, to: nil, generation: generation)
      }
      record.deadCount -= plan.removed.count
      for row in plan.rows {
        try writer.setOwner(of: row.slot, to: row.ordinal, generation: generation)
        let place = try writer.place(of: row.ordinal, generation: generation)
        if place == .tail(sequence: row.sequence) {
          try writer.setPlace(of: row.ordinal, to: .graph(slot: row.slot), generation: generation)
          try writer.transaction.delete(tables.tail, BlockKey(record.number, row.sequence))
          record.tailCount -= 1
        } else {
          // Deleted or written again while the plan was made: its node is dead from the start.
          try writer.setDead(row.slot, true, generation: generation)
          record.deadCount += 1
        }
      }
      if let curve = plan.curve { try graph.putCurve(curve, generation: generation, writer.transaction) }
      record.graphVersion += 1
      record.deadVersion += 1
      record.tailVersion += 1
      record.linkBits = plan.editor.linkFormat.bits
      record.slotCount = plan.editor.slotCount
      record.nodeCount = plan.editor.nodeCount
      record.entryPoint = plan.editor.entryPoint?.rawValue ?? .max
      record.maxLevel = plan.editor.maxLevel
      if record.tailCount == 0 { record.nextSequence = 0 }
      writer.update(record)
    }
  }
}

/// The changes of one slice, made in memory against a snapshot that may be gone when they are applied.
private struct MergePlan {
  struct Row {
    let sequence: UInt32
    let ordinal: Ordinal
    let slot: UInt32
  }

  let before: SpaceRecord
  let writer: GraphWriter
  let editor: GraphEditor
  /// The vectors, and their codes where the space has them.
  let stores: [(blocks: BlockStore, kind: BlockKind)]
  /// The recall as this slice's rows found it before they went in, taken together with what was known; nil where nothing
  /// was.
  private(set) var curve: RecallCurve?
  /// Slots of deleted nodes that are free now.
  private(set) var removed: [UInt32] = []
  private(set) var rows: [Row] = []

  init(_ view: SpaceView, engine: StorageEngine, threads: Int) throws {
    before = view.record
    try Self.verifyLinks(view)
    writer = GraphWriter(engine: engine, record: view.record)
    var dead: Set<UInt32> = []
    var free: [UInt32] = []
    let isNode = try view.slotUse(dead: &dead, free: &free)
    removed = dead.sorted()
    let graph = view.graph
    let rowStore = RowStore(strideBytes: view.layout.strideBytes, startingFrom: graph.rows.table)
    let quantizer = graph.view.distance.quantizer
    let codeStore = graph.codes.map {
      GraphWriter.makeCodes(strideBytes: $0.table.geometry.strideBytes, startingFrom: $0.table)
    }
    stores = [(rowStore.blocks, .rows)] + (codeStore.map { [($0, .codes)] } ?? [])
    let count = min(engine.policy.tailLimit(nodeCount: before.nodeCount), view.tail.count)
    let slots = FreeSlots(
      removed + free, slotCount: graph.slotCount, rowsPerBlock: rowStore.blocks.geometry.rowsPerBlock
    )
    .take(count)
    for (index, slot) in slots.enumerated() {
      rows.append(Row(sequence: view.tail.sequences[index], ordinal: view.tail.ordinals[index], slot: slot))
    }
    // Distances of 4-bit codes from each other are too coarse to choose links by.
    let linksByCodes = quantizer?.width == .eight
    for store in stores { store.blocks.grow(toSlots: max(graph.slotCount, 1 + Int(slots.max() ?? 0))) }
    let upper: UpperLayers
    do throws(GraphError) { upper = try graph.view.upper.copy() } catch {
      throw EngineError.damagedGraph(before.name, error)
    }
    let (links, format) = Self.links(of: view, forSlots: max(graph.slotCount, 1 + Int(slots.max() ?? 0)))
    editor = GraphEditor(
      parameters: GraphParameters(
        m: before.m, efConstruction: before.efConstruction, seed: before.seed),
      rules: before.linkRules(linksByCodes ? graph.view.distance : view.distance),
      rows: (linksByCodes ? codeStore?.table : nil) ?? rowStore.table,
      links: links, linkFormat: format, upper: upper,
      slotCount: before.slotCount, nodeCount: before.nodeCount,
      entryPoint: before.entryPoint == .max ? nil : Slot(before.entryPoint), maxLevel: before.maxLevel)
    do throws(GraphError) {
      // Rows of dead nodes are still needed while their neighbors are linked around them.
      try editor.remove(dead, threads: threads) { isNode[Int($0.rawValue)] }
    } catch { throw EngineError.damagedGraph(before.name, error) }
    let components = UnsafeMutablePointer<Float>.allocate(capacity: view.layout.dimension)
    defer { components.deallocate() }
    for index in 0..<count {
      guard let row = view.tail.rows[index] else { continue }
      rowStore.set(rows[index].slot, to: row)
      guard let codeStore, let quantizer else { continue }
      view.layout.decode(row, into: components)
      codeStore.makePrivate(codeStore.geometry.block(of: rows[index].slot))
      quantizer.encode(components, into: codeStore.mutableRow(rows[index].slot))
    }
    do throws(GraphError) {
      curve = try view.curve(
        addingRecallOf: editor, with: rows.map(\.slot), rowStore.table, codeStore?.table, isNode,
        threads: threads)
      try editor.insert(rows.map { Slot($0.slot) }, threads: threads)
      let inserted = Set(rows.map(\.slot))
      try editor.reconnect { slot in
        inserted.contains(slot.rawValue) || Int(slot.rawValue) < isNode.count && isNode[Int(slot.rawValue)]
      }
    } catch { throw EngineError.damagedGraph(before.name, error) }
  }

  /// The links to change, and their format: all in a wider one where they cannot lead to `slotCount` slots.
  private static func links(of view: SpaceView, forSlots slotCount: Int) -> (BlockStore, LinkFormat) {
    let (table, format) = (view.graph.view.linkTable, view.graph.view.linkFormat)
    if format.holds(slotCount: slotCount) {
      return (GraphWriter.makeLinks(format, startingFrom: table), format)
    }
    let wider = LinkFormat(count: format.count, slotCount: slotCount)
    let links = GraphWriter.makeLinks(wider)
    links.copyLinks(of: view.graph.slotCount, from: table, format, as: wider)
    return (links, wider)
  }

  /// A merge writes blocks anew with new checksums, so it must not carry damage over under a fresh one.
  private static func verifyLinks(_ view: SpaceView) throws {
    for block in 0..<view.graph.view.linkTable.blockCount where !view.graph.view.areLinksSound(block: block) {
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
      distance: distance, coarse: nil, m: record.m,
      codeWidth: record.encoding.codeWidth, nodes: Array(nodes))
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
