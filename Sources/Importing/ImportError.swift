/// What is wrong with a file that is imported, or with the options for it.
package struct ImportError: Error, CustomStringConvertible {
  /// For programs; the facade uses the same words.
  package enum Code: String, CaseIterable, Sendable {
    case badFilter, badInput, dimensionMismatch, invalidArgument, memoryLimit
  }

  package let code: Code
  package let message: String

  package var cause: (any Error)?

  package var description: String { message }
}
