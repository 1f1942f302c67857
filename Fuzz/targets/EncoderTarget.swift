import Basics
import TextEncoder

extension FuzzTarget {
  /// Text encoders as they are stored, document frequencies, and what any text becomes.
  static let encoder = FuzzTarget("encoder") { bytes in
    var input = FuzzInput(bytes)
    let kind = input.below(3)
    guard kind > 0 else { return try checkText(String(decoding: input.rest, as: UTF8.self)) }
    let payload = Array(input.rest)
    guard kind == 1 else {
      let stored = sealed(payload)
      guard let found = try frequencies(stored) else { return }
      let written = found.encode()
      // Counts of 16 and more are stored by their levels: the second writing is the first again.
      let again = try DocumentFrequencies(decoding: written)
      return try hold(again == found && again.encode() == written, "other frequencies are written")
    }
    // The frequencies inside have a checksum of their own.
    let settings = payload.prefix(29)
    let whole = sealed(settings + sealed(Array(payload.dropFirst(29))))
    _ = try accepted(ModelError.self) { try HashedTextEncoder(decoding: payload) }
    guard let encoder = try accepted(ModelError.self, { try HashedTextEncoder(decoding: whole) }) else {
      return
    }
    try hold(encoder.encoded() == whole, "another encoder is written")
    let vector = encoder.encode("Ein Stück rote Taschen, pairs of red bags")
    try hold(vector.count == encoder.dimension && vector.allSatisfy(\.isFinite), "no vector")
  } samples: {
    let texts = ["Red bags and boots", "Ein Stück Straße, ﬀ", "東京タワー 2個", "ŒUVRE it's ½"]
    var frequencies = DocumentFrequencies()
    for text in texts { frequencies.add(text) }
    var settings = HashedTextSettings()
    settings.dimension = 32
    let encoder = try HashedTextEncoder(settings: settings, frequencies: frequencies)
    // Without the checksums, which are made of every input.
    let stored = Array(encoder.encoded().dropLast(16))
    return texts.map { [0] + $0.utf8 } + [
      [1] + stored, [2] + frequencies.encode().dropLast(8), [2] + DocumentFrequencies().encode().dropLast(8),
    ]
  }

  private static let plain = try? HashedTextEncoder()

  private static func frequencies(_ stored: [UInt8]) throws -> DocumentFrequencies? {
    try accepted(ModelError.self) { try DocumentFrequencies(decoding: stored) }
  }

  /// Bytes with their checksum as docs/format.md has it: FNV-1a over 64 bits, then the finisher of SplitMix64.
  private static func sealed(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let checksum = SeededGenerator.mixed(hash)
    return bytes + (0..<8).map { UInt8(truncatingIfNeeded: checksum >> (8 * UInt64($0))) }
  }

  private static func checkText(_ text: String) throws {
    guard let plain else { throw FuzzFailure("the encoder of no settings is refused") }
    let vector = plain.encode(text)
    let norm = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
    try hold(norm == 0 || abs(norm - 1) < 1e-3, "a vector of norm \(norm)")
    var frequencies = DocumentFrequencies()
    frequencies.add(text)
    try hold(frequencies.documentCount == 1, "\(frequencies.documentCount) texts")
  }
}
