package import Values

/// The values of one attribute for all ordinals, in blocks.
package protocol ColumnSource {
  /// Hands out the blocks in any order; ordinals in no block have no value.
  ///
  /// - Parameter body: receives the first ordinal of a block, one tag (`ColumnTag`) per row, and as many
  ///   payloads of 8 bytes, which need not be aligned. Both are valid during the call only.
  func forEachBlock(
    _ body: (
      _ firstOrdinal: UInt32, _ tags: UnsafeBufferPointer<UInt8>, _ payloads: UnsafePointer<UInt64>
    ) throws -> Void
  ) throws

  /// The value behind a dictionary code; `tag` is `ColumnTag.string` or `ColumnTag.list`.
  func decode(code: UInt64, tag: UInt8) throws -> AttributeValue

  /// The value of a row whose tag is `ColumnTag.inRecord`.
  func value(ordinal: UInt32) throws -> AttributeValue
}

extension ColumnSource {
  /// Hands out the cells that are not null, of ordinals below `count`.
  @inlinable
  package func forEachCell(
    below count: Int = .max, _ body: (_ ordinal: UInt32, _ tag: UInt8, _ payload: UInt64) throws -> Void
  ) throws {
    try forEachBlock { first, tags, payloads in
      let payloads = UnsafeRawPointer(payloads)
      for row in 0..<min(tags.count, max(0, count &- Int(first))) where tags[row] != ColumnTag.null {
        try body(
          first &+ UInt32(truncatingIfNeeded: row), tags[row],
          payloads.loadUnaligned(fromByteOffset: row &* 8, as: UInt64.self))
      }
    }
  }
}

/// What the tag of a row says about its payload.
package enum ColumnTag {
  /// No value.
  package static let null: UInt8 = 0
  /// The bits of a `Double`.
  package static let number: UInt8 = 1
  /// 0 for false, anything else for true.
  package static let bool: UInt8 = 2
  /// The dictionary code of a text.
  package static let string: UInt8 = 3
  /// The dictionary code of a list or an object.
  package static let list: UInt8 = 4
  /// Nothing: the value is too long for the column and is asked for by ordinal. Never null.
  package static let inRecord: UInt8 = 5
  /// The bits of an `Int64`.
  package static let integer: UInt8 = 6
}
