package import Basics

extension SeededGenerator {
  /// A number in 0..<bound.
  package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// One of some elements.
  package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// A vector with components between -1 and 1.
  package mutating func vector(_ dimension: Int) -> [Float] {
    (0..<dimension).map { _ in Float.random(in: -1...1, using: &self) }
  }

  /// `count` bytes.
  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }

  /// Up to `maximumCount` bytes, each taken from `alphabet`.
  package mutating func bytes(_ maximumCount: Int, from alphabet: [UInt8]) -> [UInt8] {
    (0..<Int.random(in: 0...maximumCount, using: &self)).map { _ in
      alphabet[Int.random(in: 0..<alphabet.count, using: &self)]
    }
  }

  /// `bytes` with a few places overwritten, removed or doubled.
  package mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
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
