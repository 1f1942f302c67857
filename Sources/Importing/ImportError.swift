/// What is wrong with a file that is imported, or with the options for it.
package struct ImportError: Error, CustomStringConvertible {
  /// For programs; the facade uses the same words.
  package enum Code: String, CaseIterable, Sendable {
    case badFilter, badInput, dimensionMismatch, invalidArgument
  }

  package let code: Code
  package let message: String

  package let cause: (any Error)?

  init(code: Code, message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  package var description: String { message }
}
