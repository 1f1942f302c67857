/// The numbers that shape the vectors of a `HashedTextEncoder`.
package struct HashedTextSettings: Hashable, Sendable {
  /// How many components a vector has, 16 to 65,536.
  package var dimension = 384
  /// The weight of a word.
  package var wordWeight: Float = 0.2
  /// The weight of a pair of neighboring words.
  package var pairWeight: Float = 0.2
  /// The weight of all character n-grams of a word together.
  package var gramWeight: Float = 1
  /// The weight of all single-letter deletions of a word together.
  package var deletionWeight: Float = 0.6
  /// The share of its weight that a feature keeps which none of the learned texts had.
  package var unseenShare: Float = 0.2
  /// How many components a feature is spread over, 1 to 8.
  package var spread = 4

  /// The defaults were chosen on a catalogue of 3,922 product titles with misspelt queries.
  package init() {}

  /// Checks every number against its range.
  /// - Throws: `ModelError` `.invalidSetting`.
  func validate() throws(ModelError) {
    try check(dimension >= 16 && dimension <= 65_536, "dimension", dimension, "16 to 65536")
    try check(spread >= 1 && spread <= 8, "spread", spread, "1 to 8")
    for (name, weight) in [
      ("wordWeight", wordWeight), ("pairWeight", pairWeight), ("gramWeight", gramWeight),
      ("deletionWeight", deletionWeight),
      ("unseenShare", unseenShare),
    ] {
      try check(weight >= 0 && weight <= 1000, name, weight, "0 to 1000")
    }
    try check(
      wordWeight + pairWeight + gramWeight + deletionWeight > 0, "sum of the weights", 0, "more than 0")
  }

  private func check(
    _ isValid: Bool, _ name: String, _ value: some Sendable, _ range: String
  ) throws(ModelError) {
    guard !isValid else { return }
    throw ModelError(
      code: .invalidSetting, message: "The \(name) of the text encoder is \(value); it has to be \(range).")
  }
}
