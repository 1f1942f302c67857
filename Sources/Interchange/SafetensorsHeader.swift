import Basics

/// The header of a safetensors file: which arrays lie where behind it.
struct SafetensorsHeader {
  /// One array.
  struct Entry {
    var name: String
    /// The type of its numbers, in the format's words: `F32`, `F16`, `BF16`, `I64`, …
    var type: String
    var shape: [Int]
    /// Its bytes, counted from the first of the file.
    var range: Range<Int>
  }

  /// In the order of their bytes, without gaps; none is named twice.
  let entries: [Entry]
  /// The header's `__metadata__`.
  let metadata: [String: String]

  private static let lengthBytes = 8

  /// Reads the header of a whole file's bytes, and checks it against their number.
  /// - Throws: `.corrupt` where lengths, offsets and shapes do not agree; `.unsupportedContent` for a type of numbers
  ///   whose size is not known.
  init(_ bytes: UnsafeRawBufferPointer) throws(InterchangeError) {
    guard bytes.count >= Self.lengthBytes else { throw Self.corrupt("\(bytes.count) bytes are no header") }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(min(Limits.safetensorsHeaderBytes, bytes.count - Self.lengthBytes)) else {
      throw Self.corrupt("a header of \(length) bytes in a file of \(bytes.count)")
    }
    let start = Self.lengthBytes + Int(length)
    let text = UnsafeRawBufferPointer(rebasing: bytes[Self.lengthBytes..<start])
    guard case .object(let header) = try JSONParser.parse(text) else {
      throw Self.corrupt("the header is not a JSON object")
    }
    var (found, texts): ([Entry], [String: String]) = ([], [:])
    for member in header.members {
      if member.key == "__metadata__" {
        for entry in member.value.object?.members ?? [] { texts[entry.key] = entry.value.string ?? "" }
        continue
      }
      found.append(try Self.entry(member, start: start, dataBytes: bytes.count - start))
    }
    found.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    var end = start
    for entry in found {
      guard entry.range.lowerBound == end else {
        throw Self.corrupt(
          "the values of \"\(entry.name)\" begin at \(entry.range.lowerBound - start), not at \(end - start)")
      }
      end = entry.range.upperBound
    }
    guard end == bytes.count else {
      throw Self.corrupt("\(bytes.count - start) bytes of values where the header names \(end - start)")
    }
    (entries, metadata) = (found, texts)
  }

  private static func entry(
    _ member: JSONObject.Member, start: Int, dataBytes: Int
  ) throws(InterchangeError) -> Entry {
    let name = member.key
    guard let entry = member.value.object else { throw corrupt("\"\(name)\" is not described") }
    guard let type = entry["dtype"]?.string else { throw corrupt("\"\(name)\" has no dtype") }
    guard let size = byteCounts[type] else {
      throw InterchangeError(.unsupportedContent, "\"\(name)\" holds numbers of type \(type)")
    }
    guard let shape = integers(entry["shape"]), let offsets = integers(entry["data_offsets"]),
      offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= dataBytes
    else { throw corrupt("the shape or the place of \"\(name)\" is not within the file") }
    var count = size
    for extent in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: extent)
      guard !overflows else { throw corrupt("the shape of \"\(name)\" is too large") }
      count = product
    }
    guard count == offsets[1] - offsets[0] else {
      throw corrupt("\"\(name)\" has \(offsets[1] - offsets[0]) bytes where its shape takes \(count)")
    }
    return Entry(name: name, type: type, shape: shape, range: start + offsets[0]..<start + offsets[1])
  }

  /// Bytes of one number of each type.
  private static let byteCounts = [
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1,
  ]

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

  static func corrupt(_ message: String) -> InterchangeError {
    InterchangeError(.corrupt, "not a safetensors file: \(message)")
  }
}
