package import Basics

/// What is stored of a trained model under its version; its arrays lie in pieces under a generation.
///
/// Payload: `i64 created · u32 generation · u32 sections · the sections · text manifest`, in an envelope of version 2.
/// In version 1, of formats up to 6, it is `i64 created · u32 generation · u32 items · u64 weights · text manifest`:
/// the items' ordinals, then numbers that only the manifest gives a meaning.
package struct ModelRecord: Equatable, Sendable {
  /// Milliseconds since 1970.
  package var created: Int64
  /// The prefix of its pieces.
  package var generation: UInt32
  /// Its arrays, one after the other without gaps.
  package var sections: [ModelSection]
  /// What the model's maker says of it; bytes to the store.
  package var manifest: String
  /// Whether it is stored as formats up to 6 did.
  package private(set) var isOld = false

  /// The two arrays of models of formats up to 6.
  package static let oldItems = "items"
  package static let oldWeights = "weights"

  package init(created: Int64, generation: UInt32, sections: [ModelSection], manifest: String) {
    self.created = created
    self.generation = generation
    self.sections = sections
    self.manifest = manifest
  }

  /// Bytes of all pieces.
  package var byteCount: Int { sections.last.map { $0.offsetBytes + $0.byteCount } ?? 0 }

  package func section(_ name: String) -> ModelSection? { sections.first { $0.name == name } }

  package func encoded(for version: UInt32) -> [UInt8] {
    Envelope.seal(seed: version, version: 2, reservingCapacity: 40 + manifest.utf8.count) { writer in
      writer.append(created)
      writer.append(generation)
      writer.append(UInt32(sections.count))
      for section in sections { section.append(to: &writer) }
      writer.append(manifest)
    }
  }

  package init(decoding record: UnsafeRawBufferPointer, of version: UInt32) throws(RecordError) {
    var (reader, layout) = try Envelope.open(record, seed: version, upTo: 2)
    created = try reader.read(Int64.self)
    generation = try reader.read(UInt32.self)
    let count = Int(try reader.read(UInt32.self))
    var (sections, end) = ([ModelSection](), 0)
    if layout == 1 {
      isOld = true
      let bytes = try reader.read(UInt64.self)
      guard bytes <= UInt64(Limits.modelBytes), bytes % 4 == 0 else {
        throw .invalid("\(bytes) bytes of weights")
      }
      sections = [
        ModelSection(name: Self.oldItems, element: .uint32, shape: [count], offsetBytes: 0),
        ModelSection(
          name: Self.oldWeights, element: .float32, shape: [Int(bytes) / 4], offsetBytes: 4 * count),
      ]
    } else {
      for _ in 0..<count {
        let section = try ModelSection(&reader, at: end)
        sections.append(section)
        end += section.byteCount
        guard end <= Limits.modelBytes else { throw .invalid("\(end) bytes of a model") }
      }
    }
    self.sections = sections
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
