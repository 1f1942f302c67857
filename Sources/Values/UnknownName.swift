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

  package init(name: String, subject: Subject, nearest: [String]) {
    self.name = name
    self.subject = subject
    self.nearest = nearest
  }

  /// The name and what may have been meant: `no item has "yaer"; did you mean "year"?`
  public var description: String {
    let hint = nearest.map { "\"\($0)\"" }.joined(separator: " or ")
    return "no \(subject.rawValue) has \"\(name)\"" + (hint.isEmpty ? "" : "; did you mean \(hint)?")
  }
}
