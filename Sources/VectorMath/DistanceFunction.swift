public import CKernels

/// The internal distance of one metric over rows of one encoding, ready to be called in the hot loop.
///
/// Copy it into a local before the loop: a call is then one indirect call of a C function. A query is prepared once;
/// over rows of floats it is the vector itself, over codes a head and codes of its own.
@usableFromInline package struct DistanceFunction: Sendable {
  package let metric: Metric
  package let encoding: RowEncoding
  /// What turns vectors into codes, where the rows are codes.
  package let quantizer: Quantizer?

  /// The number of components of the query and of each row.
  @usableFromInline package let dimension: Int

  /// The arm that computes it, for reports.
  package let kernels: Kernels

  /// The C function. It gives the internal distance itself, so that no second pass is needed.
  @usableFromInline package let function: kindred_distance

  /// Picks the function of `kernels` for `metric` over rows of `layout`.
  package init(metric: Metric, layout: RowLayout, kernels: Kernels) {
    self.metric = metric
    self.encoding = layout.encoding
    self.dimension = layout.dimension
    self.kernels = kernels
    quantizer = nil
    let table = kernels.table.pointee
    self.function =
      switch (metric, layout.encoding) {
      case (.cosine, .float32): table.cosine_distance_f32
      case (.cosine, .float16): table.cosine_distance_f16
      case (.dot, .float32): table.negative_inner_product_f32
      case (.dot, .float16): table.negative_inner_product_f16
      case (.l2, .float32): table.squared_l2_f32
      case (.l2, .float16): table.squared_l2_f16
      }
  }

  /// Picks the function of `kernels` for `metric` over codes of `quantizer`, of vectors that are kept in `layout`.
  ///
  /// For unit vectors 1 - cosine is half the squared distance; in that form an error of the codes counts with the
  /// difference of the two vectors and not with their length.
  package init(metric: Metric, layout: RowLayout, quantizer: Quantizer, kernels: Kernels) {
    self.metric = metric
    self.encoding = layout.encoding
    self.dimension = layout.dimension
    self.kernels = kernels
    self.quantizer = quantizer
    let table = kernels.table.pointee
    self.function = metric == .dot ? table.inner_product_i8 : table.squared_l2_i8
  }

  /// Picks the function of `kernels` for `metric` over rows of `dimension` components.
  /// - Throws: `VectorError` `.dimensionOutOfRange`.
  package init(
    metric: Metric, encoding: RowEncoding, dimension: Int, kernels: Kernels = .best
  ) throws(VectorError) {
    let layout = try RowLayout(dimension: dimension, encoding: encoding)
    self.init(metric: metric, layout: layout, kernels: kernels)
  }

  /// Writes the internal distances of `query` to `count` rows into `out`.
  ///
  /// `query` was prepared by this function, or is `dimension` floats where rows are floats (unit length for cosine, as
  /// the rows); each of the first `count` pointers of `rows` is not nil and points at a row. Rows are prefetched a few
  /// ahead: one call for a whole list of neighbors is faster than one call for each.
  /// - Complexity: O(`count` · `dimension`).
  @inlinable @inline(__always)
  package func callAsFunction(
    query: UnsafeRawPointer, rows: UnsafePointer<UnsafeRawPointer?>, count: Int,
    out: UnsafeMutablePointer<Float>
  ) {
    function(query, rows, count, dimension, out)
  }

  /// The internal distance of `query` to one row.
  @inlinable @inline(__always)
  package func callAsFunction(query: UnsafeRawPointer, row: UnsafeRawPointer) -> Float {
    var rows: UnsafeRawPointer? = row
    var distance: Float = 0
    function(query, &rows, 1, dimension, &distance)
    return distance
  }

  // MARK: Queries

  /// Bytes that a prepared query takes, at an address that is a multiple of 64.
  package var queryByteCount: Int {
    guard let quantizer else { return (dimension * 4 + 63) / 64 * 64 }
    return RowLayout.alignmentBytes + quantizer.strideBytes
  }

  /// Makes `vector`, `dimension` floats, a query.
  /// - Parameter buffer: `queryByteCount` bytes, which the result may lie in.
  /// - Returns: the query, as long as both live.
  package func prepare(
    _ vector: UnsafePointer<Float>, in buffer: UnsafeMutableRawPointer
  ) -> UnsafeRawPointer {
    guard let quantizer else { return UnsafeRawPointer(vector) }
    let codes = buffer + RowLayout.alignmentBytes
    let isDot = metric == .dot
    let base = UnsafePointer(vector)
    var largest: Float = 0
    var offset = 0.0
    var sum: Int32 = 0
    quantizer.mean.withUnsafeBufferPointer { mean in
      guard let mean = mean.baseAddress else { return }
      for index in 0..<dimension {
        let value = isDot ? base[index] : base[index] - mean[index]
        largest = max(largest, abs(value))
        offset += isDot ? -Double(base[index]) * Double(mean[index]) : Double(value) * Double(value)
      }
      let scale = largest > 0 ? 127 / largest : 0
      let target = codes.assumingMemoryBound(to: Int8.self)
      if isDot {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { zeros in
          zeros.initialize(repeating: 0)
          if let zeros = zeros.baseAddress { kindred_quantize_i8(base, zeros, scale, target, dimension) }
        }
      } else {
        kindred_quantize_i8(base, mean, scale, target, dimension)
      }
      for index in 0..<dimension { sum &+= Int32(target[index]) }
    }
    (codes + dimension).initializeMemory(
      as: UInt8.self, repeating: 0, count: quantizer.strideBytes - dimension)
    writeHead(base: Float(offset), queryStep: largest / 127, codeSum: sum, quantizer, into: buffer)
    return UnsafeRawPointer(buffer)
  }

  /// Makes a stored row a query, for distances between rows.
  ///
  /// Over codes these are distances of codes: exact, symmetric, and squared Euclidean whatever the metric.
  /// - Parameter buffer: `queryByteCount` bytes, which the result may lie in.
  package func prepare(row: UnsafeRawPointer, in buffer: UnsafeMutableRawPointer) -> UnsafeRawPointer {
    guard let quantizer else {
      if encoding == .float32 { return row }
      kernels.table.pointee.f16_to_f32(
        row.assumingMemoryBound(to: UInt16.self), buffer.assumingMemoryBound(to: Float.self), dimension)
      return UnsafeRawPointer(buffer)
    }
    let codes = buffer + RowLayout.alignmentBytes
    codes.copyMemory(from: row, byteCount: quantizer.strideBytes)
    let signed = codes.assumingMemoryBound(to: Int8.self)
    var (sum, norm): (Int32, Int32) = (0, 0)
    for index in 0..<dimension {
      sum &+= Int32(signed[index])
      norm &+= Int32(signed[index]) &* Int32(signed[index])
    }
    let step = quantizer.step
    writeHead(base: Float(norm) * step * step, queryStep: step, codeSum: sum, quantizer, into: buffer)
    return UnsafeRawPointer(buffer)
  }

  private func writeHead(
    base: Float, queryStep: Float, codeSum: Int32, _ quantizer: Quantizer,
    into buffer: UnsafeMutableRawPointer
  ) {
    let product = queryStep * quantizer.step
    let square = quantizer.step * quantizer.step
    let head =
      switch metric {
      case .cosine:
        kindred_code_query(base: base / 2, row_factor: square / 2, factor: product, code_sum: codeSum)
      case .l2: kindred_code_query(base: base, row_factor: square, factor: 2 * product, code_sum: codeSum)
      case .dot: kindred_code_query(base: base, row_factor: 0, factor: product, code_sum: codeSum)
      }
    buffer.storeBytes(of: head, as: kindred_code_query.self)
  }
}
