import Foundation
import Testing

@testable import kindred_command

/// At 80 columns a table was cut at its right end: `stats` never showed recall and encoder, and what was asked for last
/// vanished. Now texts are cut first, and columns move below.
@Suite struct TableTests {
  /// Words of a few letters, some of them wide.
  private func text(_ length: Int, using generator: inout some RandomNumberGenerator) -> String {
    String((0..<length).map { _ in "abcdefgh 日".randomElement(using: &generator) ?? "a" })
  }

  @Test(arguments: 0..<40) func nothingIsWiderThanTheTerminalAndNoColumnVanishes(seed: UInt64) {
    var generator = Seeded(state: seed)
    let count = Int.random(in: 1...14, using: &generator)
    let columns = (0..<count).map { number -> Table.Column in
      let title = "c\(number)"
      return [.left(title), .whole(title), .right(title)].randomElement(using: &generator) ?? .left(title)
    }
    var table = Table(columns, indent: Int.random(in: 0...2, using: &generator))
    table.rows = (0..<4).map { _ in
      columns.map { column in
        let longest = column.isCuttable ? 200 : 18
        return text(Int.random(in: 0...longest, using: &generator), using: &generator)
      }
    }
    for width in [20, 40, 80, 132] {
      let text = table.text(terminalColumns: width)
      for line in text.split(separator: "\n") {
        #expect(String(line).displayWidth <= width, "seed \(seed), \(width) columns: \(line)")
      }
      for column in columns {
        #expect(text.contains(column.title), "seed \(seed), \(width) columns: \(column.title) is missing")
      }
      guard width >= 40 else { continue }
      for (place, column) in columns.enumerated() where !column.isCuttable {
        for row in table.rows where row[place].displayWidth <= width / 3 {
          let shown = row[place].trimmingCharacters(in: .whitespaces)
          if shown.isEmpty { continue }
          #expect(text.contains(shown), "seed \(seed), \(width) columns: \(shown) is cut")
        }
      }
    }
    #expect(!table.text(terminalColumns: nil).contains("…"))
  }

  @Test func theWidestTextIsCutFirst() {
    var table = Table([.right("n"), .whole("id"), .left("brand"), .left("text"), .right("price")])
    table.rows = [["1", "85123A", "Lambert and Sons", String(repeating: "word ", count: 30), "12.50"]]
    let text = table.text(terminalColumns: 60)
    #expect(text.split(separator: "\n").count == 2)
    #expect(text.contains("Lambert and Sons") && text.contains("85123A") && text.contains("12.50"))
    #expect(text.contains("word w…") || text.contains("word…") || text.contains("…  12.50"))
  }

  @Test func longValuesGoOnBelowTheirBeginning() {
    let value = (0..<40).map { "word\($0)" }.joined(separator: " ")
    let lines = Table.pairs([("id", "a"), ("text", value)], terminalColumns: 40).split(separator: "\n")
    #expect(lines.count > 5 && lines.allSatisfy { String($0).displayWidth <= 40 })
    #expect(lines[2].hasPrefix("      word"))
    #expect(lines.dropFirst().map { $0.dropFirst(6) }.joined(separator: " ") == value)
  }

  #if os(Linux)
    @Test func statsShowEncoderAndRecallInATerminal() throws {
      let place = try Workplace()
      try place.write(
        "items.csv", "id,text\n" + (0..<5).map { "i\($0),red thing \($0)" }.joined(separator: "\n"))
      try place.expect("import", "shop.kindred", "--items", "items.csv")
      try place.expect("embed", "shop.kindred", "--space", "content")
      for arguments in [["stats", "shop.kindred"], ["space", "list", "shop.kindred"]] {
        let shown = try Terminal.run(arguments, in: place.folder)
        let lines = shown.components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.displayWidth <= 80 }, "\(shown)")
        for word in ["encoder", "hashed", "recall@10", "generation"] {
          #expect(shown.contains(word), "\(shown)")
        }
      }
    }
  #endif
}

private struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
