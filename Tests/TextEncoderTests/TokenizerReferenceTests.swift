import Basics
import Interchange
import TestSupport
import Testing

@testable import TextEncoder

/// Tokens are those of the reference, the library tokenizers 0.23.3.
@Suite struct TokenizerReferenceTests {
  @Test(arguments: TokenizerCases.all) func smallTokenizersAgree(name: String, file: String, cases: String)
    throws
  {
    let tokenizer = try TokenizerSupport.tokenizer(file)
    let cases = try #require(try JSONParser.parse(cases).array)
    #expect(cases.count == 24)
    for element in cases {
      let pair = try #require(element.array)
      let text = try #require(pair[0].string)
      let tokens = try #require(pair[1].array).compactMap(\.number).map { UInt32($0) }
      #expect(tokenizer.tokenize(text) == tokens, "\(name): \(pair[0].text)")
      #expect(tokens.allSatisfy { $0 < tokenizer.vocabularyCount })
      // Cut at every length: before the closing special token.
      for count in 0..<(tokens.count + 2) {
        let cut =
          count < 2
          ? tokens.prefix(1) + tokens.suffix(1) : tokens.prefix(max(1, count - 1)) + tokens.suffix(1)
        let expected = count >= tokens.count ? tokens : Array(cut.prefix(count))
        #expect(
          tokenizer.tokenize(text, maximumCount: count) == expected, "\(name) to \(count): \(pair[0].text)")
      }
    }
  }

  @Test(arguments: ["tokenizer.json", "vocab.txt"]) func goldenTextsAgree(name: String) throws {
    guard let bytes = TokenizerSupport.modelFile(name),
      let lines = TokenizerSupport.goldenLines("texts.jsonl")
    else {
      return
    }
    let tokenizer =
      try name == "vocab.txt"
      ? TokenizerSupport.tokenizer(vocabulary: String(decoding: bytes, as: UTF8.self), lowercases: true)
      : TokenizerSupport.tokenizer(bytes)
    #expect(tokenizer.vocabularyCount == 30_522)
    var tokens: [UInt32] = []
    for line in lines {
      let row = try #require(try JSONParser.parse(String(line)).object)
      let expected = try #require(row["ids"]?.array).compactMap(\.number).map { UInt32($0) }
      let text = try #require(row["text"]?.string)
      tokenizer.tokenize(text, maximumCount: 256, into: &tokens)
      #expect(tokens == expected, "\(row["i"]?.text ?? "")")
      #expect(tokenizer.tokenize(text).count == row["full_len"]?.number.map { Int($0) })
    }
    #expect(lines.count == 200)
  }

  @Test func aVocabularyOfLinesHasSpecialTokens() throws {
    let tokenizer = try TokenizerSupport.tokenizer(
      vocabulary: "[PAD]\r\n[UNK]\n[CLS]\n[SEP]\nred\n##s\nRed\n", lowercases: true)
    #expect(tokenizer.vocabularyCount == 7)
    #expect(tokenizer.tokenize("Reds [SEP]x[PAD]") == [2, 4, 5, 3, 1, 0, 3])
    let cased = try TokenizerSupport.tokenizer(vocabulary: "[CLS]\n[SEP]\n[UNK]\nred\nRed", lowercases: false)
    #expect(cased.tokenize("Red red réd") == [0, 4, 3, 2, 1])
    for broken in ["[CLS]\n[SEP]\nred", "[UNK]\n[CLS]", "[CLS]\n[SEP]\n[UNK]\nred\nred\n", "", "\n\n"] {
      #expect(throws: ModelError.self) {
        try TokenizerSupport.tokenizer(vocabulary: broken, lowercases: true)
      }
    }
  }

  @Test func unknownCharactersInARowAreOneToken() throws {
    let json = TokenizerSupport.unigram([("<unk>", 0), ("a", -1), ("b", -1), ("ab", -1), ("xy", -40)])
    let tokenizer = try TokenizerSupport.tokenizer(json)
    #expect(tokenizer.tokenize("abbaxx<unk>yb") == [3, 2, 1, 0, 2])
    // Two unknown characters cost 2 · (−40 − 10), the piece "xy" less.
    #expect(tokenizer.tokenize("xyz") == [4, 0])
    #expect(tokenizer.tokenize("") == [])
  }

  @Test func equalSumsAreWrittenByTheirFirst() throws {
    let json = TokenizerSupport.unigram([
      ("u", -9), ("a", -1), ("b", -1), ("ab", -2), ("abc", -3), ("c", -1), ("bc", -2),
    ])
    let tokenizer = try TokenizerSupport.tokenizer(json)
    // "abc", which begins leftmost, is found before "a" + "bc" and "ab" + "c".
    #expect(tokenizer.tokenize("abc") == [4])
    #expect(tokenizer.tokenize("ab") == [3])
  }

  @Test func memoryOfTheCallerIsOverwritten() throws {
    let tokenizer = try TokenizerSupport.tokenizer(TokenizerSupport.bert(["[UNK]", "a", "##b"]))
    var tokens: [UInt32] = [7, 8, 9]
    tokenizer.tokenize("ab c", maximumCount: 3, into: &tokens)
    #expect(tokens == [1, 2, 0])
    tokenizer.tokenize("ab c", maximumCount: 2, into: &tokens)
    #expect(tokens == [1, 2])
    tokenizer.tokenize("ab c", maximumCount: 0, into: &tokens)
    #expect(tokens == [])
  }
}
