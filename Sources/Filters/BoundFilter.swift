/// A filter whose attributes are column numbers.
package struct BoundFilter: Sendable {
  /// Stands for an attribute that has no column.
  static let absentColumn = -1

  let program: FilterProgram

  init(program: FilterProgram) {
    self.program = program
  }

  /// Whether a row of text cells passes; as if every cell was a `string`, but without making one.
  ///
  /// - Parameter textCell: the UTF-8 bytes of a column, which stay valid during the call; `nil` for null. An
  ///   empty buffer is the empty text, not null.
  package func evaluate(textCell: (Int) -> UnsafeRawBufferPointer?) -> Bool {
    program.run { column, test in
      column == Self.absentColumn ? test.passesNull : test.passes(textCell(column))
    }
  }
}
