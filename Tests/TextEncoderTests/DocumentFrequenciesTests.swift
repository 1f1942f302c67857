import TestSupport
import Basics
import Testing

@testable import TextEncoder

@Suite struct DocumentFrequenciesTests {
  @Test func countsTextsAndNotOccurrences() {
    var once = DocumentFrequencies()
    once.add("bag")
    var often = DocumentFrequencies()
    often.add("bag bag")
    let shared = zip(once.counts, often.counts).filter { $0.0 > 0 }
    #expect(!shared.isEmpty && shared.allSatisfy { $0.0 == $0.1 })
  }

  @Test func levelsAreExactBelowSixteenAndCloseAbove() {
    for count in UInt32(0)..<16 { #expect(FrequencyLevel(count: count).count == count) }
    for count in Array(UInt32(16)...5000) + [1 << 20, 123_456_789, .max] {
      let level = FrequencyLevel(count: count)
      #expect(abs(Double(level.count) / Double(count) - 1) <= 0.0626, "\(count)")
      #expect(FrequencyLevel(count: level.count).code == level.code, "\(count)")
    }
    #expect(FrequencyLevel(count: .max).code == FrequencyLevel.highestCode)
    #expect(FrequencyLevel(code: 240) == nil)
  }

  @Test func storedFormStaysSmall() throws {
    var full = DocumentFrequencies()
    full.documentCount = 1_000_000
    for bucket in full.counts.indices { full.counts[bucket] = UInt32(bucket % 5000 + 1) }
    let bytes = full.encode()
    #expect(bytes.count < 300_000)
    let again = try DocumentFrequencies(decoding: bytes)
    #expect(again.encode() == bytes && again.documentCount == 1_000_000)
  }

  @Test func emptyAndSmallSurviveStorage() throws {
    var small = DocumentFrequencies(features: try TextFeatures(minimumGram: 2, maximumGram: 5))
    #expect(try DocumentFrequencies(decoding: small.encode()) == small)
    small.add("jumbo bag")
    #expect(try DocumentFrequencies(decoding: small.encode()) == small)
  }

  /// Damaged bytes give an error, or (behind a mended checksum) frequencies that can be used.
  @Test func damageNeverTraps() throws {
    var frequencies = DocumentFrequencies()
    for title in GeneratedTitles.all.prefix(20) { frequencies.add(title) }
    let bytes = try HashedTextEncoder(frequencies: frequencies).encoded()
    let inner = frequencies.encode()
    var generator = SeededGenerator(seed: 8)
    for length in stride(from: 0, to: bytes.count, by: 173) {
      #expect(throws: ModelError.self) { try HashedTextEncoder(decoding: Array(bytes[..<length])) }
    }
    var readable = 0
    for _ in 0..<80 {
      var damaged = inner
      let place = generator.below(damaged.count)
      damaged[place] ^= UInt8(1 + generator.below(255))
      #expect(throws: ModelError.self, "\(place), \(generator)") {
        try DocumentFrequencies(decoding: damaged)
      }
      // With the checksum made right again the checks behind it have to hold.
      var body = Array(damaged.dropLast(8))
      if generator.below(4) == 0 { body.removeLast(generator.below(20)) }
      var writer = ByteWriter()
      writer.append(contentsOf: body)
      writer.append(FeatureHash.checksum(body))
      do throws(ModelError) {
        let again = try DocumentFrequencies(decoding: writer.bytes)
        _ = try HashedTextEncoder(frequencies: again).encode("jumbo bag")
        readable += 1
      } catch { #expect(!error.message.isEmpty) }
    }
    #expect(readable > 0 && readable < 80)
  }

  @Test(arguments: [1.0, 1.5, 2, 2.718281828459045, 3, 10, 1e6, 4.3e9, 1e300])
  func logarithmIsRight(value: Double) {
    let found = StableLogarithm.natural(value)
    // e^x by squaring: no library function decides about its own replacement.
    var power = 1.0
    var term = 1.0
    let reduced = found / 1024
    for order in 1..<20 {
      term *= reduced / Double(order)
      power += term
    }
    for _ in 0..<10 { power *= power }
    #expect(abs(power / value - 1) < 1e-10 * max(1, found))
  }
}
