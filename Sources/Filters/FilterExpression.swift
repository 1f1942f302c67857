/// A parsed filter as a tree. Attributes are indices into a list of names kept beside it.
indirect enum FilterExpression: Sendable {
  case constant(Bool)
  case test(attribute: Int, ValueTest)
  case not(FilterExpression)
  case all([FilterExpression])
  case any([FilterExpression])
}
