import Basics

/// Named values: the attributes of an item or a user, or the members of an object among them.
///
/// A name is its bytes: two spellings of "é" are two names, where a `Dictionary` of `String` would merge them. The
/// order in which names were set is kept, so that an object is written as it came; two collections with the same names
/// and values are equal in any order.
public struct Attributes: Sendable {
  /// A name and its value.
  public typealias Element = (key: String, value: AttributeValue)

  private var entries: [Element] = []
  /// The place of each name, once there are too many to look at one by one.
  private var places: [ExactString: Int]?
  private static let scannedCount = 12

  /// Makes a collection without names.
  public init() {}

  /// Makes a collection of what a dictionary holds, by name.
  public init(_ dictionary: [String: AttributeValue]) {
    self.init(dictionary.sorted { ExactString($0.key) < ExactString($1.key) })
  }

  /// Makes a collection of pairs; of equal names the last one counts.
  public init(_ pairs: some Sequence<(key: String, value: AttributeValue)>) {
    for (name, value) in pairs { self[name] = value }
  }

  /// Makes room for as many pairs.
  package mutating func reserveCapacity(_ count: Int) { entries.reserveCapacity(count) }

  /// The value of a name; setting `nil` takes the name away.
  /// - Complexity: O(1) on average; O(count) to take a name away.
  public subscript(name: String) -> AttributeValue? {
    get { place(of: name).map { entries[$0].value } }
    set {
      switch (place(of: name), newValue) {
      case (let place?, let value?): entries[place].value = value
      case (let place?, nil):
        entries.remove(at: place)
        reindex()
      case (nil, let value?):
        places?[ExactString(name)] = entries.count
        entries.append((name, value))
        if places == nil, entries.count > Self.scannedCount { reindex() }
      case (nil, nil): break
      }
    }
  }

  /// The pairs ordered by the bytes of their names.
  public var sortedByName: [Element] { entries.sorted { ExactString($0.key) < ExactString($1.key) } }

  /// What remains of the pairs that satisfy a condition, in the same order.
  /// - Throws: what the condition throws.
  public func filter(_ isIncluded: (Element) throws -> Bool) rethrows -> Attributes {
    var result = self
    result.entries = try entries.filter(isIncluded)
    result.reindex()
    return result
  }

  /// Sets every pair of `other`, whose values win.
  public mutating func merge(_ other: Attributes) {
    for (name, value) in other { self[name] = value }
  }

  private func place(of name: String) -> Int? {
    if let places { return places[ExactString(name)] }
    return entries.firstIndex { $0.key.isExactly(name) }
  }

  private mutating func reindex() {
    guard entries.count > Self.scannedCount else {
      places = nil
      return
    }
    var places: [ExactString: Int] = [:]
    places.reserveCapacity(entries.count)
    for (place, entry) in entries.enumerated() { places[ExactString(entry.key)] = place }
    self.places = places
  }
}

extension Attributes: RandomAccessCollection {
  /// Where the pairs begin.
  public var startIndex: Int { 0 }
  /// Behind the last pair.
  public var endIndex: Int { entries.count }
  /// The pair at a place, in the order in which names were set.
  public subscript(place: Int) -> Element { entries[place] }
}

extension Attributes: ExpressibleByDictionaryLiteral {
  /// Makes a collection of the pairs of a literal; of equal names the last one counts.
  public init(dictionaryLiteral elements: (String, AttributeValue)...) {
    for (name, value) in elements { self[name] = value }
  }
}

extension Attributes: Hashable {
  /// Whether both have the same names with equal values, in any order.
  public static func == (left: Attributes, right: Attributes) -> Bool {
    left.count == right.count && left.allSatisfy { right[$0.key] == .some($0.value) }
  }

  /// Hashes the pairs without regard to their order.
  public func hash(into hasher: inout Hasher) {
    var sum = 0
    for (name, value) in entries {
      var each = Hasher()
      each.combine(ExactString(name))
      each.combine(value)
      sum &+= each.finalize()
    }
    hasher.combine(count)
    hasher.combine(sum)
  }
}

/// The coded form is an object of the names and plain values.
extension Attributes: Codable {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Decodes an object.
  /// - Throws: `DecodingError` where there is no object.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    for name in container.allKeys {
      self[name.stringValue] = try container.decode(AttributeValue.self, forKey: name)
    }
  }

  /// Encodes an object.
  /// - Throws: what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    for (name, value) in entries { try container.encode(value, forKey: Name(stringValue: name)) }
  }
}

extension Attributes: CustomStringConvertible {
  /// The names with their values, in their order.
  public var description: String {
    "[" + entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "]"
  }
}
