/// A list of ids, one a line, LF or CRLF, in the order of the vectors they belong to.
package enum IDFile {
  /// The ids in the file at `path`, `-` for standard input.
  /// - Throws: `.corrupt` with the line number for an empty line (it would shift all ids behind it), text
  ///   that is not UTF-8, or a line above `limitBytes`; and what `ByteSource` throws.
  package static func read(path: String, limitBytes: Int = 64 << 10) throws(InterchangeError) -> [String] {
    try read(ByteSource(path: path), limitBytes: limitBytes)
  }

  /// The ids in `source`.
  /// - Throws: as `read(path:)`.
  package static func read(
    _ source: ByteSource, limitBytes: Int = 64 << 10
  ) throws(InterchangeError) -> [String] {
    let reader = LineReader(source, limitBytes: limitBytes)
    var ids: [String] = []
    while let line = try reader.next() {
      guard case .text(let bytes) = line else {
        throw refused("is longer than \(limitBytes) bytes", reader)
      }
      guard !bytes.isEmpty else { throw refused("is empty; every line must hold one id", reader) }
      guard let id = bytes.validText else { throw refused("is not UTF-8", reader) }
      ids.append(id)
    }
    return ids
  }

  private static func refused(_ what: String, _ reader: LineReader) -> InterchangeError {
    InterchangeError(
      .corrupt, "line \(reader.lineNumber) of the id list '\(reader.name)' \(what)", path: reader.name)
  }
}
