import Basics
import Interchange
import TestSupport
import Testing

@testable import TextEncoder

/// What is not supported is refused by name, and no file traps.
@Suite struct TokenizerRefusalTests {
  /// A change of a small tokenizer: the first place of a text in its JSON is replaced.
  struct Change: Sendable, CustomTestStringConvertible {
    let file: String
    let old: String
    let new: String
    let message: String
    let code: ModelError.Code

    init(
      _ file: String, _ old: String, _ new: String, _ message: String, _ code: ModelError.Code = .corrupted
    ) {
      (self.file, self.old, self.new, self.message, self.code) = (file, old, new, message, code)
    }

    var testDescription: String { "\(old.prefix(40)) → \(new.prefix(40))" }
  }

  private static let changes = [
    Change(
      TokenizerCases.uncased, "\"type\":\"WordPiece\"", "\"type\":\"BPE\"", "model \"BPE\"", .unsupported),
    Change(TokenizerCases.uncased, "\"1.0\"", "\"2.0\"", "version \"2.0\"", .unsupported),
    Change(
      TokenizerCases.uncased, "BertPreTokenizer", "ByteLevel", "pre_tokenizer \"ByteLevel\"", .unsupported),
    Change(TokenizerCases.uncased, "BertNormalizer", "NFC", "normalizer \"NFC\"", .unsupported),
    Change(
      TokenizerCases.uncased, "TemplateProcessing", "Sequence", "post_processor \"Sequence\"", .unsupported),
    Change(TokenizerCases.uncased, "\"lowercase\":true", "\"lowercase\":1", "true or false"),
    Change(
      TokenizerCases.uncased, "\"lowercase\":true", "\"lowercase\":\"yes\"", "found a value of kind string"),
    Change(
      TokenizerCases.uncased, "\"strip_accents\":null,\"lowercase\":true",
      "\"strip_accents\":true,\"lowercase\":false",
      "\"strip_accents\" true and \"lowercase\" false", .unsupported),
    Change(
      TokenizerCases.uncased, "\"single_word\":false", "\"single_word\":true", "\"single_word\"", .unsupported
    ),
    Change(
      TokenizerCases.uncased, "\"normalized\":false", "\"normalized\":true", "\"normalized\"", .unsupported),
    Change(TokenizerCases.uncased, "\"id\":0,", "\"id\":4294967296,", "a whole number from 0"),
    Change(TokenizerCases.uncased, "\"id\":0,", "\"id\":1,", "token 1 instead of 0"),
    Change(TokenizerCases.uncased, "\"content\":\"[UNK]\"", "\"content\":\"[PAD]\"", "stands there twice"),
    Change(TokenizerCases.uncased, "\"content\":\"[UNK]\"", "\"content\":\"\"", "token 1 instead of"),
    Change(TokenizerCases.uncased, "\"[MASK]\":4", "\"[MASK]\":-4", "a whole number from 0"),
    Change(TokenizerCases.uncased, "\"[MASK]\":4", "\"[MASK]\":4.5", "a whole number from 0"),
    Change(TokenizerCases.uncased, "\"[MASK]\":4", "\"[MASK]\":3", "have the token 3"),
    Change(TokenizerCases.uncased, "\"[MASK]\":4", "\"[MASK]\":9000", "the token 9000 in a vocabulary of"),
    Change(TokenizerCases.uncased, "\"[MASK]\":4", "\"[SEP]\":4", "stands twice"),
    Change(
      TokenizerCases.uncased, "\"unk_token\":\"[UNK]\"", "\"unk_token\":\"none\"", "unknown token \"none\""),
    Change(
      TokenizerCases.uncased, "\"max_input_chars_per_word\":100", "\"max_input_chars_per_word\":1e99",
      "whole number"),
    Change(TokenizerCases.uncased, "\"ids\":[2]", "\"ids\":[77777]", "token 77777, beyond"),
    Change(
      TokenizerCases.uncased, "{\"Sequence\":{\"id\":\"A\"", "{\"Sequence\":{\"id\":\"B\"", "the text once"),
    Change(
      TokenizerCases.uncased, "\"SpecialToken\":{\"id\":\"[CLS]\"", "\"SpecialToken\":{\"id\":\"[X]\"",
      "no special token"),
    Change(TokenizerCases.cased, "\"cls\":[\"[CLS]\",2]", "\"cls\":[2,\"[CLS]\"]", "a piece and its token"),
    Change(TokenizerCases.xlm, "\"unk_id\":3", "\"unk_id\":3000", "\"unk_id\" is 3000"),
    Change(TokenizerCases.xlm, "\"unk_id\":3", "\"unk_id\":null", "no \"unk_id\"", .unsupported),
    Change(TokenizerCases.xlm, "[\"<pad>\",0.0]", "[\"<pad>\",NaN]", "NaN"),
    Change(TokenizerCases.xlm, "[\"<pad>\",0.0]", "[\"<pad>\"]", "a text and a number"),
    Change(TokenizerCases.xlm, "[\"<pad>\",0.0]", "[\"<s>\",0.0]", "in the vocabulary twice"),
    Change(TokenizerCases.xlm, "\"vocab\":[", "\"vocab\":[[],", "a text and a number"),
    Change(TokenizerCases.xlm, "WhitespaceSplit", "Digits", "pre_tokenizer \"Digits\"", .unsupported),
    Change(TokenizerCases.xlm, "\"precompiled_charsmap\":\"", "\"precompiled_charsmap\":\"=", "not base64"),
    Change(
      TokenizerCases.bytes, "\"prepend_scheme\":\"first\"", "\"prepend_scheme\":\"last\"", "\"last\"",
      .unsupported),
    Change(TokenizerCases.bytes, "\"replacement\":\"", "\"replacement\":\"xx", "one character"),
    Change(
      TokenizerCases.steps, "\"Regex\":\" {2,}\"", "\"Regex\":\"a+\"", "expression \"a+\"", .unsupported),
    Change(TokenizerCases.steps, "\"String\":\"red\"", "\"String\":\"\"", "1 to 256 bytes"),
    Change(TokenizerCases.steps, "\"Lowercase\"", "\"NFKC\"", "normalizer \"NFKC\"", .unsupported),
    Change(TokenizerCases.steps, "\"always\"", "\"first\"", "\"first\" behind", .unsupported),
  ]

