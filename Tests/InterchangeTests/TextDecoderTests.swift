import Testing

@testable import Interchange

/// Exports of shops come in Latin-1 and, from spreadsheets, in UTF-16. The first lost every row with an accent as
/// "not UTF-8", the second was refused, and there was no option for either.
@Suite struct TextDecoderTests {
  private static let text = "id,text\n1,Müller \u{20ac} 5\n2,\u{1f600} \u{201c}x\u{201d}\n3,é\n"
  private static let rows: [ReadRow] = [
    .row(["1", "Müller \u{20ac} 5"], line: 2), .row(["2", "\u{1f600} \u{201c}x\u{201d}"], line: 3),
    .row(["3", "é"], line: 4),
  ]

  private static func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
    text.utf16.flatMap { unit in
      let bytes = [UInt8(unit & 0xff), UInt8(unit >> 8)]
      return bigEndian ? bytes.reversed() : bytes
    }
  }

  @Test(arguments: [1, 2, 3, 5, 1_000])
  func utf16ByMarkAndByName(pieceBytes: Int) throws {
    for bigEndian in [false, true] {
      let marked = Self.utf16("\u{feff}" + Self.text, bigEndian: bigEndian)
      #expect(try readRows(marked, .csv, pieceBytes: pieceBytes) == Self.rows)
      let bare = Self.utf16(Self.text, bigEndian: bigEndian)
      let name: TextEncodingName = bigEndian ? .utf16be : .utf16le
      #expect(try readRows(bare, .csv, encoding: name, pieceBytes: pieceBytes) == Self.rows)
      let json = Self.utf16("\u{feff}[{\"a\":\"é\"}]", bigEndian: bigEndian)
      #expect(try readRows(json, .json, pieceBytes: pieceBytes) == [.row(["a=é"], line: 1)])
    }
  }

  @Test func latin1IsWindows1252() throws {
    let bytes = Array("id,text\n1,M".utf8) + [0xfc, 0x80, 0x93, 0xff, 0x81, 0x0a]
    #expect(
      try readRows(bytes, .csv, encoding: .latin1) == [.row(["1", "Mü\u{20ac}\u{201c}ÿ\u{81}"], line: 2)])
    #expect(try readRows(bytes, .csv) == [.bad(.invalidUTF8, line: 2)], "without a name it is reported")
  }

  @Test func whatUTF16CannotSayIsReportedAndNotChanged() throws {
    var bytes = Self.utf16("\u{feff}a,b\n1,", bigEndian: false)
    bytes += [0x00, 0xd8] + Self.utf16("x\n2,y", bigEndian: false) + [0x0a]
    #expect(try readRows(bytes, .csv) == [.bad(.invalidUTF8, line: 2), .bad(.invalidUTF8, line: 3)])
  }

  @Test func aMarkThatContradictsTheNameIsRefused() throws {
    #expect(
      errorCode { _ = try readRows([0xff, 0xfe, 0x61, 0x00], .csv, encoding: .utf8) } == .invalidArgument)
    let utf8 = Array("\u{feff}a\n1\n".utf8)
    #expect(errorCode { _ = try readRows(utf8, .csv, encoding: .latin1) } == .invalidArgument)
    #expect(try readRows(utf8, .csv, encoding: .utf8) == [.row(["1"], line: 2)])
    #expect(try readRows([], .jsonLines) == [])
  }
}
