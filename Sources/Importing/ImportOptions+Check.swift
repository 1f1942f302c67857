import Interchange

extension ImportOptions {
  /// - Throws: `.invalidArgument` for options that contradict each other, or that the files have no use for.
  func check(for files: ImportFiles) throws {
    func refuse(_ message: String) -> ImportError { ImportError(code: .invalidArgument, message: message) }
    if only != nil, !except.isEmpty { throw refuse("only and except exclude each other; give one of them") }
    if !textColumns.isEmpty, map["text"] != nil {
      throw refuse("the text has a column in the map and text columns")
    }
    for field in ["id", "text"] where types[field] == .number || lists[field] != nil {
      throw refuse("\(field) is always a text; a type or a list can be stated for attributes only")
    }
    if except.contains(where: { $0.isExactly("id") }) {
      throw refuse("records have to have an id; do not except it")
    }
    for name in lists.names where lists[name]?.isEmpty ?? false {
      throw refuse("the list \"\(name)\" has no separator")
    }
    guard files.items == nil, files.users == nil, files.events != nil else { return }
    if let field = map.names.first(where: { !EventFields.names.contains($0) }) {
      throw refuse(
        "--map \(field)=\(map[field] ?? ""): events have no field \"\(field)\"; they have "
          + EventFields.names.joined(separator: ", "))
    }
    if !textColumns.isEmpty {
      throw refuse("events have no text; they have \(EventFields.names.joined(separator: ", "))")
    }
    if only != nil || !except.isEmpty || !types.isEmpty || !lists.isEmpty {
      throw refuse("events have no attributes: --only, --except, --type and --list are for items and users")
    }
    if replaces || clearsMissing {
      throw refuse("--replace and --clear-missing are for items and users; events are only added")
    }
  }

  /// The option of the command in which a name stands.
  func optionNaming(_ name: String) -> String {
    if only?.contains(where: { $0.isExactly(name) }) ?? false { return "--only" }
    if except.contains(where: { $0.isExactly(name) }) { return "--except" }
    return types[name] != nil ? "--type" : "--list"
  }
}

extension ImportOptions {
  /// The names of `numberFormat`.
  public static var numberFormats: [String] { NumberFormat.names }
}
