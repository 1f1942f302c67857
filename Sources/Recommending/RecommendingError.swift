/// What went wrong in training, recommending or evaluating.
package struct RecommendingError: Error, CustomStringConvertible {
  /// For programs; the facade uses the same words.
  package enum Code: String, CaseIterable, Sendable {
    case badInput, cannotCreate, corrupted, foreign, invalidArgument, ioError, notEnoughData, recordNotFound,
      unsupported
  }

  package let code: Code
  package let message: String

  package var description: String { message }
}
