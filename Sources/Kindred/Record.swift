import Basics
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

/// The value of one attribute: text, a number, a bool, a list, an object, or null.
public typealias AttributeValue = Filters.AttributeValue

/// Attributes by name, each name its bytes.
public typealias Attributes = Filters.Attributes

/// An item or a user: the caller's id, text, and attributes that filters can test.
public struct Record: Sendable, Hashable, Codable, Identifiable {
  /// The caller's own id, 1 to 500 bytes of UTF-8.
  public var id: String
  /// What an encoder turns into a vector: a title or a description.
  public var text: String?
  /// Attributes by name; names have 1 to 100 bytes.
  public var attributes: Attributes

  /// Makes a record.
  public init(id: String, text: String? = nil, attributes: Attributes = [:]) {
    self.id = id
    self.text = text
    self.attributes = attributes
  }

  init(_ record: EntityRecord) {
    self.init(id: record.id, text: record.text, attributes: record.attributes)
  }

  /// Whether both have the same id, text and attributes, byte for byte.
  public static func == (left: Record, right: Record) -> Bool {
    ExactString(left.id) == ExactString(right.id)
      && left.text.map { ExactString($0) } == right.text.map { ExactString($0) }
      && left.attributes == right.attributes
  }

  /// Hashes id, text and attributes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(ExactString(id))
    hasher.combine(text.map { ExactString($0) })
    hasher.combine(attributes)
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
