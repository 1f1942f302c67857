import Basics

/// Named arrays of numbers as PyTorch programs exchange weights: 8 bytes with the length of a JSON header, the header,
/// and the values, little-endian (https://huggingface.co/docs/safetensors).
package struct Safetensors: Sendable, Equatable {
  /// One array of float32.
  package struct Tensor: Sendable, Equatable {
    package var name: String
    package var shape: [Int]
    /// Row-major, as many as the product of `shape`.
    package var values: [Float]

    package init(name: String, shape: [Int], values: [Float]) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// In the order of their values.
  package var tensors: [Tensor]

  /// The header's `__metadata__`: texts by name.
  package var metadata: [String: String] = [:]

  package init(_ tensors: [Tensor]) { self.tensors = tensors }

  /// Reads a whole file's bytes.
  /// - Throws: `.corrupt` where lengths, offsets and shapes do not agree; `.unsupportedContent` for numbers that are
  ///   not float32.
  package init(decoding bytes: [UInt8]) throws(InterchangeError) {
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(InterchangeError) in try Self(raw) }
    }
    self = try result.get()
  }

  private init(_ bytes: UnsafeRawBufferPointer) throws(InterchangeError) {
    let header = try SafetensorsHeader(bytes)
    tensors = []
    for entry in header.entries {
      guard entry.type == "F32" else {
        throw InterchangeError(
          .unsupportedContent,
          "\"\(entry.name)\" holds numbers of type \(entry.type); save it as float32 (F32)")
      }
      let values = (0..<entry.range.count / 4).map { index in
        let place = entry.range.lowerBound + 4 * index
        return Float(
          bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
      }
      tensors.append(Tensor(name: entry.name, shape: entry.shape, values: values))
    }
    metadata = header.metadata
  }

  /// The file's bytes; the values begin at a multiple of 8.
  package func encoded() -> [UInt8] {
    var header: [JSONObject.Member] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }
        .map { JSONObject.Member(key: $0.key, value: .string($0.value)) }
      header.append(.init(key: "__metadata__", value: .object(texts)))
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + 4 * tensor.values.count
      let entry: JSONValue = [
        "dtype": .string("F32"), "shape": .array(tensor.shape.map { .integer($0) }),
        "data_offsets": .array([.integer(offset), .integer(end)]),
      ]
      header.append(.init(key: tensor.name, value: entry))
      offset = end
    }
    var text = Array(JSONValue.object(header).text.utf8)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    bytes += text
    bytes.reserveCapacity(bytes.count + 4 * tensors.reduce(0) { $0 + $1.values.count })
    for tensor in tensors {
      for value in tensor.values {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    return bytes
  }
}

extension Safetensors {
  /// Reads a file.
  /// - Throws: what a file throws that cannot be read; as `init(decoding:)`.
  package init(path: String) throws(InterchangeError) {
    let file = try FileBytes(path: path)
    let bytes = withExtendedLifetime(file) { Array(file.bytes) }
    do throws(InterchangeError) { try self.init(decoding: bytes) } catch {
      throw InterchangeError(error.code, "'\(path)': \(error.message)", path: path)
    }
  }

  /// Writes a file; one that is there is replaced when the new one is complete and on the disk.
  /// - Throws: `.cannotCreate`, `.permissionDenied`, `.diskFull`, `.ioError`.
  package func write(to path: String) throws(InterchangeError) {
    let staged = try StagedFile(path)
    let sink = try ByteSink(path: staged.writingPath)
    try sink.write(encoded())
    try sink.close()
    try staged.commit()
  }
}
