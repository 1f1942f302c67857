/// A row that was read but cannot be used; the reader has already gone on to the next one.
package struct BadRow: CustomStringConvertible {
  /// Why a row is bad, for counting and for programs.
  package struct Reason: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    /// A reason by its name.
    package init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// Bytes that are not UTF-8.
    package static let invalidUTF8 = Reason(rawValue: "invalidUTF8")
    /// More or fewer fields than the header names.
    package static let wrongFieldCount = Reason(rawValue: "wrongFieldCount")
    /// A quoted field without its closing quote.
    package static let unterminatedQuote = Reason(rawValue: "unterminatedQuote")
    /// Something other than a delimiter or line end behind a closing quote.
    package static let textAfterQuote = Reason(rawValue: "textAfterQuote")
    /// Longer than the reader's cap.
    package static let lineTooLong = Reason(rawValue: "lineTooLong")
    /// JSON that breaks the grammar.
    package static let invalidJSON = Reason(rawValue: "invalidJSON")
    /// JSON that ends in the middle of a value.
    package static let truncatedJSON = Reason(rawValue: "truncatedJSON")
    /// JSON that is not an object where one is asked for.
    package static let notAnObject = Reason(rawValue: "notAnObject")
    /// The same key twice in one object.
    package static let duplicateKey = Reason(rawValue: "duplicateKey")
    /// Arrays and objects nested too deeply.
    package static let tooDeep = Reason(rawValue: "tooDeep")
    /// More values in one document than the cap.
    package static let tooManyValues = Reason(rawValue: "tooManyValues")
    /// A number outside the range of `Double`, or not a JSON number (`NaN`, `01`, `+1`).
    package static let badNumber = Reason(rawValue: "badNumber")
    /// Half of a UTF-16 pair in a `\u` escape.
    package static let loneSurrogate = Reason(rawValue: "loneSurrogate")
    /// A vector record without an id.
    package static let missingID = Reason(rawValue: "missingID")
    /// A vector record without a vector, or with something else in its place.
    package static let badVector = Reason(rawValue: "badVector")
    /// Attributes of a vector that are no object.
    package static let badAttributes = Reason(rawValue: "badAttributes")
    /// A vector of another length than the ones before it.
    package static let wrongDimension = Reason(rawValue: "wrongDimension")
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
