/// Writes the rows of a CSV or TSV file, as `DelimitedReader` reads them back.
///
/// CSV is that of RFC 4180: lines end in CRLF, and a field that needs it stands in quotes. TSV is IANA's
/// text/tab-separated-values: lines end in LF, a quote is a character, and a field cannot hold tabs or line ends.
package struct DelimitedWriter {
  /// What was written and not yet taken.
  package private(set) var bytes: [UInt8] = []
  /// Fields of TSV in which a tab or a line end became a blank.
  package private(set) var changedFields = 0

  private let isTSV: Bool

  /// - Parameter format: `.csv` or `.tsv`.
  package init(_ format: RecordFormat) {
    precondition(format == .csv || format == .tsv, "not a delimited format")
    isTSV = format == .tsv
  }

  /// Appends one row.
  package mutating func row(_ fields: some Collection<String>) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(isTSV ? UInt8(ascii: "\t") : UInt8(ascii: ",")) }
      isTSV ? appendTSV(field) : appendCSV(field, isAlone: fields.count == 1)
    }
    if !isTSV { bytes.append(UInt8(ascii: "\r")) }
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Hands over what was written.
  package mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  private mutating func appendCSV(_ field: String, isAlone: Bool) {
    // A blank line is no row, a byte order mark at the front of a file is no text, and a header line without a comma is
    // searched for other delimiters.
    let needsQuotes =
      field.utf8.contains { [0x22, 0x2c, 0x0a, 0x0d, 0x09, 0x3b, 0x7c].contains($0) }
      || isAlone && field.allSatisfy(\.isWhitespace) || field.utf8.starts(with: [0xef, 0xbb, 0xbf])
    guard needsQuotes else { return bytes.append(contentsOf: field.utf8) }
    bytes.append(0x22)
    for byte in field.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }

  private mutating func appendTSV(_ field: String) {
    var isChanged = false
    for byte in field.utf8 {
      let isForbidden = byte == 0x09 || byte == 0x0a || byte == 0x0d
      isChanged = isChanged || isForbidden
      bytes.append(isForbidden ? 0x20 : byte)
    }
    if isChanged { changedFields += 1 }
  }
}
