package import Values

/// The names that a record has of its own. An attribute that is called so cannot be filtered or be in a flat file
/// beside them: imports, `upsert` and exports store and write it under another name, and say so.
extension Attributes {
  /// The names of a record's own.
  static let ownNames = ["id", "text"]

  /// The first of `name_`, `name__`, … that is not taken.
  static func freeName(for name: String, isTaken: (String) -> Bool) -> String {
    var free = name + "_"
    while isTaken(free) { free += "_" }
    return free
  }

  /// The same values, with other names for those that are called as a record's own, and the names that were changed.
  package var withoutOwnNames: (attributes: Attributes, renamed: [(from: String, to: String)]) {
    var renamed: [(from: String, to: String)] = []
    for name in Self.ownNames where self[name] != nil {
      renamed.append((name, Self.freeName(for: name) { self[$0] != nil }))
    }
    if renamed.isEmpty { return (self, []) }
    var result = Attributes()
    for (name, value) in self { result[renamed.first { $0.from == name }?.to ?? name] = value }
    return (result, renamed)
  }
}
