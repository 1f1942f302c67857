import Basics
package import Records
package import VectorMath

/// Receives the progress of long work; returning false asks it to stop.
package typealias ProgressCheck = (_ stage: String, _ completed: Int, _ total: Int) -> Bool

/// What a rebuild made.
public struct RebuildReport: Sendable, Hashable, Codable {
  /// The space.
  public var space: String
  /// Vectors in its new graph.
  public var count: Int
  /// Wall time in seconds.
  public var seconds = 0.0
  /// The number of the new generation.
  public var generation: Int
  /// Distances computed.
  public var distanceComputations: Int
}

/// Vectors to take into a new generation beside those that are stored; they replace stored ones of the same ordinal.
package struct NewRows {
  package var ordinals: [Ordinal]
  /// Encoded rows, one after the other, `strideBytes` each.
  package var rows: UnsafeRawBufferPointer

  package init(ordinals: [Ordinal], rows: UnsafeRawBufferPointer) {
    self.ordinals = ordinals
    self.rows = rows
  }
}

/// A space as it will be: its definition, and all of its vectors.
package struct SpaceContents {
  package var definition: SpaceDefinition
  package var rows: NewRows
  /// What the space remembers of what made its vectors.
  package var encoderState: [UInt8]

  /// - Parameter rows: encoded as the definition says, each ordinal once.
  package init(_ definition: SpaceDefinition, rows: NewRows, encoderState: [UInt8] = []) {
    self.definition = definition
    self.rows = rows
    self.encoderState = encoderState
  }
}

extension StorageEngine {
  /// Builds a new graph of a space from its stored vectors, beside the one in use, and flips to it in one short
  /// transaction. Readers keep what they have; a crash leaves the old graph in use and the unfinished one as garbage.
  /// - Parameters:
  ///   - adding: further vectors, for loads too large for the tail.
  ///   - encoding: how vectors are kept from now on; as they are if nil. Half precision once taken does not come back.
  ///   - threads: threads of the build; the result does not depend on them.
  ///   - finishing: what else belongs into the transaction that flips.
  /// - Throws: `.busy` when another process merged or rebuilt the space meanwhile; `.memoryLimit`; `.cancelled`.
  @discardableResult
  package func rebuild(
    space name: String, adding new: NewRows? = nil, encoding: VectorEncoding? = nil, threads: Int,
    progress: ProgressCheck? = nil,
    finishing: ((Writer) throws -> Void)? = nil
  ) throws -> RebuildReport {
    let results = try replaceGenerations(
      [{ try self.stage(name, new, encoding) }], threads, progress, finishing: finishing)
    return results[0]
  }

  /// Puts all vectors of some spaces in the place of those they have, and flips to all of them in one short
  /// transaction, so that a reader sees the old vectors everywhere or the new ones everywhere. Spaces that are not
  /// there are made. A crash leaves the old ones in use.
  /// - Throws: `.invalidArgument` for a definition outside its ranges; `.memoryLimit`, `.busy`, `.cancelled`.
  @discardableResult
  package func replaceVectors(
    _ spaces: [SpaceContents], threads: Int, progress: ProgressCheck? = nil
  ) throws -> [RebuildReport] {
    try replaceGenerations(
      spaces.map { space in { try self.stage(space.definition, space.rows) } }, threads, progress
    ) { writer in
      for space in spaces {
        try writer.space(space.definition.name)
          .setEncoder(space.definition.encoder, state: space.encoderState)
      }
    }
  }

  /// Stages and builds one generation after the other, and flips to all of them at once.
  private func replaceGenerations(
    _ stages: [() throws -> StagedSpace], _ threads: Int, _ progress: ProgressCheck?,
    finishing: ((Writer) throws -> Void)?
  ) throws -> [RebuildReport] {
    try maintenance.withLock {
      try StorageEngine.translated {
        var built: [BuiltGeneration] = []
        var reserved: [UInt32] = []
        do {
          for stage in stages {
            let generation = try reserveGeneration()
            reserved.append(generation)
            let staged = try stage()
            KillPoint.pass(.generationStaged)
            built.append(try build(generation, staged, threads, progress))
          }
          _ = try write { writer in
            for generation in built { try writer.flip(to: generation) }
            try finishing?(writer)
          }
        } catch {
          for generation in reserved { abandon(generation) }
          throw error
        }
        KillPoint.pass(.flipCommitted)
        // Outside: from here on the new generations are the spaces' own, whatever fails.
        try collectGarbage()
        return built.map(\.result)
      }
    }
  }

  /// Copies the rows out of the snapshot, which ends with this call: a build takes minutes, and pages that a long
  /// reader sees cannot be used again.
  private func stage(
    _ name: String, _ new: NewRows?, _ encoding: VectorEncoding?
  ) throws -> StagedSpace {
    let snapshot = try Snapshot(self)
    let view = try snapshot.space(name)
    var definition = view.record.definition
    definition.shape.encoding = encoding ?? definition.shape.encoding
    try requireMemory(
      toBuild: view.record.liveCount + (new?.ordinals.count ?? 0), of: definition, given: new?.rows.count ?? 0
    )
    let plan = try GenerationPlan(keeping: view, adding: new, view.layout)
    return try StagedSpace(plan, from: view.layout, as: definition, kernels: kernels) { ordinal in
      // The message is about the vector: where its record is damaged too, the ordinal stands for the id.
      (try? snapshot.id(of: ordinal, definition.kind)) ?? "\(ordinal.rawValue)"
    }
  }

  /// Takes nothing but new rows.
  private func stage(_ definition: SpaceDefinition, _ rows: NewRows) throws -> StagedSpace {
    try definition.check()
    let layout = try definition.layout
    try requireMemory(toBuild: rows.ordinals.count, of: definition, given: rows.rows.count)
    let plan = try GenerationPlan(keeping: nil, adding: rows, layout)
    return try StagedSpace(plan, from: layout, as: definition, kernels: kernels) { "\($0.rawValue)" }
  }
}
