/// What a vector of a space is: the one description by which rows and queries are made.
package struct VectorShape: Hashable, Sendable {
  package var dimension: Int
  package var metric: VectorMetric
  package var encoding: VectorEncoding
  /// The squared norm to which `dot` rows are augmented where the second list of links is chosen; 0 where nodes have
  /// one list only.
  package var normBound: Float = 0

  package init(dimension: Int, metric: VectorMetric, encoding: VectorEncoding) {
    self.dimension = dimension
    self.metric = metric
    self.encoding = encoding
  }

  /// How its rows lie in memory.
  /// - Throws: `VectorError` `.dimensionOutOfRange`.
  package var layout: RowLayout {
    get throws(VectorError) { try RowLayout(dimension: dimension, encoding: encoding.rows) }
  }

  /// Writes a caller's vector as distances want a query: checked, and of unit length for cosine.
  /// - Parameter query: room for `dimension` floats.
  /// - Throws: `VectorError`, which names what is wrong.
  package func prepare(
    _ vector: UnsafeBufferPointer<Float>, into query: UnsafeMutablePointer<Float>
  ) throws(VectorError) {
    let norm = try validate(vector, as: .float32)
    guard let start = vector.baseAddress else { return }
    if metric == .cosine {
      divide(start, by: norm, into: query)
    } else {
      query.update(from: start, count: dimension)
    }
  }

  /// Writes `dimension` floats divided in `Double`.
  fileprivate func divide(
    _ vector: UnsafePointer<Float>, by norm: Double, into target: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<dimension { target[index] = Float(Double(vector[index]) / norm) }
  }
}

/// Makes stored rows of callers' vectors, one at a time.
package final class RowEncoder {
  package let shape: VectorShape
  package let layout: RowLayout
  private let row: UnsafeMutableRawBufferPointer
  private let unit: UnsafeMutablePointer<Float>

  /// - Throws: `VectorError` `.dimensionOutOfRange`.
  package init(_ shape: VectorShape) throws(VectorError) {
    self.shape = shape
    layout = try shape.layout
    row = .allocate(byteCount: layout.strideBytes, alignment: RowLayout.alignmentBytes)
    unit = .allocate(capacity: shape.dimension)
  }

  deinit {
    row.deallocate()
    unit.deallocate()
  }

  /// The row of `vector`; valid until the next call.
  /// - Throws: `VectorError`, which names what is wrong.
  package func encode(_ vector: UnsafeBufferPointer<Float>) throws(VectorError) -> UnsafeRawBufferPointer {
    if let target = row.baseAddress { try encode(vector, into: target) }
    return UnsafeRawBufferPointer(row)
  }

  /// Writes the row of `vector` into memory of the caller's, `layout.strideBytes` long.
  /// - Throws: `VectorError`, which names what is wrong.
  package func encode(
    _ vector: UnsafeBufferPointer<Float>, into target: UnsafeMutableRawPointer
  ) throws(VectorError) {
    let norm = try shape.validate(vector, as: layout.encoding)
    guard let start = vector.baseAddress else { return }
    if shape.metric == .cosine {
      shape.divide(start, by: norm, into: unit)
      layout.encode(unit, into: target)
    } else {
      layout.encode(start, into: target)
    }
  }
}
