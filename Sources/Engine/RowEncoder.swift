package import Records
package import VectorMath

/// Turns a caller's vectors into stored rows, one at a time.
package final class RowEncoder {
  package let record: SpaceRecord
  package let layout: RowLayout
  private let row: UnsafeMutableRawBufferPointer
  private let scratch: UnsafeMutablePointer<Float>

  package init(_ record: SpaceRecord) throws {
    self.record = record
    do { layout = try RowLayout(dimension: record.dimension, encoding: record.encoding.rows) } catch {
      throw EngineError(.corrupted, error.message, cause: error)
    }
    row = .allocate(byteCount: layout.strideBytes, alignment: RowLayout.alignmentBytes)
    scratch = .allocate(capacity: layout.paddedDimension)
  }

  deinit {
    row.deallocate()
    scratch.deallocate()
  }

  /// The row of `vector`; valid until the next call.
  /// - Throws: `VectorError`, which says what is wrong with it.
  package func encode(_ vector: UnsafeBufferPointer<Float>) throws(VectorError) -> UnsafeRawBufferPointer {
    if let target = row.baseAddress { try encode(vector, into: target) }
    return UnsafeRawBufferPointer(row)
  }

  /// Encodes `vector` into memory of the caller's, `layout.strideBytes` long.
  package func encode(_ vector: UnsafeBufferPointer<Float>, into target: UnsafeMutableRawPointer)
    throws(VectorError)
  {
    try Writer.encode(vector, for: record, layout: layout, scratch: scratch, into: target)
  }
}
