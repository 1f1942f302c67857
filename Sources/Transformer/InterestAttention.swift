import Platform
package import Tensors

/// The decoder of several interests: learned queries attend to the tokens of a sequence up to each one, so that each
/// token has a vector for every interest (as Cen et al. 2020, ComiRec-SA, extract interests, here at every place of a
/// sequence).
///
/// The vector of interest k after token t is n_t + q_k + Σ_j≤t p_kj V n_j, p_k a softmax of q_k · n_j / √d. The scores
/// do not depend on t: the softmaxes over all beginnings of a sequence are running sums.
package struct InterestAttention: Sendable {
  /// Interests.
  package let count: Int
  package let width: Int
  let queries: ParameterRange
  let values: Linear

  package init(_ name: String, count: Int, width: Int, in layout: inout ParameterLayout) {
    self.count = count
    self.width = width
    queries = layout.add("\(name).queries.weight", [count, width], .normal(deviation: 1))
    values = Linear("\(name).values", input: width, output: width, in: &layout)
  }

  /// What the backward pass needs.
  package final class Tape<R: TensorScalar> {
    let values = Buffer<R>()
    /// Of each token and interest [tokens, count].
    let weights = Buffer<R>()
    /// One by the sum of the weights up to a token [tokens, count].
    let inverses = Buffer<R>()
    /// The weighted means of values [tokens, count, d].
    let means = Buffer<R>()
    let slopes = Buffer<R>()
    let sums = Buffer<R>()

    package init() {}
  }

  private var scale: Double { 1 / Double(width).squareRoot() }

  /// n [tokens, d] to y [tokens, count, d].
  package func forward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ n: UnsafePointer<R>, _ sequences: PackedSequences,
    into y: UnsafeMutablePointer<R>, _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    let tokens = sequences.tokenCount
    let v = tape.values.reserve(tokens * width)
    values.forward(parameters, n, rows: tokens, into: v, workspace)
    let q = parameters + queries.offset
    let weights = tape.weights.reserve(tokens * count)
    workspace.multiplyTransposed(n, q, m: tokens, n: count, k: width, into: weights)
    let inverses = tape.inverses.reserve(tokens * count)
    let means = tape.means.reserve(tokens * count * width)
    let sum = tape.sums.reserve(width)
    for sequence in 0..<sequences.count {
      let range = sequences.offsets[sequence]..<sequences.offsets[sequence + 1]
      for interest in 0..<count {
        let peak = range.reduce(-R.greatestFiniteMagnitude) { max($0, weights[$1 * count + interest]) }
        var total: R = 0
        R.clear(sum, width)
        for token in range {
          let place = token * count + interest
          weights[place] = R(exp(Double(weights[place] - peak) * scale))
          total += weights[place]
          inverses[place] = total > .leastNormalMagnitude ? 1 / total : 0
          R.add(v + token * width, width, weights[place], sum)
          let mean = means + place * width
          R.clear(mean, width)
          R.add(sum, width, inverses[place], mean)
          let vector = y + place * width
          vector.update(from: mean, count: width)
          R.add(n + token * width, width, 1, vector)
          R.add(q + interest * width, width, 1, vector)
        }
      }
    }
  }

  /// Adds the weights' gradients, and to dn [tokens, d], for dy [tokens, count, d].
  package func backward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>, _ n: UnsafePointer<R>,
    _ dy: UnsafePointer<R>, _ sequences: PackedSequences, addingTo dn: UnsafeMutablePointer<R>,
    _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    let tokens = sequences.tokenCount
    let (v, weights) = (tape.values.reserve(tokens * width), tape.weights.reserve(tokens * count))
    let inverses = tape.inverses.reserve(tokens * count)
    let means = tape.means.reserve(tokens * count * width)
    let q = parameters + queries.offset
    let dq = gradients + queries.offset
    let dv = tape.slopes.zeroed(tokens * width)
    let sum = tape.sums.reserve(width)
    for sequence in 0..<sequences.count {
      let range = sequences.offsets[sequence]..<sequences.offsets[sequence + 1]
      for interest in 0..<count {
        // What all later means ask of the values, and of the weights' sum.
        R.clear(sum, width)
        var total: R = 0
        for token in range.reversed() {
          let place = token * count + interest
          let slope = dy + place * width
          R.add(slope, width, 1, dn + token * width)
          R.add(slope, width, 1, dq + interest * width)
          R.add(slope, width, inverses[place], sum)
          total += R.dot(slope, means + place * width, width) * inverses[place]
          R.add(sum, width, weights[place], dv + token * width)
          let score = weights[place] * (R.dot(sum, v + token * width, width) - total) * R(scale)
          R.add(q + interest * width, width, score, dn + token * width)
          R.add(n + token * width, width, score, dq + interest * width)
        }
      }
    }
    values.backward(
      parameters, gradients: gradients, n, dv, rows: tokens, into: dn, accumulate: true, workspace)
  }
}

/// The running sums of one sequence whose tokens come one by one.
package final class InterestSums<R: TensorScalar>: @unchecked Sendable {  // used by one thread at a time
  private let attention: InterestAttention
  private var peaks: [R]
  private var totals: [R]
  /// [count, d]
  private var sums: [R]
  private var value: [R]

  package init(_ attention: InterestAttention) {
    self.attention = attention
    peaks = .init(repeating: -.greatestFiniteMagnitude, count: attention.count)
    totals = .init(repeating: 0, count: attention.count)
    sums = .init(repeating: 0, count: attention.count * attention.width)
    value = .init(repeating: 0, count: attention.width)
  }

  package func removeAll() {
    for interest in 0..<attention.count {
      peaks[interest] = -.greatestFiniteMagnitude
      totals[interest] = 0
    }
    for index in sums.indices { sums[index] = 0 }
  }

  /// Adds a token n [d].
  package func append(_ parameters: UnsafePointer<R>, _ n: UnsafePointer<R>) {
    let width = attention.width
    let linear = attention.values
    R.project(
      parameters + linear.weight.offset, linear.bias.map { parameters + $0.offset }, n, width, width, &value)
    let scale = 1 / Double(width).squareRoot()
    for interest in 0..<attention.count {
      let score = R.dot(parameters + attention.queries.offset + interest * width, n, width)
      sums.withUnsafeMutableBufferPointer { sums in
        guard let sum = sums.baseAddress.map({ $0 + interest * width }) else { return }
        if score > peaks[interest] {
          let factor = totals[interest] == 0 ? 0 : R(exp(Double(peaks[interest] - score) * scale))
          R.scale(sum, width, factor)
          totals[interest] *= factor
          peaks[interest] = score
        }
        let weight = R(exp(Double(score - peaks[interest]) * scale))
        totals[interest] += weight
        R.add(value, width, weight, sum)
      }
    }
  }

  /// The vectors [count, d] after the token n [d], which was added last.
  package func vectors(
    _ parameters: UnsafePointer<R>, after n: UnsafePointer<R>, into y: UnsafeMutablePointer<R>
  ) {
    let width = attention.width
    for interest in 0..<attention.count {
      let vector = y + interest * width
      vector.update(from: n, count: width)
      R.add(parameters + attention.queries.offset + interest * width, width, 1, vector)
      sums.withUnsafeBufferPointer { sums in
        guard let sum = sums.baseAddress.map({ $0 + interest * width }) else { return }
        R.add(sum, width, 1 / totals[interest], vector)
      }
    }
  }
}
