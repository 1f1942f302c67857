public import CKernels

/// The internal distance of one metric over rows of one encoding, ready to be called in the hot loop.
///
/// Copy it into a local before the loop: a call is then one indirect call of a C function.
@usableFromInline package struct DistanceFunction: Sendable {
  package let metric: Metric
  package let encoding: RowEncoding

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
  /// `query` has `dimension` floats (unit length for cosine, as the rows); each of the first `count`
  /// pointers of `rows` is not nil and points at an encoded row. Rows are prefetched a few ahead: one call
  /// for a whole list of neighbors is faster than one call for each.
  /// - Complexity: O(`count` · `dimension`).
  @inlinable @inline(__always)
  package func callAsFunction(
    query: UnsafePointer<Float>, rows: UnsafePointer<UnsafeRawPointer?>, count: Int,
    out: UnsafeMutablePointer<Float>
  ) {
    function(query, rows, count, dimension, out)
  }

  /// The internal distance of `query` to one row.
  @inlinable @inline(__always)
  package func callAsFunction(query: UnsafePointer<Float>, row: UnsafeRawPointer) -> Float {
    var rows: UnsafeRawPointer? = row
    var distance: Float = 0
    function(query, &rows, 1, dimension, &distance)
    return distance
  }
}
