import ArgumentParser

/// Standard input as one of the files of a command.
enum StandardInput {
  /// Whoever reads it second would find it empty, and leave nothing out or match nothing without a word.
  /// - Parameter files: what each is on the command line, and its path.
  /// - Throws: `ValidationError` when more than one of them is `-`.
  static func requireOneReader(_ files: [(name: String, path: String?)]) throws {
    let readers = files.filter { $0.path == "-" }.map(\.name)
    guard readers.count > 1 else { return }
    throw ValidationError(
      "Standard input ('-') can be read only once, not as \(readers.joined(separator: " and ")).")
  }
}
