import Basics
private import CKernels

/// A fixed orthonormal map of vectors that spreads each component over all of them, so that components become alike and
/// few bits for each lose little: rounds of random signs and Walsh-Hadamard transforms (as in the fast
/// Johnson-Lindenstrauss transform, Ailon and Chazelle 2009).
///
/// The signs come from a fixed seed and the sums are made in a fixed order: the same vector is turned into the same
/// bytes everywhere.
package final class Rotation: Sendable {
  /// Components of what is turned.
  package let dimension: Int
  /// The largest power of two that is not above `dimension`: components of one transform.
  private let order: Int
  /// Signs of each round, one after the other.
  private let signs: [Float]

  private static let seed: UInt64 = 0x4B69_6E64_7265_6434
  private static let rounds = 4

  /// - Parameter dimension: at least 1. Where it is a power of two each round transforms all components, otherwise
  ///   rounds transform the first and the last power of two in turn.
  package init(dimension: Int) {
    precondition(dimension >= 1, "nothing to rotate")
    self.dimension = dimension
    var order = 1
    while order * 2 <= dimension { order *= 2 }
    self.order = order
    var generator = SeededGenerator(seed: Self.seed)
    signs = (0..<Self.rounds * order).map { _ in generator.next() >> 63 == 0 ? 1 : -1 }
  }

  /// Turns `dimension` floats in their place; keeps lengths and angles up to rounding.
  package func apply(to vector: UnsafeMutablePointer<Float>) {
    signs.withUnsafeBufferPointer { signs in
      guard let signs = signs.baseAddress else { return }
      for round in 0..<Self.rounds {
        let first = round % 2 == 0 ? 0 : dimension - order
        kindred_hadamard(vector + first, signs + round * order, order)
      }
    }
  }
}
