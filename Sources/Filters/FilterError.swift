import Basics

/// Why a filter could not be read or bound.
package struct FilterError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure, for programs.
  package enum Code: String, Sendable {
    /// The text holds no condition.
    case emptyFilter
    /// The text is longer than `Limits.filterBytes`.
    case filterTooLong
    /// Parentheses and `not` are nested deeper than `Limits.depth`.
    case filterTooDeep
    /// The text does not follow the grammar.
    case invalidSyntax
    /// The words follow the grammar, but the comparison has no meaning.
    case invalidComparison
    /// A name is not among the columns given to `ParsedFilter.bind`.
    case unknownAttribute
  }

  /// The kind of failure.
  package var code: Code
  /// What happened, with the words concerned, and what to write instead.
  package var message: String
  /// Where it happened: the position of the first Unicode scalar concerned, counted from 1.
  package var column: Int
  /// How many Unicode scalars are concerned, at least 1.
  package var length: Int

  /// Makes an error about `length` scalars from `column` on.
  package init(code: Code, message: String, column: Int, length: Int = 1) {
    self.code = code
    self.message = message
    self.column = column
    self.length = max(1, length)
  }

  /// The message with its position.
  package var description: String { "\(message) (at column \(column) of the filter)" }

  /// Two lines for a terminal: the part of `text` around the error, and carets under the words concerned.
  ///
  /// - Parameters:
  ///   - text: the text that was parsed.
  ///   - width: the longest excerpt, in scalars; at least 16.
  package func excerpt(of text: String, width: Int = 100) -> String {
    let scalars = Array(text.unicodeScalars)
    let position = min(max(column - 1, 0), scalars.count)
    let width = max(width, 16)
    let first = max(0, min(position - width / 2, scalars.count - width))
    let end = min(scalars.count, first + width)
    var line = ""
    for scalar in scalars[first..<end] {
      // A line break or a tab would move the caret line away from what it points to.
      line.unicodeScalars.append(scalar.value < 32 || scalar.value == 127 ? " " : scalar)
    }
    let caretCount = max(1, min(length, end - position))
    return line + "\n" + String(repeating: " ", count: position - first)
      + String(repeating: "^", count: caretCount)
  }
}
