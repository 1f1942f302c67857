private import CKernels

/// Bits of a component's code.
package enum CodeWidth: Int, CaseIterable, Sendable {
  case four = 4
  case eight = 8

  /// The largest magnitude of a code: codes of 8 bits are whole numbers up to it, those of 4 bits odd ones.
  package var largest: Int { self == .eight ? 127 : 15 }
}

/// The codes of one space's vectors: `step · code` is about a component of the vector less its mean, with 4 bits of the
/// rotated vector less its mean.
///
/// One step serves all components, so that distances of codes are distances of vectors up to a factor; the mean is
/// taken off first, so that a component that is large in all vectors costs no precision.
package struct Quantizer: Sendable {
  package let width: CodeWidth
  /// The mean of each component, as many as the dimension; zeros where inner products are measured.
  package let mean: [Float]
  /// What a code of 1 stands for; positive.
  package let step: Float
  /// Turns vectors whose components have few bits; nil with 8.
  private let rotation: Rotation?

  /// - Precondition: `step` is positive and finite.
  package init(width: CodeWidth, mean: [Float], step: Float) {
    precondition(step > 0 && step.isFinite, "a quantizer's step must be positive")
    self.width = width
    self.mean = mean
    self.step = step
    rotation = Self.rotation(width: width, dimension: mean.count)
  }

  package var dimension: Int { mean.count }

  /// Codes of a vector: the dimension, with 4 bits rounded up to a multiple of 128, since a rotation fills all of them.
  package var codeCount: Int { rotation?.dimension ?? dimension }

  /// Bytes from one row of codes to the next: whole lines of 64.
  package var strideBytes: Int { Self.strideBytes(width: width, dimension: dimension) }

  /// `strideBytes` of codes of that width of vectors of that dimension.
  package static func strideBytes(width: CodeWidth, dimension: Int) -> Int {
    let line = RowLayout.alignmentBytes
    let codeCount = width == .four ? rotatedDimension(dimension) : dimension
    return (codeCount * width.rawValue / 8 + line - 1) / line * line
  }

  private static func rotatedDimension(_ dimension: Int) -> Int { max(1, dimension + 127) / 128 * 128 }

  private static func rotation(width: CodeWidth, dimension: Int) -> Rotation? {
    width == .four ? Rotation(dimension: rotatedDimension(dimension)) : nil
  }

  /// Learns mean and step from rows: the step with the least squared error, the error of components cut off included.
  /// - Parameters:
  ///   - isCentred: whether the mean is taken off; otherwise it counts as zero.
  ///   - count: rows to learn from.
  ///   - row: writes row i, `dimension` floats.
  /// - Complexity: O(`count` · `dimension`), the rows read three times.
  package static func trained(
    width: CodeWidth = .eight, dimension: Int, isCentred: Bool = true, count: Int,
    row: (Int, UnsafeMutablePointer<Float>) throws -> Void
  ) rethrows -> Quantizer {
    let buffer = UnsafeMutablePointer<Float>.allocate(capacity: dimension)
    defer { buffer.deallocate() }
    var sums = [Double](repeating: 0, count: dimension)
    for index in 0..<(isCentred ? count : 0) {
      try row(index, buffer)
      for component in 0..<dimension { sums[component] += Double(buffer[component]) }
    }
    let unscaled = Quantizer(width: width, mean: sums.map { Float($0 / Double(max(1, count))) }, step: 1)
    let components = UnsafeMutablePointer<Float>.allocate(capacity: unscaled.codeCount)
    defer { components.deallocate() }
    var largest: Float = 0
    var histogram = MagnitudeHistogram()
    for pass in 0..<2 {
      if pass == 1 { histogram.largest = largest }
      for index in 0..<count {
        try row(index, buffer)
        unscaled.project(buffer, into: components)
        for component in 0..<unscaled.codeCount {
          let magnitude = abs(components[component])
          if pass == 0 { largest = max(largest, magnitude) } else { histogram.add(magnitude) }
        }
      }
      if largest == 0 { break }
    }
    let step = histogram.bestStep(width)
    return Quantizer(width: width, mean: unscaled.mean, step: max(.leastNormalMagnitude, step))
  }

  /// Writes what codes are made of, `codeCount` floats: the vector less the mean, turned where there is a rotation.
  package func project(_ vector: UnsafePointer<Float>, into components: UnsafeMutablePointer<Float>) {
    for index in 0..<dimension { components[index] = vector[index] - mean[index] }
    guard let rotation else { return }
    for index in dimension..<codeCount { components[index] = 0 }
    rotation.apply(to: components)
  }

  /// Writes the codes of `dimension` floats as one row of `strideBytes` bytes.
  package func encode(_ vector: UnsafePointer<Float>, into row: UnsafeMutableRawPointer) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: codeCount) { buffer in
      guard let components = buffer.baseAddress else { return }
      project(vector, into: components)
      switch width {
      case .eight:
        kindred_quantize_i8(components, 1 / step, row.assumingMemoryBound(to: Int8.self), codeCount)
        (row + codeCount).initializeMemory(as: UInt8.self, repeating: 0, count: strideBytes - codeCount)
      case .four:
        kindred_quantize_i4(components, 1 / step, row.assumingMemoryBound(to: UInt8.self), codeCount)
      }
    }
  }

  /// Writes the codes of a row as signed bytes, `codeCount` of them.
  func unpack(_ row: UnsafeRawPointer, into codes: UnsafeMutablePointer<Int8>) {
    switch width {
    case .eight: codes.update(from: row.assumingMemoryBound(to: Int8.self), count: codeCount)
    case .four: kindred_unpack_i4(row.assumingMemoryBound(to: UInt8.self), codes, codeCount)
    }
  }
}

extension Quantizer: Equatable {
  /// The rotation follows from width and dimension.
  package static func == (one: Quantizer, other: Quantizer) -> Bool {
    one.width == other.width && one.mean == other.mean && one.step == other.step
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

  /// The step with the least squared error: rounding inside (a twelfth of the squared distance of neighboring codes),
  /// cutting off outside. Where all components are alike, any: 1.
  func bestStep(_ width: CodeWidth) -> Float {
    guard largest > 0 else { return 1 }
    // Codes reach to their largest and round what lies half a distance beyond.
    let spacing = width == .eight ? 1.0 : 2.0
    let (top, reach) = (Double(width.largest), width == .eight ? 127.0 : 16.0)
    let binWidth = Double(largest) / Double(Self.binCount)
    var best = (step: Double(largest) / top, error: Double.infinity)
    // Sums over the bins beyond the bound, kept up to date as the bound comes down.
    var (beyond, first, second) = (0.0, 0.0, 0.0)
    let total = Double(counts.reduce(0, +))
    for bin in stride(from: Self.binCount, to: 0, by: -1) {
      let step = Double(bin) * binWidth / reach
      let rounding = (total - beyond) * spacing * spacing * step * step / 12
      let last = top * step
      let cutting = second - 2 * last * first + last * last * beyond
      if rounding + cutting < best.error { best = (step, rounding + cutting) }
      let centre = (Double(bin) - 0.5) * binWidth
      let count = Double(counts[bin - 1])
      beyond += count
      first += count * centre
      second += count * centre * centre
    }
    return Float(best.step)
  }
}
