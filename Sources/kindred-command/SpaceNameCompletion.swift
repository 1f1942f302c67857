import ArgumentParser
import Kindred

extension CompletionKind {
  /// The names of the spaces of the store that the command line names; none where it names none that can be opened.
  static var spaceNames: CompletionKind {
    .custom { arguments, _, _ in SpaceNameCompletion.names(arguments) }
  }
}

enum SpaceNameCompletion {
  /// - Parameter arguments: all words of the command line, the program's name first.
  static func names(_ arguments: [String]) -> [String] {
    // A completion has nobody to report to: a word that names no store is not the store.
    for word in arguments.dropFirst() where !word.hasPrefix("-") {
      if let names = try? spaces(of: word) { return names }
    }
    return []
  }

  private static func spaces(of path: String) throws -> [String] {
    let store = try Store.openForReading(path)
    defer { store.close() }
    return try store.read { try $0.spaces().map(\.configuration.name) }
  }
}
