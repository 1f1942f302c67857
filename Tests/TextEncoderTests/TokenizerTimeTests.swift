import Platform
import Testing

@testable import TextEncoder

/// Time grows with the text and not with its square, whatever the text is.
@Suite(.serialized) struct TokenizerTimeTests {
  /// The processor time of a call, the least of two.
  private static func seconds(_ body: () -> Void) -> Double {
    (0..<2).map { _ in
      let start = now()
      body()
      return now() - start
    }.min() ?? 0
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static let units = [
    "a", "ab ", "\u{301}", "x\u{8D4}\u{302E}", "\u{8D4}", "한", "東", "[", "<", " ", "\u{200D}", "\u{600}", "🇦",
    "red", "\u{302E}\u{8D4}",
  ]

  /// A text 16 times as long takes below 48 times as long; by the square it would be 256 times.
  @Test(arguments: ["uncased", "cased", "xlm", "bytes", "steps"]) func timeIsLinear(name: String) throws {
    let file = try #require(TokenizerCases.all.first { $0.0 == name }).1
    let tokenizer = try TokenizerSupport.tokenizer(file)
    var tokens: [UInt32] = []
    for unit in Self.units {
      let short = String(repeating: unit, count: 1_000)
      let long = String(repeating: unit, count: 16_000)
      let base = Self.seconds { tokenizer.tokenize(short, maximumCount: .max, into: &tokens) }
      let time = Self.seconds { tokenizer.tokenize(long, maximumCount: .max, into: &tokens) }
      #expect(time < 48 * max(base, 1e-4), "\(unit.unicodeScalars.map(\.value)): \(base) s, then \(time) s")
    }
  }

  /// A BERT tokenizer reads no further than it has tokens for.
  @Test func readingEndsWithTheLastToken() throws {
    let tokenizer = try TokenizerSupport.tokenizer(TokenizerCases.uncased)
    var tokens: [UInt32] = []
    let short = String(repeating: "red bag [MASK] ", count: 100)
    let long = String(repeating: "red bag [MASK] ", count: 200_000)
    let base = Self.seconds { tokenizer.tokenize(short, maximumCount: 128, into: &tokens) }
    let time = Self.seconds { tokenizer.tokenize(long, maximumCount: 128, into: &tokens) }
    #expect(tokens.count == 128)
    #expect(time < 50 * max(base, 1e-5), "\(base) s, then \(time) s")
  }
}
