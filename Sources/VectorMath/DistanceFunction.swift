public import CKernels

/// The internal distance of one metric over rows of one encoding, ready to be called in the hot loop.
///
/// Copy it into a local before the loop: a call is then one indirect call of a C function. A query is prepared once;
/// over rows of floats it is the vector itself, over codes a head and codes of its own.
@usableFromInline package struct DistanceFunction: Sendable {
  package private(set) var metric: VectorMetric
  package let encoding: RowEncoding
  /// What turns vectors into codes, where the rows are codes.
  package let quantizer: Quantizer?

  /// The squared norm that rows are augmented to, where they are.
  package private(set) var bound: Float?

  /// The number of components of a vector.
  @usableFromInline package let dimension: Int

  /// The number of components of each row; more than the dimension where codes are of rotated vectors.
  @usableFromInline let components: Int

  /// The arm that computes it, for reports.
  package let kernels: Kernels

  /// The C function. It gives the internal distance itself, so that no second pass is needed.
  @usableFromInline package private(set) var function: kindred_distance

  /// Picks the function of `kernels` for `metric` over rows of `layout`.
  package init(metric: VectorMetric, layout: RowLayout, kernels: Kernels) {
    let table = kernels.table.pointee
    let function =
      switch (metric, layout.encoding) {
      case (.cosine, .float32): table.cosine_distance_f32
      case (.cosine, .float16): table.cosine_distance_f16
      case (.dot, .float32): table.negative_inner_product_f32
      case (.dot, .float16): table.negative_inner_product_f16
      case (.l2, .float32): table.squared_l2_f32
      case (.l2, .float16): table.squared_l2_f16
      }
    self.init(metric, layout, nil, kernels, function)
  }

  /// Picks the function of `kernels` for `metric` over codes of `quantizer`, of vectors that are kept in `layout`.
  ///
  /// For unit vectors 1 - cosine is half the squared distance; in that form an error of the codes counts with the
  /// difference of the two vectors and not with their length. For inner products the mean of `quantizer` is zero: the
  /// mean of all vectors would have to be multiplied too.
  package init(metric: VectorMetric, layout: RowLayout, quantizer: Quantizer, kernels: Kernels) {
    let table = kernels.table.pointee
    let function =
      switch quantizer.width {
      case .eight: metric == .dot ? table.inner_product_i8 : table.squared_l2_i8
      case .four: metric == .dot ? table.inner_product_i4 : table.squared_l2_i4
      }
    self.init(metric, layout, quantizer, kernels, function)
  }

  private init(
    _ metric: VectorMetric, _ layout: RowLayout, _ quantizer: Quantizer?, _ kernels: Kernels,
    _ function: kindred_distance
  ) {
    self.metric = metric
    encoding = layout.encoding
    dimension = layout.dimension
    self.kernels = kernels
    self.quantizer = quantizer
    components = quantizer?.codeCount ?? layout.dimension
    self.function = function
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
    function(query, rows, count, components, out)
  }

  /// The internal distance of `query` to one row.
  @inlinable @inline(__always)
  package func callAsFunction(query: UnsafeRawPointer, row: UnsafeRawPointer) -> Float {
    var rows: UnsafeRawPointer? = row
    var distance: Float = 0
    function(query, &rows, 1, components, &distance)
    return distance
  }

  /// The distance that a dot space's second list of links is chosen by: the squared Euclidean one between rows with a
  /// further component that augments shorter ones to one norm, so that the nearest by it are the nearest in direction
  /// and length (Bachrach et al. 2014, Neyshabur and Srebro 2015, who augment to the longest).
  /// - Parameter bound: the squared norm that rows are augmented to; longer ones stay as they are. Positive.
  package func augmented(bound: Float) -> DistanceFunction {
    let table = kernels.table.pointee
    var augmented = self
    augmented.metric = .l2
    augmented.bound = bound
    augmented.function =
      if let quantizer {
        quantizer.width == .eight ? table.squared_l2_i8 : table.squared_l2_i4
      } else {
        encoding == .float32 ? table.augmented_l2_f32 : table.augmented_l2_f16
      }
    return augmented
  }

  // MARK: Queries

  /// Bytes that a prepared query takes, at an address that is a multiple of 64.
  package var queryByteCount: Int {
    let line = RowLayout.alignmentBytes
    guard let quantizer else { return (dimension * 4 + line - 1) / line * line + (bound == nil ? 0 : line) }
    return line + Self.paddedCodes(quantizer.codeCount)
  }

  /// Makes `vector`, `dimension` floats, a query.
  /// - Parameter buffer: `queryByteCount` bytes, which the result may lie in.
  /// - Returns: the query, as long as both live.
  package func prepare(
    _ vector: UnsafePointer<Float>, in buffer: UnsafeMutableRawPointer
  ) -> UnsafeRawPointer {
    guard let quantizer else {
      guard let bound else { return UnsafeRawPointer(vector) }
      var norm: Float = 0
      for index in 0..<dimension { norm += vector[index] * vector[index] }
      (buffer + RowLayout.alignmentBytes).copyMemory(from: vector, byteCount: dimension * 4)
      let head = kindred_augmented_query(
        norm: norm, bound: bound, height: max(0, bound - norm).squareRoot())
      buffer.storeBytes(of: head, as: kindred_augmented_query.self)
      return UnsafeRawPointer(buffer)
    }
    let codes = buffer + RowLayout.alignmentBytes
    let count = quantizer.codeCount
    var largest: Float = 0
    var norm = 0.0
    let target = codes.assumingMemoryBound(to: Int8.self)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { buffer in
      guard let components = buffer.baseAddress else { return }
      quantizer.project(vector, into: components)
      for index in 0..<count {
        largest = max(largest, abs(components[index]))
        norm += Double(components[index]) * Double(components[index])
      }
      kindred_quantize_i8(components, largest > 0 ? 127 / largest : 0, target, count)
    }
    finish(target, norm: { _ in Float(norm) }, step: largest / 127, quantizer, in: buffer)
    return UnsafeRawPointer(buffer)
  }

  /// Makes a stored row a query, for distances between rows.
  ///
  /// Over codes these are distances of codes: exact and symmetric.
  /// - Parameter buffer: `queryByteCount` bytes, which the result may lie in.
  package func prepare(row: UnsafeRawPointer, in buffer: UnsafeMutableRawPointer) -> UnsafeRawPointer {
    guard let quantizer else { return prepare(floats: row, in: buffer) }
    let codes = (buffer + RowLayout.alignmentBytes).assumingMemoryBound(to: Int8.self)
    quantizer.unpack(row, into: codes)
    let square = quantizer.step * quantizer.step
    finish(codes, norm: { Float($0) * square }, step: quantizer.step, quantizer, in: buffer)
    return UnsafeRawPointer(buffer)
  }

  /// Pads a query's codes with zeros and writes its head.
  /// - Parameter norm: the query's squared norm, which may be had from that of its codes.
  @inline(__always)
  private func finish(
    _ codes: UnsafeMutablePointer<Int8>, norm: (Int32) -> Float, step: Float, _ quantizer: Quantizer,
    in buffer: UnsafeMutableRawPointer
  ) {
    let count = quantizer.codeCount
    (codes + count).update(repeating: 0, count: Self.paddedCodes(count) - count)
    var (sum, square) = (Int32(0), Int32(0))
    kindred_code_totals_i8(codes, count, &sum, &square)
    writeHead(norm: norm(square), queryStep: step, codeSum: sum, quantizer, into: buffer)
  }

  private static func paddedCodes(_ count: Int) -> Int {
    (count + RowLayout.alignmentBytes - 1) / RowLayout.alignmentBytes * RowLayout.alignmentBytes
  }

  private func prepare(floats row: UnsafeRawPointer, in buffer: UnsafeMutableRawPointer) -> UnsafeRawPointer {
    if encoding == .float32 {
      return prepare(row.assumingMemoryBound(to: Float.self), in: buffer)
    }
    let vector = (bound == nil ? buffer : buffer + RowLayout.alignmentBytes)
      .assumingMemoryBound(to: Float.self)
    kernels.table.pointee.f16_to_f32(row.assumingMemoryBound(to: UInt16.self), vector, dimension)
    return prepare(vector, in: buffer)
  }

  private func writeHead(
    norm: Float, queryStep: Float, codeSum: Int32, _ quantizer: Quantizer,
    into buffer: UnsafeMutableRawPointer
  ) {
    let product = queryStep * quantizer.step
    let square = quantizer.step * quantizer.step
    var head = kindred_code_query()
    head.code_sum = codeSum
    switch metric {
    case .cosine: (head.base, head.row_factor, head.factor) = (norm / 2, square / 2, product)
    case .l2: (head.base, head.row_factor, head.factor) = (norm, square, 2 * product)
    case .dot: head.factor = product
    }
    if let bound {
      head.bound = bound
      head.height = max(0, bound - norm).squareRoot()
    }
    buffer.storeBytes(of: head, as: kindred_code_query.self)
  }
}
