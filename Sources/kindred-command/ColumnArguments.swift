import ArgumentParser
import Basics

/// Reads arguments that name columns: `name,name` and `name=value,name=value`. A name or value in double quotes is
/// taken as it is, with blanks, commas and equals signs; a double quote in it is written twice.
struct ColumnArguments {
  /// One name and what stands behind its equals sign.
  struct Pair {
    var name: String
    var value: String
    var isValueQuoted: Bool
  }

  private let wrong: ValidationError
  private var rest: Substring

  private init(_ argument: String, wrong: ValidationError) {
    rest = argument[...]
    self.wrong = wrong
  }

  /// The pairs of all arguments, in order.
  /// - Parameter shape: what the option takes, in words.
  static func pairs(_ arguments: [String], _ option: String, takes shape: String) throws -> [Pair] {
    try arguments.flatMap { argument in
      var scan = ColumnArguments(
        argument,
        wrong: ValidationError("\(option) takes \(shape); '\(argument)' has something else."))
      var pairs: [Pair] = []
      repeat {
        let name = try scan.take(upTo: "=")
        guard scan.rest.popFirst() == "=" else { throw scan.wrong }
        let value = try scan.take(upTo: nil)
        pairs.append(Pair(name: name.text, value: value.text, isValueQuoted: value.isQuoted))
      } while try scan.takeComma()
      return pairs
    }
  }

  /// The names of all arguments, in order.
  static func names(_ arguments: [String], _ option: String) throws -> [String] {
    try arguments.flatMap { argument in
      var scan = ColumnArguments(
        argument,
        wrong: ValidationError(
          "\(option) takes names separated by commas, one with commas in double quotes; "
            + "'\(argument)' has something else."))
      var names: [String] = []
      repeat { names.append(try scan.take(upTo: nil).text) } while try scan.takeComma()
      return names
    }
  }

  /// Takes a comma, behind which one more must follow; false at the end.
  private mutating func takeComma() throws -> Bool {
    guard let comma = rest.popFirst() else { return false }
    guard comma == ",", !rest.isEmpty else { throw wrong }
    return true
  }

  /// Takes what stands before a comma, `end` or the end, without blanks around it.
  private mutating func take(upTo end: Character?) throws -> (text: String, isQuoted: Bool) {
    rest = rest.drop { $0.isWhitespace }
    let text: String
    let isQuoted = rest.first == "\""
    if isQuoted {
      rest.removeFirst()
      text = try takeQuoted()
      rest = rest.drop { $0.isWhitespace }
      guard rest.isEmpty || rest.first == "," || rest.first == end else { throw wrong }
    } else {
      let place = rest.firstIndex { $0 == "," || $0 == end } ?? rest.endIndex
      text = rest[..<place].trimmed
      rest = rest[place...]
    }
    guard !text.isEmpty else { throw wrong }
    return (text, isQuoted)
  }

  /// What stands before the closing quote.
  private mutating func takeQuoted() throws -> String {
    var content = ""
    while let character = rest.popFirst() {
      if character != "\"" {
        content.append(character)
      } else if rest.first == "\"" {
        content.append(rest.removeFirst())
      } else {
        return content
      }
    }
    throw wrong
  }
}