  @Test(arguments: changes) func changedFilesAreRefused(change: Change) throws {
    let place = try #require(change.file.firstRange(of: change.old))
    let changed = change.file.replacingCharacters(in: place, with: change.new)
    let error = #expect(throws: ModelError.self) { try TokenizerSupport.tokenizer(changed) }
    #expect(
      error?.message.contains(change.message) == true && error?.code == change.code, "\(error?.message ?? "")"
    )
  }

  @Test(arguments: [
    "", "{", "[]", "null", "{}", #"{"model":[]}"#, #"{"model":{"type":"Unigram","vocab":[]}}"#, "\u{0}",
  ])
  func otherDocumentsAreRefused(text: String) {
    #expect(throws: ModelError.self) { try TokenizerSupport.tokenizer(text) }
  }

  @Test func piecesAreBounded() throws {
    let long = String(repeating: "x", count: 1_025)
    #expect(throws: ModelError.self) {
      try TokenizerSupport.tokenizer(TokenizerSupport.bert(["[UNK]", long]))
    }
    let tokenizer = try TokenizerSupport.tokenizer(TokenizerSupport.bert(["[UNK]", String(long.dropLast())]))
    #expect(tokenizer.tokenize(long) == [0])
  }

  /// Trees of replacements with a circle, cut short, or leading out: refused, or harmless.
  @Test func treesOfReplacementsAreChecked() throws {
    func map(_ units: [UInt32], _ text: String, size: Int? = nil) throws -> ReplacementMap {
      let numbers = [UInt32(size ?? units.count * 4)] + units
      return try ReplacementMap(
        numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
          + Array(text.utf8))
    }
    func apply(_ map: ReplacementMap, _ text: String) -> String {
      var result: [UInt8] = []
      text.withBytes { map.apply(to: $0, into: &result) }
      return String(decoding: result, as: UTF8.self)
    }
    // The root's children are at 1 ^ byte: 3 is byte 2, whose leaf is at 3 ^ 4.
    var units = [UInt32](repeating: 0, count: 8)
    (units[0], units[3], units[7]) = (1 << 10, 2 | 1 << 8 | 4 << 10, 1 << 31 | 0)
    #expect(apply(try map(units, "yes\0"), "a\u{2}b") == "ayesb")
    #expect(apply(try map(units, ""), "a\u{2}b") == "ab")
    for (place, unit) in [
      (7, 1 << 31 | 5), (3, 2 | 1 << 8 | 99 << 10), (3, 2 | 99 << 10), (3, 2), (3, 2 | (1 << 21 - 1) << 10),
    ] as [(Int, UInt32)] {
      var broken = units
      broken[place] = unit
      #expect(throws: ModelError.self, "\(place) \(unit)") { try map(broken, "yes\0") }
    }
    // A unit that leads to itself: 3 by byte 2, from 1 ^ 2 to 3 ^ 2.
    (units[3], units[7]) = (2 | 2 << 10, 0)
    #expect(throws: ModelError.self) { try map(units, "yes\0") }
    for size in [0, 3, 33, 1 << 31] { #expect(throws: ModelError.self) { try map(units, "", size: size) } }
    #expect(throws: ModelError.self) { try ReplacementMap([1, 0, 0]) }
  }

  @Test func base64IsStrict() {
    #expect(
      Base64.decode("") == [] && Base64.decode("AA==") == [0] && Base64.decode("+/9h") == [251, 255, 97])
    for text in ["A", "AA", "AAA", "AA=A", "A===", "====", "AB==", "AAB=", "AA A", "AAA\n", "é==="] {
      #expect(Base64.decode(text) == nil, "\(text)")
    }
  }

  /// Damaged files are refused or read, and what is read takes any text.
  @Test(arguments: TokenizerCases.all) func damagedFilesDoNotTrap(name: String, file: String, cases: String)
    throws
  {
    var generator = SeededGenerator(seed: 11)
    let bytes = Array(file.utf8)
    let charsmap = file.firstRange(of: "precompiled_charsmap").map {
      file.utf8.distance(from: file.startIndex, to: $0.upperBound)
    }
    for round in 0..<120 {
      var damaged = bytes
      for _ in 0...generator.below(3) {
        // Half of the damage to files with a table of replacements is done to that.
        let place = charsmap.map { round % 2 == 0 ? $0 + 3 + generator.below(2_000) : nil }
        damaged[(place ?? generator.below(bytes.count)) ?? 0] = generator.pick(Array("A/9z0\"[]{},-e1".utf8))
      }
      guard let tokenizer = try? TokenizerSupport.tokenizer(damaged) else { continue }
      for text in ["a\u{301}b © ™\u{200D}क्त\u{301} <mask> [MASK] [CLS]", "\u{600}a 한글 x\u{8D4}\u{302E}"] {
        #expect(tokenizer.tokenize(text).allSatisfy { $0 < tokenizer.vocabularyCount }, "\(generator)")
      }
    }
  }
}

extension String {
  /// The text with another in the place of a range.
  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
