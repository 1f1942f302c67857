/// The encodings of text files that are read; everything is UTF-8 behind the reader.
package enum TextEncodingName: String, CaseIterable, Sendable {
  case utf8 = "utf-8"
  /// Windows-1252, which has all of Latin-1's printable characters and more; its five unused bytes are the
  /// control characters that Latin-1 has there.
  case latin1 = "latin-1"
  /// UTF-16 in the byte order that its mark says; little-endian without one.
  case utf16 = "utf-16"
  case utf16le = "utf-16le"
  case utf16be = "utf-16be"

  /// The encoding of that name, as given on a command line; letter case, `-` and `_` aside.
  package init?(name: String) {
    switch name.lowercased().filter({ $0 != "-" && $0 != "_" }) {
    case "utf8", "ascii", "usascii": self = .utf8
    case "latin1", "iso88591", "windows1252", "cp1252": self = .latin1
    case "utf16": self = .utf16
    case "utf16le": self = .utf16le
    case "utf16be": self = .utf16be
    default: return nil
    }
  }

  /// The encoding of that name.
  /// - Throws: `.invalidArgument` with the names there are.
  package static func named(_ name: String) throws(InterchangeError) -> TextEncodingName {
    if let encoding = TextEncodingName(name: name) { return encoding }
    throw InterchangeError(
      .invalidArgument,
      "unknown encoding \"\(name)\"; use utf-8, windows-1252, latin-1, utf-16, utf-16le or utf-16be")
  }

  /// The encoding whose byte order mark stands at the front of `bytes`.
  static func marked(by bytes: UnsafeRawBufferPointer) -> TextEncodingName? {
    if bytes.starts(with: [0xff, 0xfe]) { return .utf16le }
    if bytes.starts(with: [0xfe, 0xff]) { return .utf16be }
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return .utf8 }
    return nil
  }

  /// Whether `bytes` could be the front of a byte order mark that more bytes complete.
  static func mayBeginMark(_ bytes: [UInt8]) -> Bool {
    [[0xff, 0xfe], [0xfe, 0xff], [0xef, 0xbb, 0xbf]].contains {
      $0.count > bytes.count && $0.starts(with: bytes)
    }
  }
}
