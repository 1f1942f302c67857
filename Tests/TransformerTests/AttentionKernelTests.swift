import Basics
import CKernels
import Platform
import TestSupport
import Testing
import VectorMath

/// Attention of every arm that this processor runs, there and back, against sums in the open.
@Suite struct AttentionKernelTests {
  /// One query and few, one block of them and several, with and without tokens before.
  private static let shapes = [
    (queries: 1, keys: 60), (3, 70), (4, 4), (50, 50), (101, 101), (60, 100),
  ]
  private static let width = 6
  /// Queries, keys and values lie side by side.
  private static let stride = 3 * width + 1

  @Test(arguments: TensorArm.all, [0, 0.4])
  func attention(arm: TensorArm, rate: Double) throws {
    guard let kernels = try arm.kernels()?.double else { return }
    for (queries, keys) in Self.shapes {
      var generator = SeededGenerator(seed: UInt64(queries * keys))
      let tokens = (0..<(keys * Self.stride)).map { _ in 2 * generator.nextUnit() - 1 }
      let slopes = (0..<(queries * Self.width)).map { _ in 2 * generator.nextUnit() - 1 }
      let found = Attended(kernels, tokens, slopes, queries: queries, keys: keys, rate: rate)
      let shift = keys - queries
      var left = 0
      for query in 0..<queries {
        let seen = shift + query + 1
        let shares = found.probabilities[(query * keys)..<(query * keys + seen)]
        #expect(shares.last.map { $0 > 0 } == true, "the newest key is always seen")
        left += shares.count { $0 == 0 }
        // What was left out is known by its share; the others have a softmax among them.
        let powers = shares.enumerated().map { key, share in
          share == 0 ? 0 : exp(dot(tokens, shift + query, tokens, key, Self.width) * 0.5)
        }
        let total = powers.reduce(0, +)
        for (share, power) in zip(shares, powers) { #expect(abs(share - power / total) < 1e-12) }
        for element in 0..<Self.width {
          let expected = powers.indices.reduce(0) {
            $0 + powers[$1] / total * tokens[$1 * Self.stride + 2 * Self.width + element]
          }
          #expect(
            abs(found.output[query * Self.width + element] - expected) < 1e-12,
            "\(arm.name) \(queries) \(keys)")
        }
      }
      let pairs = queries * (shift + 1) + queries * (queries - 1) / 2
      if rate == 0 { #expect(left == 0) }
      if rate > 0, pairs > 1_000 { #expect(abs(Double(left) / Double(pairs) - rate) < 0.05) }
      expectSlopes(found, tokens, slopes, queries: queries, keys: keys)
    }
  }

  /// dv, dk and dq by the chain rule, pair by pair.
  private func expectSlopes(
    _ found: Attended, _ tokens: [Double], _ slopes: [Double], queries: Int, keys: Int
  ) {
    let width = Self.width
    var expected = [Double](repeating: 0, count: keys * Self.stride)
    for query in 0..<queries {
      let place = keys - queries + query
      let shares = found.probabilities[(query * keys)..<(query * keys + place + 1)].map { $0 }
      let reached = shares.indices.map { key in
        (0..<width).reduce(0) {
          $0 + slopes[query * width + $1] * tokens[key * Self.stride + 2 * width + $1]
        }
      }
      let mean = zip(shares, reached).reduce(0) { $0 + $1.0 * $1.1 }
      for key in shares.indices {
        let slope = shares[key] * (reached[key] - mean) * 0.5
        for element in 0..<width {
          expected[place * Self.stride + element] += slope * tokens[key * Self.stride + width + element]
          expected[key * Self.stride + width + element] += slope * tokens[place * Self.stride + element]
          expected[key * Self.stride + 2 * width + element] += shares[key] * slopes[query * width + element]
        }
      }
    }
    for (one, other) in zip(found.slopes, expected) { #expect(abs(one - other) < 1e-11) }
  }

  private func dot(_ x: [Double], _ query: Int, _ y: [Double], _ key: Int, _ width: Int) -> Double {
    (0..<width).reduce(0) { $0 + x[query * Self.stride + $1] * y[key * Self.stride + width + $1] }
  }

  /// What the double-precision kernels make of it.
  private struct Attended {
    var probabilities: [Double]
    var output: [Double]
    var slopes: [Double]

    init(
      _ kernels: kindred_tensor_f64, _ tokens: [Double], _ up: [Double], queries: Int, keys: Int, rate: Double
    ) {
      let (width, stride) = (AttentionKernelTests.width, AttentionKernelTests.stride)
      probabilities = [Double](repeating: .nan, count: queries * keys)
      output = [Double](repeating: .nan, count: queries * width)
      slopes = [Double](repeating: 0, count: keys * stride)
      var room = [Double](repeating: .nan, count: Int(KINDRED_ATTENTION_ROWS) * keys)
      var workspace = [Double](repeating: .nan, count: kindred_gemm_workspace())
      let first = (keys - queries) * stride
      tokens.withUnsafeBufferPointer { tokens in
        guard let start = tokens.baseAddress else { return }
        kernels.attention(
          start + first, stride, start + width, start + 2 * width, stride, queries, keys, keys - queries,
          width,
          0.5, rate, 7, &output, width, &probabilities, &workspace)
        slopes.withUnsafeMutableBufferPointer { slopes in
          guard let target = slopes.baseAddress else { return }
          kernels.attention_backward(
            start + first, stride, start + width, start + 2 * width, stride, queries, keys, keys - queries,
            width, 0.5, probabilities, up, width, target + first, target + width, target + 2 * width, &room,
            &workspace)
        }
      }
    }
  }
}
