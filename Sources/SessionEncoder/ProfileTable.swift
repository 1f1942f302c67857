import Tensors
package import Transformer

/// What users said of themselves, as the first token of their sequences: a learned vector for each attribute, and their
/// sum, divided by the square root of how many there are, for a user.
///
/// In sequences to learn from, the profile of user number u is the token `itemCount + u`.
package struct ProfileTable: Sendable {
  /// Of each user.
  private let features: ItemFeatures
  private let itemCount: Int
  private let width: Int
  /// The learned rows [features, width].
  package let rows: ParameterRange

  init(_ configuration: SessionConfiguration, _ features: ItemFeatures, in layout: inout ParameterLayout) {
    self.features = features
    itemCount = configuration.itemCount
    width = configuration.dimension
    rows = layout.add(
      "profiles.weight", [features.featureCount, width],
      .normal(deviation: 0.25 / Double(width).squareRoot()))
  }

  func contains(_ token: UInt32) -> Bool { token >= itemCount }

  private func forEachRow(of token: UInt32, _ body: (ParameterRange, Double) -> Void) {
    let user = Int(token) - itemCount
    let weight = features.weight(of: user)
    for feature in features.features(of: user) { body(rows.row(Int(feature), width: width), weight) }
  }

  /// Adds the vector of a profile, times a factor.
  func add<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ token: UInt32, times factor: Double,
    to target: UnsafeMutablePointer<R>
  ) {
    forEachRow(of: token) { row, weight in R.add(parameters + row.offset, width, R(weight * factor), target) }
  }

  /// Adds the rows' gradients for that of the vector.
  func backward<R: TensorScalar>(
    gradients: UnsafeMutablePointer<R>, _ token: UInt32, times factor: Double, _ slope: UnsafePointer<R>
  ) {
    forEachRow(of: token) { row, weight in R.add(slope, width, R(weight * factor), gradients + row.offset) }
  }
}
