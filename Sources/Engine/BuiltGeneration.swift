import Basics
import HNSW
import LMDB
import Records

/// A generation that is written and waits to become a space's own.
struct BuiltGeneration {
  let number: UInt32
  let staged: StagedSpace
  let editor: GraphEditor

  var result: RebuildReport {
    RebuildReport(
      space: staged.definition.name, count: staged.plan.ordinals.count, generation: Int(number),
      distanceComputations: editor.distanceComputations)
  }
}

extension StorageEngine {
  func reserveGeneration() throws -> UInt32 {
    let generation = try write { writer in
      let generation = writer.store.nextGeneration
      writer.store.nextGeneration += 1
      try writer.transaction.put(tables.garbage, generation, GarbageRecord.beingBuiltHere.encoded())
      return generation
    }.result
    KillPoint.pass(.generationReserved)
    return generation
  }

  /// Frees what an unfinished generation has written; if that fails too, the next open does it.
  func abandon(_ generation: UInt32) {
    let marked = try? write { writer in
      // A generation in use has no record here and must never get one: collecting it would delete the space.
      guard try writer.transaction.contains(tables.garbage, generation) else { return }
      try writer.transaction.put(tables.garbage, generation, GarbageRecord.abandoned.encoded())
    }
    if marked != nil { _ = try? collectGarbage() }
  }

  /// Builds a generation and writes it, all but the places of its vectors.
  func build(
    _ generation: UInt32, _ staged: StagedSpace, _ threads: Int, _ progress: ProgressCheck?
  ) throws -> BuiltGeneration {
    let definition = staged.definition
    let writer = GraphWriter(engine: self)
    let count = staged.plan.ordinals.count
    let format = LinkFormat(count: 2 * definition.m, slotCount: count)
    let links = GraphWriter.makeLinks(format)
    let editor = GraphEditor(
      parameters: definition.graphParameters,
      rules: definition.linkRules(staged.built?.distance ?? staged.exact),
      rows: staged.built?.blocks.table ?? staged.rows.table, links: links, linkFormat: format,
      upper: UpperLayers(m: definition.m, expected: count / max(1, definition.m - 1)))
    let curve = try build(editor, staged, threads, progress)
    KillPoint.pass(.generationBuilt)
    try writer.putSliced(staged.rows.blocks, kind: .rows, generation: generation)
    if let codes = staged.kept {
      try writer.putSliced(codes.blocks, kind: .codes, generation: generation)
    }
    try writer.putSliced(links, kind: .links, generation: generation)
    try environment.write { transaction in
      if let codes = staged.kept {
        try writer.putCodebook(codes.quantizer, generation: generation, transaction)
      }
      try writer.putCurve(curve, generation: generation, transaction)
      try writer.putUpper(editor.changedUpper, of: editor.upper, generation: generation, transaction)
      try writer.putWords(
        staged.plan.ordinals.map(\.rawValue), kind: .owners, generation: generation, transaction)
    }
    KillPoint.pass(.generationWritten)
    return BuiltGeneration(number: generation, staged: staged, editor: editor)
  }

  /// Builds the graph and measures its recall, with its last nodes as queries before they go in.
  private func build(
    _ editor: GraphEditor, _ staged: StagedSpace, _ threads: Int, _ progress: ProgressCheck?
  ) throws(EngineError) -> RecallCurve {
    let (name, count) = (staged.definition.name, staged.plan.ordinals.count)
    var isCancelled = false
    var curve = RecallCurve(points: [])
    do throws(GraphError) {
      try editor.build(
        count: count, threads: threads, heldOut: StagedSpace.heldOut(of: count),
        measure: { (slots) throws(GraphError) in
          _ = progress?("measuring \(name)", count - slots.count, count)
          curve = try staged.measureRecall(of: editor, with: slots, threads: threads)
        }
      ) { done in
        isCancelled = !(progress?("building \(name)", done, count) ?? true)
        return !isCancelled
      }
    } catch { throw EngineError.damagedGraph(name, error) }
    if isCancelled { throw EngineError(.cancelled, "stopped; the graph of \"\(name)\" is as it was before") }
    return curve
  }
}
