/// Values with their names, in the order they are to be shown; coded as a list of objects of `name` and `value`.
public struct NamedValues<Value: Sendable & Hashable & Codable>: Sendable, Hashable, RandomAccessCollection {
  /// A name and its value.
  public struct Element: Sendable, Hashable, Codable {
    /// The name, such as `NDCG@10`.
    public var name: String
    /// The value.
    public var value: Value
  }

  private var elements: [Element]

  /// Values in their order.
  public init(_ pairs: [(name: String, value: Value)]) {
    elements = pairs.map { Element(name: $0.name, value: $0.value) }
  }

  /// The place of the first value.
  public var startIndex: Int { 0 }
  /// Behind the last value.
  public var endIndex: Int { elements.count }
  /// The value at a place, with its name.
  public subscript(place: Int) -> Element { elements[place] }
  /// The first value of a name; nil where there is none.
  /// - Complexity: O(count).
  public subscript(name: String) -> Value? { elements.first { $0.name == name }?.value }
}

extension NamedValues: Codable {
  /// Decodes a list.
  /// - Throws: `DecodingError` where there is no list of names and values.
  public init(from decoder: any Decoder) throws {
    elements = try decoder.singleValueContainer().decode([Element].self)
  }

  /// Encodes a list.
  /// - Throws: what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(elements)
  }
}
