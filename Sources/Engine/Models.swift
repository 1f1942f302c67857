import Basics
import LMDB
package import Records

/// A trained model as it is stored.
package struct StoredModel: Sendable {
  package var version: UInt32
  package var record: ModelRecord
}

private func modelRecord(_ value: UnsafeRawBufferPointer, of version: UInt32) throws -> ModelRecord {
  try EngineError.decoding("model", "\(version)") { try ModelRecord(decoding: value, of: version) }
}

extension Snapshot {
  /// All models, oldest first.
  package func models() throws -> [StoredModel] {
    try reading { transaction, tables in
      var models: [StoredModel] = []
      try transaction.forEach(tables.model) { key, value in
        guard let version = UInt32(keyBytes: key) else { return .next }
        models.append(StoredModel(version: version, record: try modelRecord(value, of: version)))
        return .next
      }
      return models
    }
  }

  /// The model of that version; nil where there is none.
  package func model(_ version: UInt32) throws -> StoredModel? {
    try reading { transaction, tables -> StoredModel? in
      guard let value = try transaction.get(tables.model, version) else { return nil }
      return StoredModel(version: version, record: try modelRecord(value, of: version))
    }
  }

  /// Whether there is a model of that version; what is stored of it is not read.
  package func hasModel(_ version: UInt32) throws -> Bool {
    try reading { transaction, tables in try transaction.get(tables.model, version) != nil }
  }

  /// The arrays of a model, every checksum verified.
  /// - Throws: `.corrupted`, naming the piece.
  package func arrays(of model: StoredModel) throws -> [ModelArray] {
    var bytes: [UInt8] = []
    try forEachPiece(of: model) { bytes.append(contentsOf: $0) }
    guard bytes.count == model.record.byteCount else {
      throw EngineError.corrupted(
        "model \(model.version) has \(bytes.count) bytes where \(model.record.byteCount) belong")
    }
    return bytes.withUnsafeBytes { bytes in model.record.sections.map { ModelArray($0, in: bytes) } }
  }

  /// Visits a model's pieces in their order.
  func forEachPiece(of model: StoredModel, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let generation = model.record.generation
    var expected: UInt32 = 0
    try reading { transaction, tables in
      try transaction.forEach(tables.weights, prefix: generation) { key, value in
        guard let number = BlockKey(keyBytes: key)?.second, number == expected else {
          throw EngineError.corrupted("piece \(expected) of model \(model.version) is missing")
        }
        try EngineError.decoding("model \(model.version) piece", "\(number)") {
          try body(try ModelPiece.decode(value, generation: generation, number: number))
        }
        expected += 1
        return .next
      }
    }
  }
}

extension StorageEngine {
  /// Pieces written in one transaction.
  private static let piecesPerSlice = 8

  /// Stores a model. It is there when its pieces are: a crash before leaves garbage that the next open removes.
  /// - Parameters:
  ///   - replacing: the version of a model whose place it takes, `.recordNotFound` where it is gone; nil for the next
  ///     one.
  ///   - arrays: numbers in them are finite.
  ///   - created: milliseconds since 1970.
  /// - Returns: its version.
  @discardableResult
  package func addModel(
    replacing old: UInt32? = nil, manifest: String, arrays: [ModelArray], created: Int64
  ) throws -> UInt32 {
    let generation = try reserveGeneration()
    do {
      var (bytes, sections) = ([UInt8](), [ModelSection]())
      for array in arrays {
        sections.append(array.append(to: &bytes))
      }
      try putPieces(bytes, generation: generation)
      KillPoint.pass(.modelPiecesWritten)
      let version = try write { writer in
        let version = old ?? writer.store.nextModel
        if let old {
          guard let value = try writer.transaction.get(tables.model, old) else {
            throw EngineError(.recordNotFound, "model \(old) was deleted meanwhile")
          }
          let before = try modelRecord(value, of: old)
          try writer.transaction.put(tables.garbage, before.generation, GarbageRecord.abandoned.encoded())
        } else {
          writer.store.nextModel += 1
        }
        let record = ModelRecord(
          created: created, generation: generation, sections: sections, manifest: manifest)
        try writer.transaction.put(tables.model, version, record.encoded(for: version))
        try writer.transaction.delete(tables.garbage, generation)
        return version
      }.result
      KillPoint.pass(.modelStored)
      if old != nil { try collectGarbage() }
      return version
    } catch {
      abandon(generation)
      throw error
    }
  }

  private func putPieces(_ bytes: [UInt8], generation: UInt32) throws {
    let starts = Array(stride(from: 0, to: bytes.count, by: ModelPiece.byteCount))
    try bytes.withUnsafeBytes { bytes in
      for first in stride(from: 0, to: starts.count, by: Self.piecesPerSlice) {
        _ = try write { writer in
          for number in first..<min(starts.count, first + Self.piecesPerSlice) {
            let end = min(bytes.count, starts[number] + ModelPiece.byteCount)
            let piece = UnsafeRawBufferPointer(rebasing: bytes[starts[number]..<end])
            try writer.transaction.put(
              tables.weights, BlockKey(generation, UInt32(number)),
              ModelPiece.encode(piece, generation: generation, number: UInt32(number)))
          }
        }
      }
    }
  }

  /// Removes a model; false when there is none of that version. Its number is never used again.
  /// - Parameter requiring: throws where the model must stay, in the transaction that removes it.
  package func removeModel(_ version: UInt32, requiring: (Writer) throws -> Void = { _ in }) throws -> Bool {
    let isThere = try write { writer -> Bool in
      try requiring(writer)
      guard let value = try writer.transaction.get(tables.model, version) else { return false }
      let record = try modelRecord(value, of: version)
      try writer.transaction.put(tables.garbage, record.generation, GarbageRecord.abandoned.encoded())
      return try writer.transaction.delete(tables.model, version)
    }.result
    KillPoint.pass(.modelRemoved)
    if isThere { try collectGarbage() }
    return isThere
  }
}
