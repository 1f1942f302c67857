/// A filter compiled to a list of tests with jumps, for evaluation row by row.
///
/// `and` and `or` cost nothing but the choice of the next test: each test names the step to go on with when it
/// passes and when it does not, so a row is decided without a stack and without recursion.
struct FilterProgram: Sendable {
  struct Step: Sendable {
    /// Which attribute or column the test looks at.
    var attribute: Int
    var test: ValueTest
    /// The step to go on with, or `accepted` or `rejected`.
    var onPass: Int
    var onFail: Int
  }

  static let accepted = -1
  static let rejected = -2

  private(set) var steps: [Step] = []
  private var entry = FilterProgram.accepted

  init(_ condition: NegationNormalForm) {
    entry = compile(condition, onPass: Self.accepted, onFail: Self.rejected)
  }

  /// Appends the steps of `condition`, last test first, and returns where it begins.
  private mutating func compile(_ condition: NegationNormalForm, onPass: Int, onFail: Int) -> Int {
    switch condition {
    case .constant(let value): return value ? onPass : onFail
    case .test(let attribute, let test):
      steps.append(Step(attribute: attribute, test: test, onPass: onPass, onFail: onFail))
      return steps.count - 1
    case .all(let parts):
      return parts.reversed().reduce(onPass) { compile($1, onPass: $0, onFail: onFail) }
    case .any(let parts):
      return parts.reversed().reduce(onFail) { compile($1, onPass: onPass, onFail: $0) }
    }
  }

  /// The same program with every attribute replaced by `map[attribute]`.
  func renumbered(by map: [Int]) -> FilterProgram {
    var program = self
    for index in program.steps.indices {
      program.steps[index].attribute = map[program.steps[index].attribute]
    }
    return program
  }

  /// Runs the tests that decide a row. At most one visit per step.
  @inline(__always)
  func run(_ passes: (_ attribute: Int, _ test: ValueTest) -> Bool) -> Bool {
    var place = entry
    while place >= 0 {
      let step = steps[place]
      place = passes(step.attribute, step.test) ? step.onPass : step.onFail
    }
    return place == Self.accepted
  }
}

/// A filter whose attributes are column numbers.
package struct BoundFilter: Sendable {
  let program: FilterProgram

  /// Whether a row of text cells passes; as if every cell was a `string`, but without making one.
  ///
  /// - Parameter textCell: the UTF-8 bytes of a column, which stay valid during the call; `nil` for null. An
  ///   empty buffer is the empty text, not null.
  package func evaluate(textCell: (Int) -> UnsafeRawBufferPointer?) -> Bool {
    program.run { column, test in test.passes(textCell(column)) }
  }
}
