private import CKernels

/// The 8-bit codes of one space's vectors: component i of a vector is about `mean[i] + step · code`.
///
/// One step serves all components, so that distances of codes are distances of vectors up to a factor; the mean is
/// taken off first, so that a component that is large in all vectors costs no precision.
package struct Quantizer: Sendable, Equatable {
  /// The mean of each component, as many as the dimension.
  package let mean: [Float]
  /// The distance between neighboring codes; positive.
  package let step: Float

  /// - Precondition: `step` is positive and finite.
  package init(mean: [Float], step: Float) {
    precondition(step > 0 && step.isFinite, "a quantizer's step must be positive")
    self.mean = mean
    self.step = step
  }

  package var dimension: Int { mean.count }

  /// Bytes from one row of codes to the next: the dimension, padded with zeros to whole lines of 64.
  package var strideBytes: Int {
    (dimension + RowLayout.alignmentBytes - 1) / RowLayout.alignmentBytes * RowLayout.alignmentBytes
  }

  /// Learns mean and step from rows: the step with the least squared error, the error of components cut off included.
  /// - Parameters:
  ///   - isCentred: whether the mean is taken off; otherwise it counts as zero.
  ///   - count: rows to learn from.
  ///   - row: writes row i, `dimension` floats.
  /// - Complexity: O(`count` · `dimension`), the rows read twice.
  package static func trained(
    dimension: Int, isCentred: Bool = true, count: Int, row: (Int, UnsafeMutablePointer<Float>) throws -> Void
  ) rethrows -> Quantizer {
    let buffer = UnsafeMutablePointer<Float>.allocate(capacity: dimension)
    defer { buffer.deallocate() }
    var sums = [Double](repeating: 0, count: dimension)
    for index in 0..<(isCentred ? count : 0) {
      try row(index, buffer)
      for component in 0..<dimension { sums[component] += Double(buffer[component]) }
    }
    let mean = sums.map { Float($0 / Double(max(1, count))) }
    var largest: Float = 0
    var histogram = MagnitudeHistogram()
    for pass in 0..<2 {
      if pass == 1 { histogram.largest = largest }
      for index in 0..<count {
        try row(index, buffer)
        for component in 0..<dimension {
          let magnitude = abs(buffer[component] - mean[component])
          if pass == 0 { largest = max(largest, magnitude) } else { histogram.add(magnitude) }
        }
      }
      if largest == 0 { break }
    }
    return Quantizer(mean: mean, step: max(.leastNormalMagnitude, histogram.bestBound() / 127))
  }

  /// Writes the codes of `dimension` floats as one row of `strideBytes` bytes.
  package func encode(_ vector: UnsafePointer<Float>, into row: UnsafeMutableRawPointer) {
    mean.withUnsafeBufferPointer { mean in
      guard let start = mean.baseAddress else { return }
      kindred_quantize_i8(vector, start, 1 / step, row.assumingMemoryBound(to: Int8.self), dimension)
    }
    (row + dimension).initializeMemory(as: UInt8.self, repeating: 0, count: strideBytes - dimension)
  }
}

/// How often magnitudes up to a largest occur, for the choice of a quantizer's bound.
private struct MagnitudeHistogram {
  private static let binCount = 2_048
  var largest: Float = 0
  private var counts = [Int](repeating: 0, count: binCount)

  mutating func add(_ magnitude: Float) {
    let bin = Int(magnitude / largest * Float(Self.binCount))
    counts[min(Self.binCount - 1, max(0, bin))] += 1
  }

  /// The bound of 127 steps with the least squared error: rounding inside (a twelfth of the squared step), cutting off
  /// outside. The largest magnitude if that is best; 127 where all components are alike.
  func bestBound() -> Float {
    guard largest > 0 else { return 127 }
    let width = Double(largest) / Double(Self.binCount)
    var best = (bound: Double(largest), error: Double.infinity)
    // Sums over the bins beyond the bound, kept up to date as the bound comes down.
    var (beyond, first, second) = (0.0, 0.0, 0.0)
    let total = Double(counts.reduce(0, +))
    for bin in stride(from: Self.binCount, to: 0, by: -1) {
      let bound = Double(bin) * width
      let rounding = (total - beyond) * (bound / 127) * (bound / 127) / 12
      let cutting = second - 2 * bound * first + bound * bound * beyond
      if rounding + cutting < best.error { best = (bound, rounding + cutting) }
      let centre = (Double(bin) - 0.5) * width
      let count = Double(counts[bin - 1])
      beyond += count
      first += count * centre
      second += count * centre * centre
    }
    return Float(best.bound)
  }
}
