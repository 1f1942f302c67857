/// A row that was read but cannot be used; the reader has already gone on to the next one.
package struct BadRow: CustomStringConvertible {
  /// Why a row is bad, for counting and for programs.
  package enum Reason: String, Sendable {
    /// Bytes that are not UTF-8.
    case invalidUTF8
    /// More or fewer fields than the header names.
    case wrongFieldCount
    /// A quoted field without its closing quote.
    case unterminatedQuote
    /// Something other than a delimiter or line end behind a closing quote.
    case textAfterQuote
    /// Longer than the reader's cap.
    case lineTooLong
    /// JSON that breaks the grammar.
    case invalidJSON
    /// JSON that ends in the middle of a value.
    case truncatedJSON
    /// JSON that is not an object where one is asked for.
    case notAnObject
    /// The same key twice in one object.
    case duplicateKey
    /// Arrays and objects nested too deeply.
    case tooDeep
    /// More values in one document than the cap.
    case tooManyValues
    /// A number outside the range of `Double`, or not a JSON number (`NaN`, `01`, `+1`).
    case badNumber
    /// Half of a UTF-16 pair in a `\u` escape.
    case loneSurrogate
    /// A vector record without an id.
    case missingID
    /// A vector record without a vector, or with something else in its place.
    case badVector
    /// Attributes of a vector that are no object.
    case badAttributes
    /// A vector of another length than the ones before it.
    case wrongDimension
  }

  /// For programs.
  package let reason: Reason
  /// For people, with the values; without line number.
  package let message: String
  /// The line of the file on which the row begins, from 1.
  package let lineNumber: Int
  /// The byte within the row where the trouble is, from 1, where that is known.
  package let column: Int?
  /// The row as it stands in the file, without its line end (of an overlong row only the beginning).
  /// Valid until the reader's next step.
  package let raw: UnsafeRawBufferPointer

  /// The place and the message in one sentence.
  package var description: String {
    column.map { "line \(lineNumber), column \($0): \(message)" } ?? "line \(lineNumber): \(message)"
  }
}
