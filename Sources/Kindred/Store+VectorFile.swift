import Engine
import Interchange
import Recommending
import Records

extension Store {
  /// Stores the vectors of a file: `.npy` [N, D], `.fvecs`, or JSON Lines `{"id":…,"vector":[…],"attributes":{…}}`,
  /// each also gzipped; `-` is standard input. A JSON array of such objects is read as its lines would be.
  ///
  /// Small files go through the tail in transactions of 1,024 rows; large ones are built into a new graph, which is
  /// much faster, and become visible all at once. Either way all that was stored is searchable when the call returns.
  /// - Parameters:
  ///   - name: the space's name.
  ///   - file: its path.
  ///   - ids: a file with one id a line; without it ids are 0, 1, ….
  ///   - format: `npy`, `fvecs` or `jsonl`; without it the name indicates it, or else the first bytes of the file.
  ///   - progress: is called from time to time with how far the work is.
  /// - Throws: `StoreError` `.spaceNotFound`, `.dimensionMismatch`, `.notFound`, `.badInput`, `.invalidArgument`,
  ///   `.unsupported` for a space whose vectors a text encoder or a training makes;
  ///   `CancellationError` with everything acknowledged kept.
  @discardableResult
  public func upsert(
    _ name: String, from file: String, ids: String? = nil, format: String? = nil,
    progress: ProgressHandler? = nil
  ) throws -> VectorUpsertReport {
    try StoreError.translating {
      try StoredVectors.requireVectorsOfCallers(try engine.read { try $0.space(name).record })
      let vectors = try VectorImport(
        engine, file, ids: ids, format: format, into: name, threads: Store.defaultThreads,
        progress)
      let isBulk = vectors.isBulk
      defer { if isBulk { announce(spaces: [name]) } }
      let report = try vectors.run { ids, vectors, attributes in
        try write { try $0.upsert(name, ids: ids, vectors: vectors, attributes: attributes) }
      }
      if isBulk {
        try deriveVectors(from: name, of: report.ordinals)
      } else {
        try mergeIfDue(name, progress)
      }
      return report
    }
  }

  /// Makes the vectors of other spaces that are made of vectors that a build has stored.
  private func deriveVectors(from name: String, of ordinals: [Ordinal]) throws {
    guard try engine.read({ try $0.existingSpace(SessionSpaces.items) }) != nil else { return }
    let slice = 4_096
    for first in stride(from: 0, to: ordinals.count, by: slice) {
      try write { transaction in
        let space = try transaction.writer.space(name).record
        for ordinal in ordinals[first..<min(ordinals.count, first + slice)] {
          try transaction.writer.noteVector(of: ordinal, in: space)
        }
        for space in try transaction.writer.deriveVectors() { transaction.changes?.insert(space: space) }
      }
    }
  }

  /// Merges now what a long-lived process would merge in the background.
  func mergeIfDue(_ name: String, _ progress: ProgressHandler?) throws {
    if try engine.isMergeDue(name) { try merge(name, progress: progress) }
  }
}
