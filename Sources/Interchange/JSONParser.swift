import Basics

/// Turns a complete text into a JSON value.
package enum JSONParser {
  /// The value that `bytes` write; blanks around it are allowed.
  /// - Throws: `.invalidJSON` with line and column of the trouble.
  /// - Complexity: O(count).
  package static func parse(
    _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()
  ) throws(InterchangeError) -> JSONValue {
    do throws(JSONFault) {
      return try parseDocument(bytes, limits: limits)
    } catch {
      throw InterchangeError(
        .invalidJSON, "not JSON at \(place(error.offset, bytes)): \(error.message(for: bytes))")
    }
  }

  /// The value that `bytes` write.
  /// - Throws: `.invalidJSON`, as above.
  package static func parse(
    _ bytes: [UInt8], limits: JSONLimits = JSONLimits()
  ) throws(InterchangeError) -> JSONValue {
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(InterchangeError) in try parse(raw, limits: limits) }
    }
    return try result.get()
  }

  /// The value that `text` writes.
  /// - Throws: `.invalidJSON`, as above.
  package static func parse(
    _ text: String, limits: JSONLimits = JSONLimits()
  ) throws(InterchangeError) -> JSONValue {
    try parse(Array(text.utf8), limits: limits)
  }

  /// Checks the bytes to be UTF-8 and reads the one value in them.
  static func parseDocument(
    _ bytes: UnsafeRawBufferPointer, limits: JSONLimits
  ) throws(JSONFault) -> JSONValue {
    guard isValidUTF8(bytes) else { throw JSONFault(.invalidUTF8, 0, .text("the text is not UTF-8")) }
    var scanner = JSONScanner(bytes, limits: limits)
    return try scanner.document()
  }

  private static func place(_ offset: Int, _ bytes: UnsafeRawBufferPointer) -> String {
    let before = bytes.prefix(offset)
    let line = before.reduce(1) { $0 + ($1 == 0x0a ? 1 : 0) }
    let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    return line == 1 ? "column \(offset + 1)" : "line \(line), column \(offset - lineStart + 1)"
  }
}

/// What a JSON document may demand of the parser.
package struct JSONLimits: Sendable {
  /// How deeply arrays and objects may be nested.
  package var depth: Int
  /// How many values there may be, nested ones and the members' values included. A value takes 32 bytes of
  /// memory but only two of text, so that a bound on the text alone would not bound the memory.
  package var valueCount: Int

  /// Limits of your own.
  package init(depth: Int = Limits.depth, valueCount: Int = Limits.jsonValueCount) {
    precondition(depth >= 1 && depth <= 512, "depth out of range")
    self.depth = depth
    self.valueCount = valueCount
  }
}
