/// A condition on attributes, such as `price < 30 and category in ('bags', 'home') and not hidden`.
///
/// Two-valued: every condition is true or false. A comparison with a null or missing attribute is false, hence
/// `not (price < 30)` is true where there is no price; `is null` and `is not null` ask for it. `x != 1` and
/// `x not in (1)` are comparisons too and need a value to be there. A list attribute satisfies a comparison
/// when any element does, and `!=` and `not in` when no element is equal. Values of different types are
/// never equal and have no order, except that text which reads as a number compares with numbers, and the
/// words `true` and `false` with those values. Texts compare by their bytes.
package struct Filter: Sendable, CustomStringConvertible {
  /// The longest text `parse` reads, in bytes of UTF-8.
  package static let maximumSize = 65_536
  /// How deep parentheses and `not` may be nested.
  package static let maximumDepth = 64

  /// The names of the attributes the filter looks at.
  package let attributes: Set<String>

  let expression: FilterExpression
  let names: [String]
  let nameRanges: [Range<Int>]
  private let program: FilterProgram

  /// Reads a filter. O(length of `text`).
  ///
  /// - Throws: `FilterError` with `.emptyFilter`, `.filterTooLong`, `.filterTooDeep`, `.invalidSyntax` or
  ///   `.invalidComparison`, and the place.
  package static func parse(_ text: String) throws(FilterError) -> Filter {
    let size = text.utf8.count
    guard size <= maximumSize else {
      throw FilterError(
        code: .filterTooLong,
        message: "The filter has \(size) bytes; at most \(maximumSize) are read. Shorten its lists.",
        column: 1)
    }
    var parser = FilterParser(tokens: try FilterLexer.tokens(of: text))
    let expression = try parser.parse()
    return Filter(expression: expression, names: parser.names, nameRanges: parser.nameRanges)
  }

  private init(expression: FilterExpression, names: [String], nameRanges: [Range<Int>]) {
    self.expression = expression
    self.names = names
    self.nameRanges = nameRanges
    attributes = Set(names)
    program = FilterProgram(expression)
  }

  /// The filter as text; parses to a filter of the same meaning.
  package var description: String { expression.written(names: names) }

  /// Whether a row passes.
  ///
  /// - Parameter lookup: the value of an attribute by name, `.null` where there is none. Called only for
  ///   attributes that can still change the outcome.
  /// - Complexity: O(conditions).
  package func evaluate(_ lookup: (String) -> AttributeValue) -> Bool {
    program.run { attribute, test in test.passes(lookup(names[attribute])) }
  }

  /// Resolves the names to indices into `columns`, once for many rows.
  ///
  /// - Parameters:
  ///   - columns: the names of the columns; of equal names the first counts.
  ///   - missingColumnsAreNull: takes an attribute without a column for null instead of throwing.
  /// - Throws: `FilterError` `.unknownAttribute`, which names the columns with the nearest names.
  package func bind(columns: [String], missingColumnsAreNull: Bool = false) throws(FilterError) -> BoundFilter
  {
    var indexOfColumn: [ExactString: Int] = [:]
    for (index, column) in columns.enumerated() where indexOfColumn[ExactString(column)] == nil {
      indexOfColumn[ExactString(column)] = index
    }
    var map: [Int] = []
    for (attribute, name) in names.enumerated() {
      if let index = indexOfColumn[ExactString(name)] {
        map.append(index)
      } else if missingColumnsAreNull {
        map.append(BoundFilter.absentColumn)
      } else {
        throw unknownAttribute(attribute, columns: columns)
      }
    }
    return BoundFilter(program: program.renumbered(by: map))
  }

  private func unknownAttribute(_ attribute: Int, columns: [String]) -> FilterError {
    let nearest = NearestNames.nearest(to: names[attribute], among: columns)
    let hint: String
    if columns.isEmpty {
      hint = "There are no columns."
    } else if nearest.isEmpty {
      let shown = columns.prefix(8).joined(separator: ", ")
      hint = "There are: \(shown)\(columns.count > 8 ? ", …" : "")."
    } else {
      hint = "Did you mean \(nearest.joined(separator: " or "))?"
    }
    return FilterError(
      code: .unknownAttribute, message: "There is no attribute \(names[attribute]). \(hint)",
      column: nameRanges[attribute].lowerBound + 1, length: nameRanges[attribute].count)
  }
}
