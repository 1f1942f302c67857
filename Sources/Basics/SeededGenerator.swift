private import Platform

/// A small random generator (SplitMix64) whose whole sequence follows from its seed.
///
/// For levels of the graph, samples and tests; not for secrets. Prints as the call that makes it again, so
/// that a failed test reports how to repeat it.
@usableFromInline package struct SeededGenerator: RandomNumberGenerator, Sendable, CustomStringConvertible {
  /// The seed that it was made with.
  @usableFromInline package let seed: UInt64

  /// Where it stands: a generator with this seed goes on as this one does.
  @usableFromInline package private(set) var state: UInt64

  @inlinable package init(seed: UInt64) {
    self.seed = seed
    self.state = seed
  }

  /// The next 64 random bits.
  @inlinable package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// A number spread over all bits (the finisher of SplitMix64); the same for ever, as stored bytes depend on it.
  @inlinable @inline(__always)
  package static func mixed(_ bits: UInt64) -> UInt64 {
    let first = (bits ^ (bits &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    let second = (first ^ (first &>> 27)) &* 0x94D0_49BB_1331_11EB
    return second ^ (second &>> 31)
  }

  /// A number in 0..<1, uniform over the multiples of 2^-53.
  @inlinable package mutating func nextUnit() -> Double {
    Double(next() &>> 11) * 0x1p-53
  }

  /// A number of the normal distribution with mean 0 and deviation 1.
  package mutating func nextGaussian() -> Double {
    // Box and Muller; 1 - u is never 0, so that the logarithm is finite.
    let radius = (-2 * log(1 - nextUnit())).squareRoot()
    return radius * cos(2 * Double.pi * nextUnit())
  }

  /// A vector of `dimension` normally distributed components.
  package mutating func nextVector(dimension: Int) -> [Float] {
    nextVectors(count: 1, dimension: dimension)
  }

  /// `count` vectors of normally distributed components, one after the other in one array.
  package mutating func nextVectors(count: Int, dimension: Int) -> [Float] {
    var components: [Float] = []
    components.reserveCapacity(count * dimension)
    for _ in 0..<count * dimension {
      components.append(Float(nextGaussian()))
    }
    return components
  }

  @inlinable package var description: String { "SeededGenerator(seed: \(seed))" }
}
