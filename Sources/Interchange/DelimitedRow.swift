/// One row of a delimited table, its fields lying in the reader's memory.
///
/// Everything in it is valid until the reader's next step.
package struct DelimitedRow {
  @usableFromInline let fields: UnsafePointer<UnsafeRawBufferPointer>
  /// How many fields there are: as many as the header has columns.
  package let count: Int
  /// The line of the file on which the row begins, from 1.
  package let lineNumber: Int
  /// The row as it stands in the file, without its line end.
  package let raw: UnsafeRawBufferPointer

  /// The UTF-8 bytes of the field at `index`, without quotes; may be empty.
  @inlinable
  package subscript(index: Int) -> UnsafeRawBufferPointer {
    precondition(index >= 0 && index < count, "no such field")
    return fields[index]
  }
}
