/// Where the values of a name are.
enum NameSource {
  case texts(any TextSource)
  /// The columns that may have a value, with the path into it; the first one that has one counts.
  case columns([(source: any ColumnSource, path: Substring?)])

  init(
    _ path: AttributePath, texts: (RecordText) throws -> (any TextSource)?,
    column: (String) throws -> (any ColumnSource)?
  ) throws {
    if let text = RecordText(rawValue: path.name), let source = try texts(text) {
      self = .texts(source)
      return
    }
    var columns: [(any ColumnSource, Substring?)] = []
    if let source = try column(path.name) { columns.append((source, nil)) }
    for (attribute, rest) in path.ways {
      // The id or the text of a record is no object.
      if let text = RecordText(rawValue: attribute), try texts(text) != nil { continue }
      if let source = try column(attribute) { columns.append((source, rest)) }
    }
    self = .columns(columns)
  }

  func evaluate(_ test: ValueTest, ordinalCount: Int) throws -> Bitmap {
    switch self {
    case .texts(let source):
      return try TextScan.evaluate(test, over: source, ordinalCount: ordinalCount)
    case .columns(let columns):
      func scan(_ test: ValueTest, _ column: (source: any ColumnSource, path: Substring?)) throws -> Bitmap {
        try ColumnScan.evaluate(test, over: column.source, at: column.path, ordinalCount: ordinalCount)
      }
      guard let last = columns.last else {
        return Bitmap(count: ordinalCount, filledWith: test.passesNull)
      }
      var result = try scan(test, last)
      for column in columns.dropLast().reversed() {
        let hasValue = try scan(ValueTest(.null, isNegated: true), column)
        result.subtract(hasValue)
        result.formUnion(try scan(test, column) & hasValue)
      }
      return result
    }
  }
}
