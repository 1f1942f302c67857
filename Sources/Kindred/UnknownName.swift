import Engine

/// A name in a filter that no record has, most likely a typing error: to the filter it is null everywhere.
public struct UnknownName: Sendable, Hashable, Codable, CustomStringConvertible {
  /// What the filter was tried on.
  public enum Subject: String, Sendable, Hashable, Codable {
    /// The store's items.
    case item
    /// The store's users.
    case user
    /// The rows of a file to import.
    case row
  }

  /// The name.
  public var name: String
  /// What has no such name.
  public var subject: Subject
  /// Names that records have and that are spelt alike, the nearest first.
  public var nearest: [String]

  /// The name and what may have been meant: `no item has "yaer"; did you mean "year"?`
  public var description: String {
    let hint = nearest.map { "\"\($0)\"" }.joined(separator: " or ")
    return "no \(subject.rawValue) has \"\(name)\"" + (hint.isEmpty ? "" : "; did you mean \(hint)?")
  }
}

extension Snapshot {
  /// The names in a filter that no record of a kind has, in order of appearance.
  ///
  /// Such a name is null for every record, and no error: the same program runs on an empty store. Whoever shows answers to
  /// people should show this beside them.
  /// - Throws: `StoreError` `.badFilter`, `.corrupted`.
  /// - Complexity: O(names · records).
  public func unknownNames(inFilter filter: Filter, of kind: RecordKind) throws -> [UnknownName] {
    try StoreError.translating {
      try base.unknownNames(inFilter: filter.text, of: kind.entityKind).map {
        UnknownName(name: $0.name, subject: kind == .items ? .item : .user, nearest: $0.nearest)
      }
    }
  }
}
