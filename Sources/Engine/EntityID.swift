/// The rule for the ids of items and users.
package enum EntityID {
  /// The longest id in bytes of UTF-8.
  package static let lengthLimit = 500

  package static func isValid(_ id: String) -> Bool {
    let count = id.utf8.count
    return count >= 1 && count <= lengthLimit
  }

  package static func check(_ id: String) throws {
    guard isValid(id) else {
      throw EngineError(
        .invalidID,
        id.isEmpty
          ? "an id is empty; ids have 1 to \(lengthLimit) bytes"
          : "an id of \(id.utf8.count) bytes (\"\(id.prefix(40))…\"); ids have 1 to \(lengthLimit) bytes")
    }
  }
}
