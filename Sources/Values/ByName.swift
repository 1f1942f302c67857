import Basics

/// Values by name, such as a column for each field. A name is its bytes: two spellings of "é" are two names, where a
/// `Dictionary` of `String` would take them for one.
public struct ByName<Value: Sendable & Hashable>: Sendable, Hashable {
  private struct Entry: Sendable, Hashable {
    var name: ExactString
    var value: Value
  }

  /// Ordered by name, so that equal contents are equal.
  private var entries: [Entry] = []

  /// Makes a collection without names.
  public init() {}

  /// Makes a collection of what a dictionary holds.
  public init(_ dictionary: [String: Value]) {
    for (name, value) in dictionary { self[name] = value }
  }

  /// Whether there is no name.
  public var isEmpty: Bool { entries.isEmpty }
  /// The names, ordered by their bytes.
  public var names: [String] { entries.map(\.name.value) }

  /// The value of a name; setting `nil` takes the name away.
  /// - Complexity: O(number of names).
  public subscript(name: String) -> Value? {
    get { entries.first { $0.name.value.isExactly(name) }?.value }
    set {
      let name = ExactString(name)
      let place = entries.firstIndex { $0.name >= name } ?? entries.count
      if place < entries.count, entries[place].name == name {
        if let newValue { entries[place].value = newValue } else { entries.remove(at: place) }
      } else if let newValue {
        entries.insert(Entry(name: name, value: newValue), at: place)
      }
    }
  }

  /// What remains of the names that satisfy a condition.
  package func filter(_ isIncluded: (String) -> Bool) -> ByName {
    var result = self
    result.entries = entries.filter { isIncluded($0.name.value) }
    return result
  }
}

extension ByName: ExpressibleByDictionaryLiteral {
  /// Makes a collection of the pairs of a literal; of equal names the last one counts.
  public init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements { self[name] = value }
  }
}

extension ByName: Codable where Value: Codable {
  /// Decodes a list of objects of `name` and `value`.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    for pair in try NamedValues<Value>(from: decoder) { self[pair.name] = pair.value }
  }

  /// Encodes a list of objects of `name` and `value`, ordered by the names' bytes.
  /// - Throws: what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    try NamedValues(entries.map { ($0.name.value, $0.value) }).encode(to: encoder)
  }
}
