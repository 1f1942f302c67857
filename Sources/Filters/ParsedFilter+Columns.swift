extension ParsedFilter {
  /// The ordinals that pass, from whole columns: test by test, combined as bitmaps.
  ///
  /// - Parameters:
  ///   - ordinalCount: the result is over the ordinals `0..<ordinalCount`; rows beyond are not looked at.
  ///   - texts: what the names `id` and `text` stand for; `nil` where they are attributes like others.
  ///   - column: the column of an attribute, or `nil` when no record has the attribute, which makes it null
  ///     everywhere. Called once per attribute that is needed.
  /// - Throws: `ColumnError` for a tag of no meaning, and whatever `texts`, `column` and the sources throw.
  /// - Complexity: O(conditions · ordinalCount), one decoding per distinct dictionary code and condition. What
  ///   follows an `and` that nothing passed, or an `or` that everything passed, is not read.
  package func evaluate(
    ordinalCount: Int, texts: (RecordText) throws -> (any TextSource)? = { _ in nil },
    column: (String) throws -> (any ColumnSource)?
  ) throws -> Bitmap {
    var known: [Int: NameSource] = [:]
    return try evaluate(condition, ordinalCount) { attribute in
      if let source = known[attribute] { return source }
      let source = try NameSource(paths[attribute], texts: texts, column: column)
      known[attribute] = source
      return source
    }
  }

  private func evaluate(
    _ condition: NegationNormalForm, _ ordinalCount: Int, _ source: (Int) throws -> NameSource
  ) throws -> Bitmap {
    switch condition {
    case .constant(let value): return Bitmap(count: ordinalCount, filledWith: value)
    case .test(let attribute, let test):
      return try source(attribute).evaluate(test, ordinalCount: ordinalCount)
    case .all(let parts):
      var result = Bitmap(count: ordinalCount, filledWith: true)
      for part in parts where !result.isEmpty {
        result.formIntersection(try evaluate(part, ordinalCount, source))
      }
      return result
    case .any(let parts):
      var result = Bitmap(count: ordinalCount)
      for part in parts where !result.isFull {
        result.formUnion(try evaluate(part, ordinalCount, source))
      }
      return result
    }
  }

  /// Whether a name stands for a value of at least one record, as the id does in any case; parameters as of `evaluate`.
  /// - Complexity: O(ordinalCount).
  package static func hasValues(
    named name: String, ordinalCount: Int, texts: (RecordText) throws -> (any TextSource)? = { _ in nil },
    column: (String) throws -> (any ColumnSource)?
  ) throws -> Bool {
    let source = try NameSource(AttributePath(name), texts: texts, column: column)
    guard case .columns = source else { return true }
    return try !source.evaluate(ValueTest(.null, isNegated: true), ordinalCount: ordinalCount).isEmpty
  }
}

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

extension Bitmap {
  /// Whether the set holds every ordinal below `count`.
  fileprivate var isFull: Bool {
    words.dropLast().allSatisfy { $0 == .max } && populationCount == count
  }
}
