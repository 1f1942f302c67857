package import VectorMath

/// `vector` divided by its Euclidean norm, as a query of a cosine space is.
/// - Throws: `VectorError` `.notFinite`, `.zeroVector`.
package func normalized(_ vector: [Float]) throws(VectorError) -> [Float] {
  let shape = VectorShape(dimension: vector.count, metric: .cosine, encoding: .float32)
  var query = vector
  try query.withUnsafeMutableBufferPointer { (query) throws(VectorError) in
    try vector.withUnsafeBufferPointer { (vector) throws(VectorError) in
      if let start = query.baseAddress {
        try shape.prepare(vector, into: start)
      } else {
        _ = try shape.validate(vector, as: .float32)
      }
    }
  }
  return query
}
