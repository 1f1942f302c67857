/// A condition as it is evaluated: without `not`, which has moved to the tests by De Morgan's laws.
///
/// Filters are three-valued: a test of a null is unknown, and so is its `not`. A record passes where the whole is true,
/// and without `not` in between that is so exactly where the two-valued whole of "this test is true" is: unknown and
/// false need not be distinguished, and a bit for each record is enough.
indirect enum NegationNormalForm: Sendable {
  case constant(Bool)
  case test(attribute: Int, ValueTest)
  case all([NegationNormalForm])
  case any([NegationNormalForm])

  init(_ expression: FilterExpression, isNegated: Bool = false) {
    switch expression {
    case .constant(let value): self = .constant(value != isNegated)
    case .test(let attribute, let test): self = .test(attribute: attribute, isNegated ? test.negated : test)
    case .not(let inner): self.init(inner, isNegated: !isNegated)
    case .all(let parts):
      let parts = parts.map { NegationNormalForm($0, isNegated: isNegated) }
      self = isNegated ? .any(parts) : .all(parts)
    case .any(let parts):
      let parts = parts.map { NegationNormalForm($0, isNegated: isNegated) }
      self = isNegated ? .all(parts) : .any(parts)
    }
  }
}
