/// The largest Euclidean norm that `dot` and `l2` accept, about 4.6e18: the squared distance of two such
/// vectors, at most four times its square, stays well inside a `Float`.
package let maximumNorm = 0x1p62

extension VectorShape {
  /// Checks a vector that came from outside and returns its Euclidean norm.
  ///
  /// The components must be finite and fit `rows`; for `cosine` the vector must not be zero; for `dot` and `l2` its
  /// norm must not exceed `maximumNorm`.
  /// - Throws: `VectorError` `.dimensionMismatch`, `.notFinite`, `.zeroVector`, `.normOverflow`, `.encodingOverflow`.
  /// - Complexity: O(`dimension`).
  @discardableResult
  package func validate(
    _ vector: UnsafeBufferPointer<Float>, as rows: RowEncoding
  ) throws(VectorError) -> Double {
    guard vector.count == dimension else {
      throw VectorError(
        .dimensionMismatch, "the vector has \(vector.count) components; this space has \(dimension)")
    }
    let norm = euclideanNorm(vector)
    guard norm.isFinite else { throw notFinite(vector) }
    if metric == .cosine {
      guard norm > 0 else {
        throw VectorError(
          .zeroVector,
          "the vector is zero, which has no direction for cosine; leave it out or use l2 or dot")
      }
      return norm  // It will be normalised, so that any finite length fits.
    }
    guard norm <= maximumNorm else {
      throw VectorError(
        .normOverflow,
        "the vector's norm is \(norm); \(metric.rawValue) takes norms up to \(maximumNorm). Scale the vectors down"
      )
    }
    let limit = rows.largestComponent
    if norm > Double(limit), let index = vector.firstIndex(where: { abs($0) > limit }) {
      throw VectorError(
        .encodingOverflow,
        "component \(index) is \(vector[index]), too large for \(rows.name). "
          + "Scale the vectors down or use float32")
    }
    return norm
  }
}

/// The error that names the first component that is not finite.
private func notFinite(_ vector: UnsafeBufferPointer<Float>) -> VectorError {
  let index = vector.firstIndex { !$0.isFinite } ?? 0
  let value = vector.isEmpty ? 0 : vector[index]
  return VectorError(.notFinite, "component \(index) is \(value); every component must be a finite number")
}

/// The Euclidean norm, summed in `Double`: squares of finite floats cannot overflow or vanish there.
/// Not finite if a component is not.
package func euclideanNorm(_ vector: UnsafeBufferPointer<Float>) -> Double {
  // Four sums in a fixed order: quick, and the same on every processor.
  var sums = (0.0, 0.0, 0.0, 0.0)
  var index = 0
  while index + 4 <= vector.count {
    let a = Double(vector[index])
    let b = Double(vector[index + 1])
    let c = Double(vector[index + 2])
    let d = Double(vector[index + 3])
    sums.0 += a * a
    sums.1 += b * b
    sums.2 += c * c
    sums.3 += d * d
    index += 4
  }
  while index < vector.count {
    let a = Double(vector[index])
    sums.0 += a * a
    index += 1
  }
  return ((sums.0 + sums.1) + (sums.2 + sums.3)).squareRoot()
}
