import Basics

private import CKernels

/// The shape of the stored rows of one space: components, their encoding, and the stride.
///
/// A row starts on a multiple of 64 bytes (if row 0 does) and is padded with zero bytes up to the next one.
@usableFromInline package struct RowLayout: Sendable, Hashable {
  /// Rows are a whole number of lines of this many bytes.
  package static let alignmentBytes = 64

  /// The number of components of a vector.
  @usableFromInline package let dimension: Int

  @usableFromInline package let encoding: RowEncoding

  /// The distance from one row to the next in bytes, a multiple of `alignmentBytes`.
  @usableFromInline package let strideBytes: Int

  /// Describes rows of `dimension` components.
  /// - Throws: `VectorError` `.dimensionOutOfRange` unless `dimension` is in 1...`Limits.dimension`.
  package init(dimension: Int, encoding: RowEncoding) throws(VectorError) {
    guard (1...Limits.dimension).contains(dimension) else {
      throw VectorError(
        .dimensionOutOfRange,
        "the dimension is \(dimension); use 1 to \(Limits.dimension)")
    }
    self.dimension = dimension
    self.encoding = encoding
    let line = RowLayout.alignmentBytes
    self.strideBytes = (dimension * encoding.bytesPerComponent + line - 1) / line * line
  }

  /// The bytes of a row that hold components; the rest of the stride is padding.
  @inlinable package var componentBytes: Int { dimension * encoding.bytesPerComponent }

  /// Writes `dimension` floats as one row of `strideBytes` bytes, the padding zero.
  ///
  /// The same vector always gives the same bytes on every processor. Components beyond the range of the
  /// encoding become infinite: `validate` refuses them first. `row` needs the alignment of a component.
  package func encode(_ vector: UnsafePointer<Float>, into row: UnsafeMutableRawPointer) {
    switch encoding {
    case .float32:
      row.copyMemory(from: vector, byteCount: componentBytes)
    case .float16:
      Kernels.best.table.pointee.f32_to_f16(vector, row.assumingMemoryBound(to: UInt16.self), dimension)
    }
    (row + componentBytes).initializeMemory(
      as: UInt8.self, repeating: 0, count: strideBytes - componentBytes)
  }

  /// Reads one row into `dimension` floats. Exact.
  package func decode(_ row: UnsafeRawPointer, into vector: UnsafeMutablePointer<Float>) {
    switch encoding {
    case .float32:
      UnsafeMutableRawPointer(vector).copyMemory(from: row, byteCount: componentBytes)
    case .float16:
      Kernels.best.table.pointee.f16_to_f32(row.assumingMemoryBound(to: UInt16.self), vector, dimension)
    }
  }

  /// Reads one row as an array of `dimension` floats. Exact.
  package func decoded(_ row: UnsafeRawPointer) -> [Float] {
    [Float](unsafeUninitializedCapacity: dimension) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      decode(row, into: base)
      count = dimension
    }
  }
}
