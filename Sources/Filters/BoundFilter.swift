/// A filter whose attributes are column numbers.
package struct BoundFilter: Sendable {
  let program: FilterProgram

  /// Whether a row of text cells passes; as if every cell was a `string`, but without making one.
  ///
  /// - Parameter textCell: the UTF-8 bytes of a column, which stay valid during the call; `nil` for null. An
  ///   empty buffer is the empty text, not null.
  package func evaluate(textCell: (Int) -> UnsafeRawBufferPointer?) -> Bool {
    program.run { column, test in test.passes(textCell(column)) }
  }
}
