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

extension Bitmap {
  /// Whether the set holds every ordinal below `count`.
  fileprivate var isFull: Bool {
    words.dropLast().allSatisfy { $0 == .max } && populationCount == count
  }
}
