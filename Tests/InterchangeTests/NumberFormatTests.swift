import Basics
import Testing

@testable import Interchange

/// A German export's `12,50` and an American one's `$1,234.00` were texts, so that no filter on the price found them;
/// and a reader that takes any comma for a mark between thousands makes 1,5 to 15.
@Suite struct NumberFormatTests {
  private func number(_ text: String, _ format: String) throws -> Double? {
    let format = try NumberFormat.named(format)
    var text = text
    return text.withUTF8 { format.number(UnsafeRawBufferPointer($0)) }
  }

  @Test(arguments: [
    ("12,50 €", "1.234,56", 12.5), ("EUR 9,99", "1.234,56", 9.99), ("-1.234.567,8", "1.234,56", -1_234_567.8),
    ("1.234", "1.234,56", 1_234), ("1234,5", "1.234,56", 1_234.5), ("$30.00", "1,234.56", 30),
    ("US$ 1,000", "1,234.56", 1_000), ("-$5.25", "1,234.56", -5.25), ("$-5.25", "1,234.56", -5.25),
    ("1\u{a0}234,56\u{202f}kr", "1 234,56", 1_234.56), ("12 345 678", "1 234.56", 12_345_678),
    ("CHF 1'250.50", "1'234.56", 1_250.5), ("1\u{2019}250", "1'234.56", 1_250), ("7", "1234,56", 7),
    ("\u{2212}3,5", "1234,56", -3.5), (",5", "1234,56", 0.5), ("₹ 99.90", "1234.56", 99.9),
  ]) func areRead(text: String, format: String, value: Double) throws {
    #expect(try number(text, format) == value)
  }

  /// What another format would write, or no number at all, is none: it must never become another number.
  @Test(arguments: [
    ("12.50", "1.234,56"), ("1,5", "1,234.56"), ("0,500", "1,234.56"), ("1,23,456", "1,234.56"),
    ("1,234", "1234.56"), ("1.234.56", "1.234,56"), ("12,", "1.234,56"), ("€", "1.234,56"), ("", "1.234,56"),
    ("n/a", "1.234,56"), ("ABC123", "1.234,56"), ("1e5", "1,234.56"), ("5 000 0", "1 234.56"),
    ("--5", "1234.56"), ("$$5", "1234.56"), ("1234 5678", "1 234.56"), ("5%", "1234.56"),
  ]) func areNoNumbers(text: String, format: String) throws {
    #expect(try number(text, format) == nil)
  }

  @Test func longFieldsAreNoNumbers() throws {
    #expect(try number(String(repeating: "1", count: 64), "1234.56") != nil)
    #expect(try number(String(repeating: "1", count: 65), "1234.56") == nil)
    #expect(throws: InterchangeError.self) { try NumberFormat.named("1.2") }
  }

  /// Every number that a program writes in a format comes back.
  @Test func whatIsWrittenIsRead() throws {
    var generator = SeededGenerator(seed: 29)
    for _ in 0..<2_000 {
      let cents = Int.random(in: -99_999_999_999...99_999_999_999, using: &generator)
      let digits = String(cents.magnitude / 100)
      let fraction = String(cents.magnitude % 100 + 100).dropFirst()
      for (format, mark, point) in [("1.234,56", ".", ","), ("1 234,56", " ", ","), ("1'234.56", "'", ".")] {
        var grouped = ""
        for (index, digit) in digits.enumerated() {
          if index > 0, (digits.count - index) % 3 == 0 { grouped += mark }
          grouped.append(digit)
        }
        let text = (cents < 0 ? "-" : "") + grouped + point + fraction
        #expect(try number(text, format) == Double(cents) / 100, "\(text) \(generator)")
      }
    }
  }

  @Test(arguments: [
    ("Salt &amp; pepper &lt;3", "Salt & pepper <3"), ("Caf&eacute; &#39;Z&uuml;rich&#x27;", "Café 'Zürich'"),
    ("&amp;amp; &bogus; & &;", "&amp; &bogus; & &;"), ("5&euro;&nbsp;&#8211; &#x1F45C;", "5€\u{a0}– 👜"),
    ("&#xD800; &#1; &yuml;&nbsp", "&#xD800; &#1; ÿ&nbsp"),
  ]) func entitiesOfHTMLAreDecodedOnce(text: String, decoded: String) {
    #expect(decodingHTML(text) == decoded)
  }

  /// Two columns whose names differ in their bytes alone were one name given twice, and the file was refused.
  @Test func headersAreComparedByBytes() throws {
    let reader = try RecordReader(
      ByteSource(bytes: Array("id,caf\u{e9},cafe\u{301}\na,1,2\n".utf8)), format: .csv)
    #expect(reader.columnNames?.count == 3)
  }

  /// `--encoding utf-16` means the byte order that the file's mark says.
  @Test(arguments: [true, false]) func utf16FollowsItsMark(isBigEndian: Bool) throws {
    let units = Array("\u{feff}id\nü\n".utf16)
    let bytes = units.flatMap { unit -> [UInt8] in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 255))
      return isBigEndian ? [high, low] : [low, high]
    }
    let reader = try RecordReader(ByteSource(bytes: bytes), format: .csv, encoding: .utf16)
    #expect(reader.columnNames == ["id"])
    guard case .record(let record)? = try reader.next(), let column = reader.column(named: "id") else {
      Issue.record("no row")
      return
    }
    #expect(record.cell(column).string == "ü")
  }
}
