/// Builds JSON text from front to back, compact, keys in the order they are given.
///
/// Commas come by themselves. Numbers are the shortest text that reads back as the same value, whole numbers
/// without `.0`; `NaN` and infinities are written as `null`, since JSON has neither.
package struct JSONWriter {
  /// What has been written: UTF-8.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// An empty text with room for `reservingBytes`.
  package init(reservingBytes: Int = 0) {
    bytes.reserveCapacity(reservingBytes)
  }

  /// What has been written, as a string.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Forgets what was written and keeps the memory.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  /// Ends a line of JSON Lines.
  package mutating func endLine() {
    bytes.append(0x0a)
    needsComma = false
  }

  /// Opens an object, as a value.
  package mutating func beginObject() { open(UInt8(ascii: "{")) }
  /// Closes the innermost object.
  package mutating func endObject() { close(UInt8(ascii: "}")) }
  /// Opens an array, as a value.
  package mutating func beginArray() { open(UInt8(ascii: "[")) }
  /// Closes the innermost array.
  package mutating func endArray() { close(UInt8(ascii: "]")) }

  /// Writes an object whose members `body` writes.
  package mutating func object<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
    beginObject()
    try body(&self)
    endObject()
  }

  /// Writes an array whose elements `body` writes.
  package mutating func array<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
    beginArray()
    try body(&self)
    endArray()
  }

  /// Writes a member's key; its value must follow.
  package mutating func key(_ key: String) {
    separate()
    quoted(key)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes `null`.
  package mutating func null() { literal("null") }

  /// Writes `true` or `false`.
  package mutating func value(_ value: Bool) { literal(value ? "true" : "false") }

  /// Writes a string with what must be escaped escaped, and nothing else.
  package mutating func value(_ value: String) {
    separate()
    quoted(value)
    needsComma = true
  }

  /// Writes a whole number.
  package mutating func value(_ value: some FixedWidthInteger) { number(value.description) }

  /// Writes the shortest text that reads back as this `Double`, or `null`.
  package mutating func value(_ value: Double) {
    if value.isFinite { number(Self.shortestText(value.description)) } else { null() }
  }

  /// Writes the shortest text that reads back as this `Float`, or `null`.
  package mutating func value(_ value: Float) {
    if value.isFinite { number(Self.shortestText(value.description)) } else { null() }
  }

  /// Writes a value that was read or built, numbers with the text they came with.
  package mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let flag): self.value(flag)
    case .number(let number): self.number(number.text)
    case .string(let text): self.value(text)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let object): self.value(object)
    }
  }

  /// Writes an object that was read or built.
  package mutating func value(_ object: JSONObject) {
    beginObject()
    for member in object.members {
      key(member.key)
      value(member.value)
    }
    endObject()
  }

  /// `description` of a finite number without a `.0` at its end.
  static func shortestText(_ description: String) -> String {
    description.hasSuffix(".0") ? String(description.dropLast(2)) : description
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func open(_ byte: UInt8) {
    separate()
    bytes.append(byte)
    needsComma = false
  }

  private mutating func close(_ byte: UInt8) {
    bytes.append(byte)
    needsComma = true
  }

  private mutating func literal(_ text: StaticString) {
    separate()
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    needsComma = true
  }

  private mutating func number(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  private mutating func quoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { characters in
      var begin = 0
      for (index, byte) in characters.enumerated()
      where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        bytes.append(contentsOf: characters[begin..<index])
        escape(byte)
        begin = index + 1
      }
      bytes.append(contentsOf: characters[begin...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0a: bytes.append(UInt8(ascii: "n"))
    case 0x0c: bytes.append(UInt8(ascii: "f"))
    case 0x0d: bytes.append(UInt8(ascii: "r"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    default:
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
  }
}

extension JSONWriter {
  /// Writes a member with a string.
  package mutating func member(_ key: String, _ value: String) {
    self.key(key)
    self.value(value)
  }

  /// Writes a member with a whole number.
  package mutating func member(_ key: String, _ value: some FixedWidthInteger) {
    self.key(key)
    self.value(value)
  }

  /// Writes a member with a number.
  package mutating func member(_ key: String, _ value: Double) {
    self.key(key)
    self.value(value)
  }
}
