import Basics
package import Values

/// A condition on attributes, such as `price < 30 and category in ('bags', 'home') and not hidden`.
///
/// Three-valued, as SQL is: a comparison with a null or missing attribute is unknown, `not` of it is unknown too, and
/// only what is true passes, hence neither `price < 30` nor `not (price < 30)` passes where there is no price.
/// `is null`, `is true`, `is false` and a bare name are never unknown. A list attribute satisfies a comparison when any
/// element does, and `!=` and `not in` when no element is equal. Values of different types are never equal and have no
/// order, except that text which reads as a number compares with numbers, and the words `true` and `false` with those
/// values. Texts compare by their bytes. A name with dots may lead into objects (`AttributePath`). docs/filters.md has
/// it all.
package struct ParsedFilter: Sendable {
  /// The names of the attributes the filter looks at, in order of appearance, each once.
  package var attributes: [String] { paths.map(\.name) }

  let condition: NegationNormalForm
  let paths: [AttributePath]
  private let nameRanges: [Range<Int>]
  private let program: FilterProgram

  /// Reads a filter. O(length of `text`).
  ///
  /// - Throws: `FilterError` with `.emptyFilter`, `.filterTooLong`, `.filterTooDeep`, `.invalidSyntax` or
  ///   `.invalidComparison`, and the place.
  package static func parse(_ text: String) throws(FilterError) -> ParsedFilter {
    let size = text.utf8.count
    guard size <= Limits.filterBytes else {
      throw FilterError(
        code: .filterTooLong,
        message: "The filter has \(size) bytes; at most \(Limits.filterBytes) are read. Shorten its lists.",
        column: 1)
    }
    var parser = FilterParser(tokens: try FilterLexer.tokens(of: text))
    let expression = try parser.parse()
    return ParsedFilter(expression: expression, names: parser.names, nameRanges: parser.nameRanges)
  }

  private init(expression: FilterExpression, names: [String], nameRanges: [Range<Int>]) {
    self.nameRanges = nameRanges
    paths = names.map { AttributePath($0) }
    condition = NegationNormalForm(expression)
    program = FilterProgram(condition)
  }

  private init(_ filter: ParsedFilter, _ condition: NegationNormalForm) {
    (nameRanges, paths) = (filter.nameRanges, filter.paths)
    self.condition = condition
    program = FilterProgram(condition)
  }

  /// The same filter with the literals beside one name as numbers, such as instants in milliseconds.
  /// - Parameter number: what a literal stands for; nil where it is none.
  /// - Throws: `FilterError` `.invalidComparison` for a literal that is none, and for `like`.
  package func reading(
    _ name: String, as what: String, _ number: (String) -> Int64?
  ) throws(FilterError) -> ParsedFilter {
    guard let attribute = paths.firstIndex(where: { $0.name.isExactly(name) }) else { return self }
    let range = nameRanges[attribute]
    func converted(_ condition: NegationNormalForm) throws(FilterError) -> NegationNormalForm {
      switch condition {
      case .constant: return condition
      case .all(let parts): return .all(try parts.map { (part) throws(FilterError) in try converted(part) })
      case .any(let parts): return .any(try parts.map { (part) throws(FilterError) in try converted(part) })
      case .test(attribute, let test):
        guard let tests = test.withNumbers(number) else {
          throw FilterError(
            code: .invalidComparison, message: "\(name) is compared with \(what).",
            column: range.lowerBound + 1, length: range.count)
        }
        let parts = tests.map { NegationNormalForm.test(attribute: attribute, $0) }
        return parts.count == 1 ? parts[0] : test.isNegated ? .all(parts) : .any(parts)
      case .test: return condition
      }
    }
    return ParsedFilter(self, try converted(condition))
  }

  /// Whether a row passes.
  ///
  /// - Parameter lookup: the value of an attribute by name, `.null` where there is none. Called only for
  ///   attributes that can still change the outcome.
  /// - Complexity: O(conditions).
  package func evaluate(_ lookup: (String) -> AttributeValue) -> Bool {
    program.run { attribute, test in test.passes(paths[attribute].value(lookup)) }
  }

  /// What a name of a filter stands for: an attribute's value, or that of a path into one; `.null` where there is none.
  ///
  /// - Parameter lookup: as in `evaluate`.
  package static func value(named name: String, _ lookup: (String) -> AttributeValue) -> AttributeValue {
    AttributePath(name).value(lookup)
  }

  /// Resolves the names to indices into `columns`, once for many rows. Columns hold no objects: each name is a whole
  /// one.
  ///
  /// - Parameter columns: the names of the columns; of equal names the first counts.
  /// - Throws: `FilterError` `.unknownAttribute`, which names the columns with the nearest names.
  package func bind(columns: [String]) throws(FilterError) -> BoundFilter {
    var indexOfColumn: [ExactString: Int] = [:]
    for (index, column) in columns.enumerated() where indexOfColumn[ExactString(column)] == nil {
      indexOfColumn[ExactString(column)] = index
    }
    var map: [Int] = []
    for (attribute, path) in paths.enumerated() {
      guard let index = indexOfColumn[ExactString(path.name)] else {
        throw unknownAttribute(attribute, columns: columns)
      }
      map.append(index)
    }
    return BoundFilter(program: program.renumbered(by: map))
  }

  private func unknownAttribute(_ attribute: Int, columns: [String]) -> FilterError {
    let name = paths[attribute].name
    let nearest = NearestNames.nearest(to: name, among: columns)
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
      code: .unknownAttribute, message: "There is no attribute \(name). \(hint)",
      column: nameRanges[attribute].lowerBound + 1, length: nameRanges[attribute].count)
  }
}

/// A parsed filter as a tree. Attributes are indices into a list of names kept beside it.
indirect enum FilterExpression: Sendable {
  case constant(Bool)
  case test(attribute: Int, ValueTest)
  case not(FilterExpression)
  case all([FilterExpression])
  case any([FilterExpression])
}
