import Basics

/// The rule for the ids of items and users.
package enum EntityID {
  package static func isValid(_ id: String) -> Bool {
    let count = id.utf8.count
    return count >= 1 && count <= Limits.idBytes
  }

  package static func check(_ id: String) throws {
    guard isValid(id) else {
      throw EngineError(
        .invalidID,
        id.isEmpty
          ? "an id is empty; ids have 1 to \(Limits.idBytes) bytes"
          : "an id of \(id.utf8.count) bytes (\"\(id.prefix(40))…\"); ids have 1 to \(Limits.idBytes) bytes")
    }
  }
}
