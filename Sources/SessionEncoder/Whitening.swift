import Tensors

/// Makes the components of vectors uncorrelated, each of about the same size, with a mean length of 1 of the whole:
/// what all vectors of a space have in common distinguishes no two of them. Learning from whitened text vectors, and
/// comparing by them, is better than by the vectors of a text model as they are (Zhang et al. 2024, "Are ID Embeddings
/// Necessary?"). Here by a Cholesky factor of the covariance (Kessy et al. 2018), with a ridge that keeps small
/// components, which are mostly noise, small.
package struct Whitening: Sendable, Hashable {
  /// [dimension]
  package let mean: [Float]
  /// [dimension, dimension], lower triangular; of a larger dimension than `fullLimit` only its diagonal [dimension].
  package let matrix: [Float]

  /// Up to this dimension components are made uncorrelated; above, they are only brought to one size.
  package static let fullLimit = 1_024
  /// What is added to each variance, as a share of their mean: of few vectors more, since the directions in which they
  /// do not differ say nothing about others.
  private static func ridge(_ dimension: Int, count: Int) -> Double {
    max(0.01, 0.25 * Double(dimension) / Double(count))
  }

  package static func matrixCount(dimension: Int) -> Int {
    dimension <= fullLimit ? dimension * dimension : dimension
  }

  package init(mean: [Float], matrix: [Float]) {
    precondition(matrix.count == Self.matrixCount(dimension: mean.count))
    (self.mean, self.matrix) = (mean, matrix)
  }

  package var dimension: Int { mean.count }
  private var isFull: Bool { dimension <= Self.fullLimit }

  /// Fits the whitening of some vectors.
  /// - Parameters:
  ///   - vectors: [count, dimension], at least one.
  package init(fitting vectors: UnsafePointer<Float>, count: Int, dimension: Int) {
    precondition(count > 0)
    var sums = [Double](repeating: 0, count: dimension)
    for row in 0..<count {
      for column in 0..<dimension { sums[column] += Double(vectors[row * dimension + column]) }
    }
    let mean = sums.map { Float($0 / Double(count)) }
    self.mean = mean
    guard dimension <= Self.fullLimit else {
      var variances = [Double](repeating: 0, count: dimension)
      for row in 0..<count {
        for column in 0..<dimension {
          let difference = Double(vectors[row * dimension + column] - mean[column])
          variances[column] += difference * difference / Double(count)
        }
      }
      let ridge = Self.ridge(dimension, count: count) * variances.reduce(0, +) / Double(dimension)
      let rest = variances.map { 1 / max($0 + ridge, .leastNormalMagnitude).squareRoot() }
      let square = zip(variances, rest).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
      let scale = square > 0 && square.isFinite ? 1 / square.squareRoot() : 0
      matrix = rest.map { Float($0 * scale) }
      return
    }
    let covariance = Self.covariance(vectors, count: count, mean: mean)
    matrix = Self.inverseFactor(covariance, dimension, ridge: Self.ridge(dimension, count: count))
  }

  private static func covariance(_ vectors: UnsafePointer<Float>, count: Int, mean: [Float]) -> [Float] {
    let dimension = mean.count
    let workspace = Workspace<Float>()
    let chunk = 1_024
    let centered = Buffer<Float>()
    var covariance = [Float](repeating: 0, count: dimension * dimension)
    for first in stride(from: 0, to: count, by: chunk) {
      let rows = min(chunk, count - first)
      let part = centered.reserve(rows * dimension)
      for row in 0..<rows {
        for column in 0..<dimension {
          part[row * dimension + column] = vectors[(first + row) * dimension + column] - mean[column]
        }
      }
      workspace.addProduct(transposing: part, part, m: dimension, n: dimension, k: rows, to: &covariance)
    }
    return covariance.map { $0 / Float(count) }
  }

  /// The inverse of the Cholesky factor of a covariance with its ridge, scaled.
  private static func inverseFactor(_ covariance: [Float], _ n: Int, ridge: Double) -> [Float] {
    var factor = covariance.map(Double.init)
    let trace = (0..<n).reduce(0) { $0 + factor[$1 * n + $1] }
    // What overflows or does not vary says nothing.
    guard trace > 0, trace.isFinite, covariance.allSatisfy({ $0.isFinite }) else {
      return [Float](repeating: 0, count: n * n)
    }
    for place in 0..<n { factor[place * n + place] += ridge * trace / Double(n) }
    factor.withUnsafeMutableBufferPointer { factor in
      for row in 0..<n {
        for column in 0...row {
          var sum = factor[row * n + column]
          for place in 0..<column { sum -= factor[row * n + place] * factor[column * n + place] }
          factor[row * n + column] =
            row == column
            ? max(sum, .leastNormalMagnitude).squareRoot() : sum / factor[column * n + column]
        }
      }
    }
    // Row by row: L X = 1.
    var inverse = [Double](repeating: 0, count: n * n)
    for row in 0..<n {
      let pivot = 1 / factor[row * n + row]
      inverse[row * n + row] = pivot
      for place in 0..<row {
        let weight = factor[row * n + place] * pivot
        guard weight != 0 else { continue }
        for column in 0...place { inverse[row * n + column] -= weight * inverse[place * n + column] }
      }
    }
    // The mean square length of what comes out: the trace of T C Tᵀ.
    var square = 0.0
    for row in 0..<n {
      for left in 0...row {
        var sum = 0.0
        for right in 0...row { sum += Double(covariance[left * n + right]) * inverse[row * n + right] }
        square += inverse[row * n + left] * sum
      }
    }
    let scale = square > 0 ? 1 / square.squareRoot() : 0
    return inverse.map { Float($0 * scale) }
  }

  /// Whitens a vector of the dimension.
  package func whitened(_ vector: [Float]) -> [Float] {
    let centered = zip(vector, mean).map { $0 - $1 }
    guard isFull else { return zip(centered, matrix).map { $0 * $1 } }
    return matrix.withUnsafeBufferPointer { matrix in
      guard let start = matrix.baseAddress else { return [] }
      return (0..<dimension).map { Float.dot(start + $0 * dimension, centered, $0 + 1) }
    }
  }

  /// Whitens vectors [count, dimension] in place.
  package func whiten(_ vectors: UnsafeMutablePointer<Float>, count: Int) {
    let chunk = 1_024
    let (workspace, centered) = (Workspace<Float>(), Buffer<Float>())
    for first in stride(from: 0, to: count, by: chunk) {
      let rows = min(chunk, count - first)
      let (target, part) = (vectors + first * dimension, centered.reserve(rows * dimension))
      for row in 0..<rows {
        for column in 0..<dimension {
          part[row * dimension + column] = target[row * dimension + column] - mean[column]
        }
      }
      if isFull {
        workspace.multiplyTransposed(part, matrix, m: rows, n: dimension, k: dimension, into: target)
      } else {
        for place in 0..<(rows * dimension) { target[place] = part[place] * matrix[place % dimension] }
      }
    }
  }

  /// What a product with a whitened vector is of the vector before: `sum · whitened(x) = query · x + offset`.
  package func query(for sum: [Float]) -> (query: [Float], offset: Float) {
    var query = [Float](repeating: 0, count: dimension)
    if isFull {
      for row in 0..<dimension where sum[row] != 0 {
        matrix.withUnsafeBufferPointer { matrix in
          guard let start = matrix.baseAddress else { return }
          Float.add(start + row * dimension, row + 1, sum[row], &query)
        }
      }
    } else {
      query = zip(sum, matrix).map { $0 * $1 }
    }
    return (query, -zip(query, mean).reduce(0) { $0 + $1.0 * $1.1 })
  }
}
