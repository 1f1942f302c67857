import Basics

/// The first row of a delimited table: the names of its columns.
struct DelimitedHeader {
  let names: [String]
  /// The line on which the first row behind the header begins.
  let nextLineNumber: Int

  /// Takes the header line from the front of `buffer`.
  static func read(
    from buffer: TextBuffer, dialect: DelimitedDialect
  ) throws(InterchangeError) -> DelimitedHeader {
    let name = buffer.source.name
    while true {
      if buffer.unreadCount > 0 {
        let capacity = min(Limits.columnCount, buffer.unreadCount + 1)
        let fields = UnsafeMutablePointer<UnsafeRawBufferPointer>.allocate(capacity: capacity)
        defer { fields.deallocate() }
        var escaped: [Int] = []
        var scan = RowScan(buffer: buffer, dialect: dialect, fields: fields, capacity: capacity)
        switch scan.run(escaped: &escaped) {
        case .row:
          let header = try accept(scan, fields: fields, escaped: escaped, buffer: buffer)
          buffer.start = scan.next
          return header
        case .malformed(let reason):
          throw refused("a broken quote (\(reason.rawValue)) at byte \(scan.position + 1)", name)
        case .incomplete: break
        }
      }
      switch try buffer.fill() {
      case .more: continue
      case .full: throw refused("no end within \(buffer.limitBytes) bytes", name)
      case .ended: if buffer.unreadCount == 0 { throw refused("nothing: the file is empty", name) }
      }
    }
  }

  private static func accept(
    _ scan: RowScan, fields: UnsafeMutablePointer<UnsafeRawBufferPointer>, escaped: [Int], buffer: TextBuffer
  ) throws(InterchangeError) -> DelimitedHeader {
    let name = buffer.source.name
    let raw = buffer.line(from: buffer.start, to: scan.end)
    guard isValidUTF8(raw) else {
      throw refused("bytes that are not UTF-8; state the encoding, such as --encoding windows-1252", name)
    }
    guard !raw.contains(0) else {
      throw refused(
        "zero bytes, as UTF-16 without a byte order mark has them; state the encoding: --encoding utf-16",
        name)
    }
    guard !scan.isBlank else { throw refused("an empty line", name) }
    guard scan.count <= Limits.columnCount else {
      throw refused("\(scan.count) columns, more than \(Limits.columnCount)", name)
    }
    var names: [String] = []
    // By bytes: a dictionary of strings would take two spellings of "é" for one name.
    var places: [[UInt8]: Int] = [:]
    for index in 0..<scan.count {
      var bytes = Array(fields[index])
      if escaped.contains(index) {
        bytes = []
        forEachUnescapedByte(of: fields[index]) { bytes.append($0) }
      }
      var text = String(decoding: bytes, as: UTF8.self)
      if text.isEmpty { text = "column\(index + 1)" }
      if let earlier = places.updateValue(index, forKey: Array(text.utf8)) {
        throw refused("the name '\(text)' twice, in columns \(earlier + 1) and \(index + 1)", name)
      }
      names.append(text)
    }
    return DelimitedHeader(names: names, nextLineNumber: 2 + buffer.lineEndCount(in: raw))
  }

  private static func refused(_ what: String, _ name: String) -> InterchangeError {
    InterchangeError(
      .badHeader, "'\(name)' needs a header line with the names of its columns; found \(what)", path: name)
  }
}

/// Visits the bytes of a field that holds `""`, with one quote for each pair.
@inline(__always)
func forEachUnescapedByte(of field: UnsafeRawBufferPointer, _ body: (UInt8) -> Void) {
  var isFirstOfPair = false
  for byte in field {
    isFirstOfPair = byte == 0x22 && !isFirstOfPair
    if !isFirstOfPair { body(byte) }
  }
}
