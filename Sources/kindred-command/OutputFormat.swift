import ArgumentParser

/// How results are printed.
enum OutputFormat: String, CaseIterable {
  /// An aligned table for people.
  case table
  /// One document, or a line for each result.
  case json
  /// RFC 4180, with every value as JSON has it.
  case csv
  /// A pipe table, as GitHub and others render it.
  case markdown
}

extension OutputFormat: ExpressibleByArgument {}
