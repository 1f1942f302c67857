/// How the fields of a delimited table are written.
struct DelimitedDialect {
  /// What separates fields.
  let delimiter: UInt8
  /// Whether a field may be quoted.
  let hasQuotes: Bool

  /// What a header line without a comma is searched for, in the order in which one wins a tie.
  static let alternatives = [UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]

  /// Whether a byte can separate fields: ASCII, and neither the quote nor a line end.
  static func isUsable(_ delimiter: UInt8) -> Bool {
    delimiter < 0x80 && delimiter != 0 && ![0x22, 0x0a, 0x0d].contains(delimiter)
  }

  /// Looks through the header line at the front of `buffer`, without taking it: finds how lines end, and the
  /// delimiter if none is given.
  ///
  /// Where the line holds no comma outside quotes, the most frequent of `alternatives` is the delimiter.
  static func detect(
    in buffer: TextBuffer, delimiter: UInt8?, hasQuotes: Bool
  ) throws(InterchangeError) -> DelimitedDialect {
    let openers = delimiter.map { [$0] } ?? [UInt8(ascii: ",")] + alternatives
    while true {
      var counts = [UInt8: Int]()
      var isQuoted = false
      var isFieldStart = true
      var closedAt = -1
      var place = buffer.start
      scan: while place < buffer.end {
        let byte = buffer.base[place]
        if isQuoted {
          isQuoted = byte != 0x22
          if !isQuoted { closedAt = place }
        } else if byte == 0x0a {
          return finish(counts, delimiter, hasQuotes)
        } else if byte == 0x0d {
          // What stands behind it must be known.
          if place + 1 == buffer.end { break scan }
          buffer.endsLinesAtReturn = buffer.base[place + 1] != 0x0a
          return finish(counts, delimiter, hasQuotes)
        } else if byte == 0x22, hasQuotes, isFieldStart || closedAt == place - 1 {
          // The second quote of a pair opens again.
          isQuoted = true
        }
        isFieldStart = !isQuoted && openers.contains(byte)
        if isFieldStart { counts[byte, default: 0] += 1 }
        place += 1
      }
      guard case .more = try buffer.fill() else { return finish(counts, delimiter, hasQuotes) }
    }
  }

  private static func finish(
    _ counts: [UInt8: Int], _ given: UInt8?, _ hasQuotes: Bool
  ) -> DelimitedDialect {
    let comma = UInt8(ascii: ",")
    var found = given ?? comma
    if given == nil, counts[comma] == nil {
      for byte in alternatives where counts[byte, default: 0] > counts[found, default: 0] { found = byte }
    }
    return DelimitedDialect(delimiter: found, hasQuotes: hasQuotes)
  }
}
