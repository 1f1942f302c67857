import Basics

/// Encodes values as attribute values, without Foundation: a keyed container is an object, an unkeyed one a list.
///
/// What encodes itself as nil is left out of an object, since null and absent mean the same.
package enum AttributeEncoder {
  /// What a value encodes itself as.
  /// - Throws: `EncodingError` for a number that no attribute holds; what the value throws.
  package static func encode(_ value: some Encodable) throws -> AttributeValue {
    let node = Node()
    try NodeEncoder(node: node, codingPath: []).put(value)
    return node.result
  }

  /// The named values that a value encodes itself as.
  /// - Throws: `EncodingError`, also for a value that is no object.
  package static func attributes(of value: some Encodable) throws -> Attributes {
    guard let attributes = try encode(value).objectValue else {
      throw EncodingError.invalidValue(
        value, .init(codingPath: [], debugDescription: "a record is an object of named values"))
    }
    return attributes
  }
}

/// A value as it is being encoded.
private final class Node {
  enum Content {
    case value(AttributeValue)
    case members([(name: String, node: Node)])
    case elements([Node])
  }
  var content = Content.value(.null)

  var result: AttributeValue {
    switch content {
    case .value(let value): value
    case .members(let members):
      .object(Attributes(members.map { ($0.name, $0.node.result) }.filter { $0.1 != .null }))
    case .elements(let nodes): AttributeValue(elements: nodes.map(\.result))
    }
  }

  func member(_ name: String) -> Node {
    var members: [(name: String, node: Node)] = []
    if case .members(let known) = content { members = known }
    if let known = members.first(where: { $0.name.isExactly(name) }) { return known.node }
    let node = Node()
    members.append((name, node))
    content = .members(members)
    return node
  }

  func element() -> Node {
    var nodes: [Node] = []
    if case .elements(let known) = content { nodes = known }
    let node = Node()
    nodes.append(node)
    content = .elements(nodes)
    return node
  }
}

/// Encodes into one node. A generic method stands for those of each standard type.
private struct NodeEncoder: Encoder, SingleValueEncodingContainer {
  let node: Node
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if case .members = node.content {} else { node.content = .members([]) }
    return KeyedEncodingContainer(Members(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if case .elements = node.content {} else { node.content = .elements([]) }
    return Elements(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  func encodeNil() { node.content = .value(.null) }
  func encode<Value: Encodable>(_ value: Value) throws { try put(value) }

  func put<Value: Encodable>(_ value: Value) throws {
    switch value {
    case let value as AttributeValue: node.content = .value(value)
    case let value as Bool: node.content = .value(.bool(value))
    case let value as String: node.content = .value(.string(value))
    case let value as Double: node.content = .value(.number(value))
    case let value as Float: node.content = .value(.number(Double(value)))
    case let value as any BinaryInteger:
      guard let exact = Int64(exactly: value) else {
        throw EncodingError.invalidValue(
          value, .init(codingPath: codingPath, debugDescription: "\(value) is outside 64 bits with a sign"))
      }
      node.content = .value(AttributeValue(exactly: exact))
    default: try value.encode(to: self)
    }
  }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: Node
  let codingPath: [any CodingKey]

  private func encoder(_ key: any CodingKey) -> NodeEncoder {
    NodeEncoder(node: node.member(key.stringValue), codingPath: codingPath + [key])
  }

  func encodeNil(forKey key: Key) {}
  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { try encoder(key).put(value) }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { encoder(key).container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key).unkeyedContainer()
  }
  func superEncoder() -> any Encoder { encoder(MemberKey("super")) }
  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }
}

private struct Elements: UnkeyedEncodingContainer {
  let node: Node
  let codingPath: [any CodingKey]
  var count: Int { if case .elements(let nodes) = node.content { nodes.count } else { 0 } }

  private func encoder() -> NodeEncoder {
    let path = codingPath + [MemberKey(count)]
    return NodeEncoder(node: node.element(), codingPath: path)
  }

  func encodeNil() { _ = node.element() }
  func encode<Value: Encodable>(_ value: Value) throws { try encoder().put(value) }
  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    encoder().container(keyedBy: type)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
  func superEncoder() -> any Encoder { encoder() }
}

/// The name of a member or the place of an element, for paths.
struct MemberKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(_ name: String) { (stringValue, intValue) = (name, nil) }
  init(_ place: Int) { (stringValue, intValue) = (place.description, place) }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { self.init(intValue) }
}
