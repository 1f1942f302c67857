import TestSupport
import Basics
import Testing

@testable import TextEncoder

@Suite struct HashedTextEncoderTests {
  private func cosine(_ left: [Float], _ right: [Float]) -> Float {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func learned(_ settings: HashedTextSettings = HashedTextSettings()) throws -> HashedTextEncoder {
    var frequencies = DocumentFrequencies()
    for title in GeneratedTitles.all { frequencies.add(title) }
    return try HashedTextEncoder(settings: settings, frequencies: frequencies)
  }

  @Test(arguments: [
    "a", "red retrospot bag", "ÆTHER", "東京タワー", "🎄 12", String(repeating: "wörter ", count: 3000),
  ])
  func vectorsHaveLengthOne(text: String) throws {
    let vector = try learned().encode(text)
    #expect(vector.count == 384)
    #expect(abs(cosine(vector, vector) - 1) < 1e-5)
  }

  @Test(arguments: ["", "   ", "-- !?", "🎄", "\u{301}'"]) func nothingToEncodeIsZero(text: String) throws {
    #expect(try learned().encode(text).allSatisfy { $0 == 0 })
  }

  @Test(arguments: [
    ("Café Crème", "cafe\u{301} CREME"), ("bags", "BAG"), ("T-Light", "t light"), ("women's", "womens"),
    ("straße", "STRASSE"), ("Ærø", "aero"), ("ＡＢＣ１", "abc1"), ("boxes, dishes", "box dish"),
    ("ladies", "lady"), ("Ünïcödé", "unicode"), ("ПРИВЕТ", "привет"), ("soft\u{AD}ware", "software"),
  ])
  func spellingsOfOneTextAreEqual(left: String, right: String) throws {
    let encoder = try learned()
    #expect(encoder.encode(left) == encoder.encode(right))
  }

  @Test(arguments: [("glass", "glas"), ("bus", "bu"), ("red bag", "redbag"), ("東京", "京東"), ("один", "одна")])
  func differentTextsDiffer(left: String, right: String) throws {
    let encoder = try learned()
    #expect(encoder.encode(left) != encoder.encode(right))
  }

  /// Stored vectors depend on every number here: a change of these values needs an encoder of another name.
  @Test func vectorsStayTheSameForEver() throws {
    var settings = HashedTextSettings()
    settings.dimension = 16
    let encoder = try HashedTextEncoder(settings: settings)
    let bits = encoder.encode("Red retrospot bags").map(\.bitPattern)
    let bytes = bits.flatMap { bits in (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) } }
    #expect(FeatureHash.checksum(bytes) == 2_424_678_420_011_255_325)
    let stored = try learned().encoded()
    #expect(FeatureHash.checksum(stored) == 7_860_957_232_331_417_391)
  }

  @Test func commonWordsWeighLess() throws {
    let encoder = try learned()
    let text = encoder.encode("red lantern")
    // "red" is in many of the generated titles, "lantern" in few.
    #expect(cosine(text, encoder.encode("lantern")) > cosine(text, encoder.encode("red")) + 0.1)
    let plain = try HashedTextEncoder()
    let difference =
      cosine(plain.encode("red lantern"), plain.encode("lantern"))
      - cosine(plain.encode("red lantern"), plain.encode("red"))
    #expect(abs(difference) < 0.15, "without learned texts all words weigh alike")
  }

  @Test func overwritesWhatTheMemoryHeld() throws {
    let encoder = try learned()
    var vector = [Float](repeating: .nan, count: encoder.dimension)
    encoder.encode("jumbo bag", into: &vector)
    #expect(vector == encoder.encode("jumbo bag"))
  }

  @Test func survivesStorage() throws {
    var settings = HashedTextSettings()
    (settings.dimension, settings.wordWeight, settings.unseenShare, settings.spread) = (100, 0.7, 0.33, 3)
    settings.deletionWeight = 0.123
    let encoder = try learned(settings)
    let bytes = encoder.encoded()
    let again = try HashedTextEncoder(decoding: bytes)
    #expect(again.settings == settings && again.frequencies == encoder.frequencies)
    #expect(again.encoded() == bytes)
    for text in GeneratedTitles.all.prefix(50) + ["something unseen"] {
      #expect(again.encode(text) == encoder.encode(text))
    }
  }

  @Test func refusesSettingsOutOfRange() {
    for change in [
      { (settings: inout HashedTextSettings) in settings.dimension = 15 }, { $0.dimension = 65_537 },
      { $0.spread = 0 },
      { $0.spread = 9 }, { $0.gramWeight = .nan }, { $0.wordWeight = -1 }, { $0.unseenShare = .infinity },
    ] {
      var settings = HashedTextSettings()
      change(&settings)
      #expect(throws: ModelError.self) { try HashedTextEncoder(settings: settings) }
    }
    #expect(throws: ModelError.self) { try TextFeatures(minimumGram: 4, maximumGram: 3) }
  }

  @Test func randomTextNeverTraps() throws {
    var generator = SeededGenerator(seed: 4)
    var settings = HashedTextSettings()
    settings.dimension = 16
    let encoder = try learned(settings)
    for _ in 0..<1000 {
      let bytes = (0..<generator.below(120)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      let scalars = (0..<generator.below(60)).compactMap { _ in
        Unicode.Scalar(UInt32(generator.below(0x3_3000)))
      }
      let text = String(decoding: bytes, as: UTF8.self) + String(String.UnicodeScalarView(scalars))
      let vector = encoder.encode(text)
      #expect(vector.allSatisfy { $0.isFinite }, "\(generator)")
    }
  }
}
