extension Filter {
  /// The ordinals that pass, from whole columns: condition by condition, combined as bitmaps.
  ///
  /// - Parameters:
  ///   - ordinalCount: the result is over the ordinals `0..<ordinalCount`; rows beyond are not looked at.
  ///   - column: the column of an attribute, or `nil` when no record has the attribute, which makes it null
  ///     everywhere. Called once per attribute that is needed.
  /// - Throws: `ColumnError` for a tag of no meaning, and whatever `column` and the sources throw.
  /// - Complexity: O(conditions · ordinalCount), one decoding per distinct dictionary code and condition. What
  ///   follows an `and` that nothing passed, or an `or` that everything passed, is not read.
  package func evaluate(
    ordinalCount: Int, column: (String) throws -> (any ColumnSource)?
  ) throws -> Bitmap {
    var sources: [Int: (any ColumnSource)?] = [:]
    return try evaluate(expression, ordinalCount) { attribute in
      if let known = sources[attribute] { return known }
      let source = try column(names[attribute])
      sources[attribute] = .some(source)
      return source
    }
  }

  private func evaluate(
    _ expression: FilterExpression, _ ordinalCount: Int, _ column: (Int) throws -> (any ColumnSource)?
  ) throws -> Bitmap {
    switch expression {
    case .constant(let value): return Bitmap(count: ordinalCount, filledWith: value)
    case .test(let attribute, let test):
      guard let source = try column(attribute) else {
        return Bitmap(count: ordinalCount, filledWith: test.passesNull)
      }
      return try ColumnScan.evaluate(test, over: source, ordinalCount: ordinalCount)
    case .not(let inner):
      var result = try evaluate(inner, ordinalCount, column)
      result.invert()
      return result
    case .all(let parts):
      var result = Bitmap(count: ordinalCount, filledWith: true)
      for part in parts where !result.isEmpty {
        result.formIntersection(try evaluate(part, ordinalCount, column))
      }
      return result
    case .any(let parts):
      var result = Bitmap(count: ordinalCount)
      for part in parts where !result.isFull {
        result.formUnion(try evaluate(part, ordinalCount, column))
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
