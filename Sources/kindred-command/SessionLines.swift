import Basics
import Interchange

/// The sessions of a file, one a line and each line one: an empty line is an empty session, so that answers and lines
/// keep their places.
final class SessionLines {
  private let file: String
  private let reader: LineReader
  private var number = 0

  /// - Parameter file: its path, `-` for standard input.
  init(_ file: String) throws {
    self.file = file
    reader = LineReader(try ByteSource(path: file))
  }

  /// The next line's session, nil at the end.
  /// - Throws: `CommandFailure` with the line's number for a line that is no session.
  func next() throws -> [String]? {
    guard let line = try reader.next() else { return nil }
    number += 1
    guard case .text(let bytes) = line else { throw failure("longer than a session can be") }
    guard let text = bytes.validText else { throw failure("not UTF-8, which ids are written in") }
    switch text.first(where: { !$0.isWhitespace }) {
    case "[": return try ids((try? JSONParser.parse(text))?.array)
    case "{": return try ids((try? JSONParser.parse(text))?.object?["session"]?.array)
    default: return SessionFile.ids(text)
    }
  }

  /// The sessions of all lines that are left.
  func all() throws -> [[String]] {
    var sessions: [[String]] = []
    while let session = try next() { sessions.append(session) }
    return sessions
  }

  private func ids(_ items: [JSONValue]?) throws -> [String] {
    guard let items else {
      throw failure("not [ids] or {\"session\":[ids]}; one session a line, oldest first")
    }
    return try items.map { item in
      guard let id = item.identifier else { throw failure("an id is \(item.kindName), not text") }
      return id
    }
  }

  private func failure(_ what: String) -> CommandFailure {
    CommandFailure(.badInput, "\(file), line \(number): \(what)")
  }
}

/// A file of sessions, one a line.
enum SessionFile {
  /// The sessions that hold anything.
  /// - Throws: `CommandFailure` with the line's number for a line that is no session.
  static func read(_ file: String) throws -> [[String]] {
    try SessionLines(file).all().filter { !$0.isEmpty }
  }

  /// The ids between commas, without blanks around them; empty ones are none.
  static func ids(_ text: String) -> [String] {
    text.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
  }
}
