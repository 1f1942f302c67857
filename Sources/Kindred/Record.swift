import Engine
public import Filters
import Records

/// The two kinds of records a store holds.
public enum RecordKind: String, CaseIterable, Sendable, Codable {
  /// What is searched and recommended.
  case items
  /// Who it is recommended to.
  case users

  var entityKind: EntityKind { self == .items ? .items : .users }

  init(_ kind: EntityKind) { self = kind == .items ? .items : .users }
}

/// The value of one attribute: text, a number, a bool, a list of texts or of whole numbers, or null.
public typealias AttributeValue = Filters.AttributeValue

/// An item or a user: the caller's id, text, and attributes that filters can test.
public struct Record: Sendable, Hashable, Codable, Identifiable {
  /// The caller's own id, 1 to 500 bytes of UTF-8.
  public var id: String
  /// What an encoder turns into a vector: a title or a description.
  public var text: String?
  /// Attributes by name; names have 1 to 100 bytes.
  public var attributes: [String: AttributeValue]

  /// Makes a record.
  public init(id: String, text: String? = nil, attributes: [String: AttributeValue] = [:]) {
    self.id = id
    self.text = text
    self.attributes = attributes
  }

  init(_ record: EntityRecord) {
    self.init(id: record.id, text: record.text, attributes: record.attributes)
  }

  /// As it is stored; null attributes are left out, since absent and null mean the same.
  var entityRecord: EntityRecord {
    EntityRecord(id: id, text: text, attributes: attributes.filter { $0.value != .null })
  }
}

/// A record among the items.
public typealias Item = Record

/// A record among the users.
public typealias User = Record
