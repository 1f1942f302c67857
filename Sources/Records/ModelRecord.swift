/// What is stored of a trained model under its version; its items and weights lie in pieces under a generation.
///
/// Payload: `i64 created · u32 generation · u32 items · u64 weights · text manifest`.
package struct ModelRecord: Equatable, Sendable {
  /// Milliseconds since 1970.
  package var created: Int64
  /// The prefix of its pieces.
  package var generation: UInt32
  /// Items that the model knows; their ordinals, 4 bytes each, come before the weights.
  package var itemCount: Int
  /// Bytes of weights.
  package var weightBytes: Int
  /// What the model's maker says of it; bytes to the store.
  package var manifest: String

  /// The longest of all, in bytes.
  package static let weightLimit = 1 << 40

  package init(created: Int64, generation: UInt32, itemCount: Int, weightBytes: Int, manifest: String) {
    self.created = created
    self.generation = generation
    self.itemCount = itemCount
    self.weightBytes = weightBytes
    self.manifest = manifest
  }

  /// Bytes of all pieces.
  package var byteCount: Int { 4 * itemCount + weightBytes }

  package func encoded(for version: UInt32) -> [UInt8] {
    Envelope.seal(seed: version, reservingCapacity: 40 + manifest.utf8.count) { writer in
      writer.append(created)
      writer.append(generation)
      writer.append(UInt32(itemCount))
      writer.append(UInt64(weightBytes))
      writer.append(manifest)
    }
  }

  package init(decoding record: UnsafeRawBufferPointer, of version: UInt32) throws(RecordError) {
    var reader = try Envelope.open(record, seed: version)
    created = try reader.read(Int64.self)
    generation = try reader.read(UInt32.self)
    itemCount = Int(try reader.read(UInt32.self))
    let bytes = try reader.read(UInt64.self)
    guard bytes <= UInt64(Self.weightLimit) else { throw .invalid("\(bytes) bytes of weights") }
    weightBytes = Int(bytes)
    manifest = try reader.readText()
  }
}

/// A piece of a model: an envelope whose checksum begins with where the piece belongs.
package enum ModelPiece {
  /// Bytes of all pieces but the last.
  package static let byteCount = 4 << 20

  package static func encode(_ bytes: UnsafeRawBufferPointer, generation: UInt32, number: UInt32) -> [UInt8] {
    Envelope.seal(seed: seed(generation, number), reservingCapacity: bytes.count) { writer in
      writer.append(contentsOf: bytes)
    }
  }

  package static func decode(
    _ record: UnsafeRawBufferPointer, generation: UInt32, number: UInt32
  ) throws(RecordError) -> UnsafeRawBufferPointer {
    var reader = try Envelope.open(record, seed: seed(generation, number))
    return try reader.readBytes(reader.remaining)
  }

  private static func seed(_ generation: UInt32, _ number: UInt32) -> UInt32 {
    withUnsafeBytes(of: (generation.littleEndian, number.littleEndian)) { crc32c($0) }
  }
}
