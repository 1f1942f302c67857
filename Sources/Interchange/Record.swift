import Basics

/// One row of a `RecordReader`; valid until the reader's next step.
package struct Record {
  enum Content {
    case delimited(DelimitedRow, names: [String])
    case object(JSONObject, ColumnHints)
  }

  /// The line of the file on which the row begins, from 1.
  package let lineNumber: Int
  /// The row as it stands in the file, without its line end.
  package let raw: UnsafeRawBufferPointer
  let content: Content

  /// The field in `column`, which the same reader gave out.
  package func cell(_ column: RecordColumn) -> Cell {
    switch content {
    case .delimited(let row, _):
      return .text(row[column.index])
    case .object(let object, let hints):
      let hint = hints.places[column.index]
      if hint < object.members.count, object.members[hint].key.isExactly(column.name) {
        return .json(object.members[hint].value)
      }
      guard let place = object.index(of: column.name) else { return .missing }
      hints.places[column.index] = place
      return .json(object.members[place].value)
    }
  }

  /// How many fields this row has.
  package var fieldCount: Int {
    switch content {
    case .delimited(let row, _): row.count
    case .object(let object, _): object.count
    }
  }

  /// The name of the field at `index`, counted in the order of the row.
  package func name(at index: Int) -> String {
    switch content {
    case .delimited(_, let names): names[index]
    case .object(let object, _): object.members[index].key
    }
  }

  /// The field at `index`, counted in the order of the row.
  package func cell(at index: Int) -> Cell {
    switch content {
    case .delimited(let row, _): .text(row[index])
    case .object(let object, _): .json(object.members[index].value)
    }
  }
}
