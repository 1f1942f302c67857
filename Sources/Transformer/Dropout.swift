import Basics
package import Tensors

/// Sets elements to 0 with probability `rate` and divides the others by 1 - rate (Srivastava et al. 2014). The choice
/// depends on the seed and the place alone, so that the backward pass makes the same one.
package struct Dropout: Sendable {
  package let rate: Double
  /// The probability that a token leaves out one before it when it attends.
  package let attentionRate: Double
  package let seed: UInt64

  package init(rate: Double, attentionRate: Double = 0, seed: UInt64) {
    self.rate = rate
    self.attentionRate = attentionRate
    self.seed = seed
  }

  /// Nothing is dropped.
  package static let none = Dropout(rate: 0, seed: 0)

  /// The dropout of another place of the model in the same step.
  package func numbered(_ number: Int) -> Dropout {
    let bits = seed &+ UInt64(bitPattern: Int64(number)) &* 0x9E37_79B9_7F4A_7C15
    return Dropout(rate: rate, attentionRate: attentionRate, seed: SeededGenerator.mixed(bits))
  }

  /// In place; the same in the backward pass.
  package func apply<R: TensorScalar>(_ x: UnsafeMutablePointer<R>, _ count: Int) {
    if rate > 0 { R.dropout(x, count, R(rate), seed, x) }
  }
}
