import LMDB
package import Records

/// A trained model as it is stored.
package struct StoredModel: Sendable {
  package var version: UInt32
  package var record: ModelRecord
}

private func modelRecord(_ value: UnsafeRawBufferPointer, of version: UInt32) throws -> ModelRecord {
  do { return try ModelRecord(decoding: value, of: version) } catch {
    throw EngineError.corrupted("model", "\(version)", error)
  }
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

  /// The items and weights of a model, every checksum verified.
  /// - Throws: `.corrupted`, naming the piece.
  package func contents(of model: StoredModel) throws -> (items: [Ordinal], weights: [Float]) {
    var bytes: [UInt8] = []
    try forEachPiece(of: model) { bytes.append(contentsOf: $0) }
    let record = model.record
    guard bytes.count == record.byteCount, record.weightBytes % 4 == 0 else {
      throw EngineError.corrupted(
        "model \(model.version) has \(bytes.count) bytes where \(record.byteCount) belong")
    }
    return bytes.withUnsafeBytes { bytes in
      func word(_ index: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
      }
      return (
        (0..<record.itemCount).map { Ordinal(word($0)) },
        (0..<(record.weightBytes / 4)).map { Float(bitPattern: word(record.itemCount + $0)) }
      )
    }
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
        do { try body(try ModelPiece.decode(value, generation: generation, number: number)) } catch let error
          as RecordError
        { throw EngineError.corrupted("model \(model.version) piece", "\(number)", error) }
        expected += 1
        return .next
      }
    }
  }
}

extension StorageEngine {
  /// Pieces written in one transaction.
  private static let piecesPerSlice = 8

  /// Stores a model under the next version. It is there when its pieces are: a crash before leaves garbage that the next
  /// open removes.
  /// - Parameters:
  ///   - items: the ordinal of each item the model knows.
  ///   - weights: finite.
  ///   - created: milliseconds since 1970.
  package func addModel(
    manifest: String, items: [Ordinal], weights: [Float], created: Int64
  ) throws -> UInt32 {
    let generation = try reserveGeneration()
    do {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(4 * (items.count + weights.count))
      for item in items { withUnsafeBytes(of: item.rawValue.littleEndian) { bytes.append(contentsOf: $0) } }
      for weight in weights {
        withUnsafeBytes(of: weight.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
      try putPieces(bytes, generation: generation)
      return try write { writer in
        let version = writer.store.nextModel
        writer.store.nextModel += 1
        let record = ModelRecord(
          created: created, generation: generation, itemCount: items.count, weightBytes: 4 * weights.count,
          manifest: manifest)
        try writer.transaction.put(tables.model, version, record.encoded(for: version))
        try writer.transaction.delete(tables.garbage, generation)
        return version
      }.result
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
  package func removeModel(_ version: UInt32) throws -> Bool {
    let isThere = try write { writer -> Bool in
      guard let value = try writer.transaction.get(tables.model, version) else { return false }
      let record = try modelRecord(value, of: version)
      try writer.transaction.put(tables.garbage, record.generation, GarbageRecord.abandoned.encoded())
      return try writer.transaction.delete(tables.model, version)
    }.result
    if isThere { try collectGarbage() }
    return isThere
  }
}
