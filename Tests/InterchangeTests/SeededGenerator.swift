/// Random numbers that are the same on every machine and in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator, CustomStringConvertible {
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  var description: String { "seed \(seed)" }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// Up to `maximumCount` bytes, each taken from `alphabet`.
  mutating func bytes(_ maximumCount: Int, from alphabet: [UInt8]) -> [UInt8] {
    (0..<Int.random(in: 0...maximumCount, using: &self)).map { _ in
      alphabet[Int.random(in: 0..<alphabet.count, using: &self)]
    }
  }

  /// `bytes` with a few places overwritten, removed or doubled.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &self) where !result.isEmpty {
      let place = Int.random(in: 0..<result.count, using: &self)
      switch Int.random(in: 0..<5, using: &self) {
      case 0: result[place] = UInt8.random(in: 0...255, using: &self)
      case 1: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 2: result.remove(at: place)
      case 3: result.insert(result[place], at: place)
      default: result.removeLast(Int.random(in: 0...min(8, result.count), using: &self))
      }
    }
    return result
  }
}
