package import Values

/// A filter whose attributes are column numbers.
package struct BoundFilter: Sendable {
  /// Stands for an attribute that has no column.
  static let absentColumn = -1

  private let program: FilterProgram

  init(program: FilterProgram) {
    self.program = program
  }

  /// The columns the filter looks at, ascending, each once.
  package var columns: [Int] {
    Set(program.steps.map(\.attribute)).subtracting([Self.absentColumn]).sorted()
  }

  /// Whether a row passes.
  ///
  /// - Parameter cell: the value in a column; called only for columns that can still change the outcome.
  package func evaluate(cell: (Int) -> AttributeValue) -> Bool {
    program.run { column, test in
      column == Self.absentColumn ? test.passesNull : test.passes(cell(column))
    }
  }

  /// Whether a row of text cells passes; the same as `evaluate(cell:)` with every cell a `string`, but without
  /// making one.
  ///
  /// - Parameter textCell: the UTF-8 bytes of a column, which stay valid during the call; `nil` for null. An
  ///   empty buffer is the empty text, not null.
  package func evaluate(textCell: (Int) -> UnsafeRawBufferPointer?) -> Bool {
    program.run { column, test in
      column == Self.absentColumn ? test.passesNull : test.passes(textCell(column))
    }
  }
}
