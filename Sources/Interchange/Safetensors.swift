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

  private static let lengthBytes = 8

  /// Reads a whole file's bytes.
  /// - Throws: `.corrupt` where lengths, offsets and shapes do not agree; `.unsupportedContent` for numbers that are
  ///   not float32.
  package init(decoding bytes: [UInt8]) throws(InterchangeError) {
    guard bytes.count >= Self.lengthBytes else { throw Self.corrupt("\(bytes.count) bytes are no header") }
    let length = bytes[..<Self.lengthBytes].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(min(Limits.safetensorsHeaderBytes, bytes.count - Self.lengthBytes)) else {
      throw Self.corrupt("a header of \(length) bytes in a file of \(bytes.count)")
    }
    let start = Self.lengthBytes + Int(length)
    guard case .object(let header) = try JSONParser.parse(Array(bytes[Self.lengthBytes..<start])) else {
      throw Self.corrupt("the header is not a JSON object")
    }
    var found: [(range: Range<Int>, tensor: Tensor)] = []
    for member in header.members {
      if member.key == "__metadata__" {
        for entry in member.value.object?.members ?? [] { metadata[entry.key] = entry.value.string ?? "" }
        continue
      }
      let (shape, range) = try Self.entry(member, dataBytes: bytes.count - start)
      let numbers = bytes.withUnsafeBytes { bytes in
        (0..<(range.count / 4)).map { index in
          let place = start + range.lowerBound + 4 * index
          return Float(
            bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
        }
      }
      found.append((range, Tensor(name: member.key, shape: shape, values: numbers)))
    }
    found.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    var end = 0
    for (range, tensor) in found {
      guard range.lowerBound == end else {
        throw Self.corrupt("the values of \"\(tensor.name)\" begin at \(range.lowerBound), not at \(end)")
      }
      end = range.upperBound
    }
    guard end == bytes.count - start else {
      throw Self.corrupt("\(bytes.count - start) bytes of values where the header names \(end)")
    }
    tensors = found.map(\.tensor)
  }

  /// One tensor's shape and the place of its values.
  private static func entry(
    _ member: JSONObject.Member, dataBytes: Int
  ) throws(InterchangeError) -> (shape: [Int], range: Range<Int>) {
    let name = member.key
    guard let entry = member.value.object else { throw corrupt("\"\(name)\" is not described") }
    guard let type = entry["dtype"]?.string else { throw corrupt("\"\(name)\" has no dtype") }
    guard type == "F32" else {
      throw InterchangeError(
        .unsupportedContent, "\"\(name)\" holds numbers of type \(type); save it as float32 (F32)")
    }
    guard let shape = integers(entry["shape"]), let offsets = integers(entry["data_offsets"]),
      offsets.count == 2,
      offsets[0] <= offsets[1], offsets[1] <= dataBytes
    else { throw corrupt("the shape or the place of \"\(name)\" is not within the file") }
    var count = 4
    for extent in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: extent)
      guard !overflows else { throw corrupt("the shape of \"\(name)\" is too large") }
      count = product
    }
    guard count == offsets[1] - offsets[0] else {
      throw corrupt("\"\(name)\" has \(offsets[1] - offsets[0]) bytes where its shape takes \(count)")
    }
    return (shape, offsets[0]..<offsets[1])
  }

  /// Whole numbers from 0 on; nil for anything else.
  private static func integers(_ value: JSONValue?) -> [Int]? {
    guard let array = value?.array else { return nil }
    var found: [Int] = []
    for element in array {
      guard case .number(let number) = element, let integer = number.integer, integer >= 0 else { return nil }
      found.append(Int(integer))
    }
    return found
  }

  private static func corrupt(_ message: String) -> InterchangeError {
    InterchangeError(.corrupt, "not a safetensors file: \(message)")
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
