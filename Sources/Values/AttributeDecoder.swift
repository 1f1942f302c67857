/// Decodes values from attribute values, without Foundation: the inverse of `AttributeEncoder`.
package enum AttributeDecoder {
  /// The value of a type that was encoded as `value`.
  /// - Parameters:
  ///   - id: stands for a required member `id` that the object does not have.
  ///   - text: stands for a required member `text` that the object does not have.
  /// - Throws: `DecodingError`; what the type throws.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, from value: AttributeValue, id: String? = nil, text: String? = nil
  ) throws -> Value {
    let own = id.map { OwnFields(id: $0, text: text) }
    return try NodeDecoder(value: value, codingPath: [], own: own).decode(type)
  }
}

/// What a record has beside its attributes.
private struct OwnFields {
  let id: String
  let text: String?

  func value(_ name: String, as type: any Decodable.Type) -> AttributeValue? {
    if name == "id" {
      // An id of digits is also that number.
      return type is any FixedWidthInteger.Type ? Int64(id).map { AttributeValue(exactly: $0) } : .string(id)
    }
    return name == "text" && type is String.Type ? text.map { .string($0) } : nil
  }
}

/// Decodes one value. A generic method stands for those of each standard type.
private struct NodeDecoder: Decoder, SingleValueDecodingContainer {
  let value: AttributeValue
  let codingPath: [any CodingKey]
  var own: OwnFields?
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let members = value.objectValue else { throw mismatch(type) }
    return KeyedDecodingContainer(Members(members: members, codingPath: codingPath, own: own))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let elements = value.arrayValue else { throw mismatch([Any].self) }
    return Elements(elements: elements, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { value == .null }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let found: Any?
    switch type {
    case is AttributeValue.Type: found = value
    case is Bool.Type: found = value.boolValue
    case is String.Type: found = value.stringValue
    case is Double.Type: found = value.doubleValue
    case is Float.Type: found = value.doubleValue.map { Float($0) }
    case let type as any FixedWidthInteger.Type: found = integer(type)
    default: return try Value(from: self)
    }
    guard let found = found as? Value else { throw mismatch(type) }
    return found
  }

  private func integer<Value: FixedWidthInteger>(_ type: Value.Type) -> Any? {
    value.intValue.flatMap { Value(exactly: $0) }
  }

  private func mismatch(_ type: Any.Type) -> DecodingError {
    .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "\(value) is no \(type)"))
  }
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: Attributes
  let codingPath: [any CodingKey]
  let own: OwnFields?

  var allKeys: [Key] { members.compactMap { Key(stringValue: $0.key) } }

  private func decoder(_ key: any CodingKey, for type: any Decodable.Type) throws -> NodeDecoder {
    let name = key.stringValue
    guard let value = members[name] ?? own?.value(name, as: type) else {
      throw DecodingError.keyNotFound(
        key, .init(codingPath: codingPath, debugDescription: "there is no attribute \(name)"))
    }
    return NodeDecoder(value: value, codingPath: codingPath + [key])
  }

  func contains(_ key: Key) -> Bool {
    members[key.stringValue] != nil
  }
  func decodeNil(forKey key: Key) -> Bool {
    members[key.stringValue].map { $0 == .null } ?? !contains(key)
  }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try decoder(key, for: type).decode(type)
  }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoder(key, for: Attributes.self).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key, for: [AttributeValue].self).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder { try decoder(MemberKey("super"), for: Attributes.self) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key, for: Attributes.self) }
}

private struct Elements: UnkeyedDecodingContainer {
  let elements: [AttributeValue]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  /// Runs `body` on the next element and steps behind it when that succeeds.
  private mutating func next<R>(_ type: Any.Type, _ body: (NodeDecoder) throws -> R) throws -> R {
    let path = codingPath + [MemberKey(currentIndex)]
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(type, .init(codingPath: path, debugDescription: "the list ends here"))
    }
    let result = try body(NodeDecoder(value: elements[currentIndex], codingPath: path))
    currentIndex += 1
    return result
  }

  mutating func decodeNil() -> Bool {
    guard !isAtEnd, elements[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }
  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try next(type) { try $0.decode(type) }
  }
  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> { try next(type) { try $0.container(keyedBy: type) } }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next([Any].self) { try $0.unkeyedContainer() }
  }
  mutating func superDecoder() throws -> any Decoder { try next(AttributeValue.self) { $0 } }
}
