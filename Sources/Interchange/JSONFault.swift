/// Where and why a text is not JSON; turned into a message only when somebody wants one.
struct JSONFault: Error {
  let reason: BadRow.Reason
  /// The offset of the offending byte.
  let offset: Int
  let detail: Detail

  enum Detail {
    case end
    case unexpected(expected: StaticString)
    case key(String)
    case depth(Int)
    case count(Int)
    case text(StaticString)
  }

  init(_ reason: BadRow.Reason, _ offset: Int, _ detail: Detail) {
    self.reason = reason
    self.offset = offset
    self.detail = detail
  }

  /// What is wrong, with the offending byte of `bytes` where that helps.
  func message(for bytes: UnsafeRawBufferPointer) -> String {
    switch detail {
    case .end: return "the JSON ends in the middle of a value; the line is cut short"
    case .unexpected(let expected): return "\(expected) expected, found \(Self.name(of: offset, in: bytes))"
    case .key(let key): return "the key \"\(key)\" stands twice in one object"
    case .depth(let limit): return "nested deeper than \(limit) levels"
    case .count(let limit): return "more than \(limit) values in one document"
    case .text(let text): return "\(text)"
    }
  }

  private static func name(of offset: Int, in bytes: UnsafeRawBufferPointer) -> String {
    guard offset < bytes.count else { return "the end" }
    let byte = bytes[offset]
    if byte > 0x20, byte < 0x7f { return "'\(Character(UnicodeScalar(byte)))'" }
    let digits = String(byte, radix: 16)
    return "byte 0x\(digits.count == 1 ? "0" : "")\(digits)"
  }
}
