import Basics
import TestSupport
import Testing

@testable import TextEncoder

/// Every Unicode scalar is taken as the reference takes it.
@Suite struct CharacterRulesTests {
  /// What the reference does with each scalar between "a" and "b", accents stripped and letters in lower case.
  private struct Reference {
    /// Per code point: `R` removed, `W` white space, `I` a word of its own, `K` kept in the word, `S` no scalar.
    var classes = [UInt8](repeating: 0, count: 0x11_0000)
    /// What scalars become, those that do not stay what they are.
    var results: [UInt32: String] = [:]

    init?() throws {
      guard let classLines = TokenizerSupport.goldenLines("codepoint-classes.tsv"),
        let mapLines = TokenizerSupport.goldenLines("codepoint-maps.tsv")
      else { return nil }
      for line in classLines {
        let fields = line.split(separator: "\t")
        let first = try #require(Int(fields[0], radix: 16))
        let last = try #require(Int(fields[1], radix: 16))
        for code in first...last { classes[code] = fields[2].utf8.first ?? 0 }
      }
      for line in mapLines {
        let fields = line.split(separator: "\t")
        let scalars = fields[1].split(separator: " ").compactMap {
          UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
        }
        results[try #require(UInt32(fields[0], radix: 16))] = String(String.UnicodeScalarView(scalars))
      }
      // The table leaves Hangul syllables to arithmetic (Unicode 3.12): leading, vowel, trailing.
      for code in UInt32(0xAC00)...0xD7A3 {
        let index = code - 0xAC00
        var parts = [0x1100 + index / 588, 0x1161 + index / 28 % 21]
        if index % 28 > 0 { parts.append(0x11A7 + index % 28) }
        results[code] = String(String.UnicodeScalarView(parts.compactMap(Unicode.Scalar.init)))
      }
    }

    func result(_ scalar: Unicode.Scalar) -> String { results[scalar.value] ?? String(scalar) }
  }

  /// All 1,112,064 scalars through the whole tokenizer. The vocabulary has a piece for each scalar that changes, alone
  /// and between "a" and "b", so that classes and results both show in the tokens.
  @Test func everyScalarIsTakenAsTheReferenceDoes() throws {
    guard let reference = try Reference() else { return }
    var pieces = ["[UNK]", "a", "b", "ab"]
    var tokens: [ExactString: UInt32] = [:]
    for (token, piece) in pieces.enumerated() { tokens[ExactString(piece)] = UInt32(token) }
    for result in Set(reference.results.values.map(ExactString.init)).map(\.value) {
      for piece in [result, "a\(result)b"] where tokens[ExactString(piece)] == nil {
        tokens[ExactString(piece)] = UInt32(pieces.count)
        pieces.append(piece)
      }
    }
    let tokenizer = try TokenizerSupport.tokenizer(TokenizerSupport.bert(pieces))
    var (found, expected): ([UInt32], [UInt32]) = ([], [])
    var text = ""
    var scalarCount = 0
    for block in 0..<0x1100 {
      text.removeAll(keepingCapacity: true)
      expected.removeAll(keepingCapacity: true)
      for code in (block << 8)..<((block + 1) << 8) {
        guard let scalar = Unicode.Scalar(UInt32(code)) else { continue }
        scalarCount += 1
        text.unicodeScalars.append(contentsOf: ["a", scalar, "b", " "])
        switch reference.classes[code] {
        case UInt8(ascii: "R"): expected.append(3)
        case UInt8(ascii: "W"): expected += [1, 2]
        case UInt8(ascii: "I"): expected += [1, tokens[ExactString(reference.result(scalar))] ?? 0, 2]
        default: expected.append(tokens[ExactString("a\(reference.result(scalar))b")] ?? 0)
        }
      }
      tokenizer.tokenize(text, maximumCount: .max, into: &found)
      #expect(found == expected, "U+\(String(block << 8, radix: 16)) and the 255 behind it")
    }
    #expect(scalarCount == 1_112_064)
  }

  /// What stays as it is stays, which unknown words above cannot show.
  @Test func onlyScalarsOfTheTableChange() throws {
    guard let reference = try Reference() else { return }
    let rules = CharacterRules(BertSettings())
    var different: [UInt32] = []
    for value in 0..<UInt32(0x11_0000) {
      let action = rules.action(of: value).action
      let changes = [.replace, .isolateReplacement, .replaceOrdered, .decompose].contains(action)
      if changes != (reference.results[value] != nil) { different.append(value) }
    }
    #expect(different.isEmpty, "\(different.prefix(10))")
  }

  @Test func ofCapitalsAndAccentsOnlyClassesCount() {
    let rules = CharacterRules(BertSettings(stripsAccents: false, lowercases: false))
    func action(_ scalar: Unicode.Scalar) -> CharacterAction { rules.action(of: scalar.value).action }
    for kept in ["A", "é", "\u{301}", "한", "≠", "\u{1FEF}", "\u{378}", "\u{8D4}"] as [Unicode.Scalar] {
      #expect(action(kept) == .keep, "\(kept)")
    }
    for alone in ["!", "\u{37E}", "東", "\u{F900}", "\u{2B920}"] as [Unicode.Scalar] {
      #expect(action(alone) == .isolate, "\(alone)")
    }
    #expect(action("\u{85}") == .drop && action("\u{FFFD}") == .drop && action("\u{2028}") == .space)
    #expect(action("\u{2B820}") == .keep)
  }

  @Test func tablesKeepWhatIsSet() {
    var table = ScalarTable()
    table.set(0..<0x11_0000, 7)
    table.set(100..<1_000, 8)
    table.set(200, 9)
    table.set(0x10_FFFF, 1)
    #expect(
      [99, 100, 199, 200, 201, 999, 1_000, 0x10_FFFE, 0x10_FFFF].map { table[$0] } == [
        7, 8, 8, 9, 8, 8, 7, 7, 1,
      ])
    #expect(table[0x11_0000] == 0 && table[.max] == 0)
  }

  @Test func whiteSpaceIsThatOfUnicode() {
    for value in 0..<UInt32(0x11_0000) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      var text = String(scalar)
      let count = text.withUTF8 { WhiteSpace.byteCount(at: 0, in: UnsafeRawBufferPointer($0)) }
      if scalar.properties.isWhitespace != (count == text.utf8.count)
        || count != 0 && count != text.utf8.count
      {
        Issue.record("U+\(String(value, radix: 16))")
      }
    }
  }

  @Test(arguments: [
    "a\u{301}\u{302}b", "\r\n\r\u{301}", "\u{1100}\u{1161}\u{11A8}\u{AC00}\u{11A8}\u{11A8}", "🇦🇧🇨",
    "👩‍👩‍👧👍🏽©\u{200D}™",
    "\u{600}a\u{903}", "क्ष\u{94D}त", "\u{1F3FB}\u{200D}\u{1F3FB}", "e\u{200C}\u{200D}x", "ကျွန်ုပ်",
  ])
  func clustersAreThoseOfTheLanguage(text: String) {
    var text = text
    let expected = text.map { $0.utf8.count }
    let found = text.withUTF8 { bytes in
      var (counts, place): ([Int], Int) = ([], 0)
      while place < bytes.count {
        let end = GraphemeScanner.end(from: place, in: UnsafeRawBufferPointer(bytes))
        counts.append(end - place)
        place = end
      }
      return counts
    }
    #expect(found == expected)
  }
}
