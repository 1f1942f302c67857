import Basics

/// The two kinds of records a store holds.
public enum RecordKind: String, CaseIterable, Sendable, Codable {
  /// What is searched and recommended.
  case items
  /// Who it is recommended to.
  case users
}

/// An item or a user: the caller's id, text, and attributes that filters can test.
///
/// Two records are equal when id, text and attributes are, byte for byte. The coded form is an object of the three;
/// without `attributes` there are none.
public protocol Record: Sendable, Hashable, Codable, Identifiable {
  /// Which of the two kinds it is.
  static var kind: RecordKind { get }
  /// The caller's own id, 1 to 500 bytes of UTF-8.
  var id: String { get set }
  /// What an encoder turns into a vector: a title or a description.
  var text: String? { get set }
  /// Attributes by name; names have 1 to 100 bytes.
  var attributes: Attributes { get set }

  /// Makes a record.
  init(id: String, text: String?, attributes: Attributes)
}

/// What is searched and recommended.
public struct Item: Record {
  /// The kind of items.
  public static var kind: RecordKind { .items }
  /// The caller's own id.
  public var id: String
  /// A title or a description.
  public var text: String?
  /// Attributes by name.
  public var attributes: Attributes

  /// Makes an item.
  public init(id: String, text: String? = nil, attributes: Attributes = [:]) {
    (self.id, self.text, self.attributes) = (id, text, attributes)
  }
}

/// Whom something is recommended to.
public struct User: Record {
  /// The kind of users.
  public static var kind: RecordKind { .users }
  /// The caller's own id.
  public var id: String
  /// A title or a description.
  public var text: String?
  /// Attributes by name.
  public var attributes: Attributes

  /// Makes a user.
  public init(id: String, text: String? = nil, attributes: Attributes = [:]) {
    (self.id, self.text, self.attributes) = (id, text, attributes)
  }
}

private enum RecordKeys: CodingKey { case id, text, attributes }

extension Record {
  /// Whether both have the same id, text and attributes, byte for byte.
  public static func == (left: Self, right: Self) -> Bool {
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

  /// Decodes an object that has at least an `id`.
  /// - Throws: `DecodingError` where there is no object or no `id`.
  public init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: RecordKeys.self)
    self.init(
      id: try object.decode(String.self, forKey: .id),
      text: try object.decodeIfPresent(String.self, forKey: .text),
      attributes: try object.decodeIfPresent(Attributes.self, forKey: .attributes) ?? [:])
  }

  /// Encodes an object of id, text and attributes.
  /// - Throws: what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: RecordKeys.self)
    try object.encode(id, forKey: .id)
    try object.encodeIfPresent(text, forKey: .text)
    try object.encode(attributes, forKey: .attributes)
  }
}
