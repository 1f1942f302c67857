import Basics

/// The hash behind every feature. Stable for ever: stored vectors depend on it.
enum FeatureHash {
  /// Takes one scalar into a running hash (FNV-1a with a 64-bit word in place of a byte).
  @inline(__always)
  static func step(_ hash: UInt64, _ scalar: UInt32) -> UInt64 {
    (hash ^ UInt64(scalar)) &* 0x0000_0100_0000_01B3
  }

  /// Spreads a running hash over all bits (the finisher of SplitMix64).
  @inline(__always)
  static func finish(_ hash: UInt64) -> UInt64 {
    SeededGenerator.mixed(hash)
  }

  /// Where a running hash begins, per kind of feature.
  static let wordSeed: UInt64 = 0xCBF2_9CE4_8422_2325
  static let pairSeed: UInt64 = 0x9E37_79B9_7F4A_7C15
  static let gramSeed: UInt64 = 0xD6E8_FEB8_6659_FD93
  static let deletionSeed: UInt64 = 0xA076_1D64_78BD_642F

  /// The hash of `bytes`, for checksums and fingerprints.
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash = wordSeed
    for byte in bytes { hash = step(hash, UInt32(byte)) }
    return finish(hash)
  }
}

/// What a feature is made of; each kind has its own weight.
enum FeatureKind: UInt64, CaseIterable {
  /// A whole word.
  case word
  /// Two neighboring words.
  case pair
  /// A few neighboring characters of a word with its ends marked.
  case gram
  /// A word with one letter left out, or whole: a word and its misspelling have one of these in common.
  case deletion
}

/// One feature of a text: a hash whose lowest two bits are the kind.
struct FeatureKey {
  let value: UInt64

  @inline(__always)
  init(_ hash: UInt64, _ kind: FeatureKind) {
    value = hash & ~3 | kind.rawValue
  }

  @inline(__always)
  init(value: UInt64) { self.value = value }

  /// The index of the kind.
  @inline(__always)
  var kindIndex: Int { Int(truncatingIfNeeded: value & 3) }

  /// Where the feature's document frequency is counted.
  @inline(__always)
  var bucket: Int { Int(truncatingIfNeeded: value &>> 47) }
}
