import Basics

/// A JSON value as it was read, or as it is to be written.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// The text, of a string only.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The number, of a number only.
  package var number: Double? {
    if case .number(let number) = self { number.value } else { nil }
  }

  /// The elements, of an array only.
  package var array: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members, of an object only.
  package var object: JSONObject? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The value as an id: a string as it is, a number as it was written (`12345678901234567890` stays exact).
  /// Nil for everything else.
  package var identifier: String? {
    switch self {
    case .string(let text): text
    case .number(let number): number.text
    default: nil
    }
  }

  /// What kind of value it is, for messages.
  package var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

/// Values to write.
extension JSONValue: ExpressibleByDictionaryLiteral {
  /// An object of members in their order, whose keys differ.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { JSONObject.Member(key: $0.0, value: $0.1) })
  }

  /// An object of members in their order, whose keys differ.
  package static func object(_ members: [JSONObject.Member]) -> JSONValue {
    .object(JSONObject(distinct: members))
  }

  /// A whole number.
  package static func integer(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }

  /// A number in its shortest form that reads back as the same `Double`, a whole one without `.0`; null when it is not
  /// finite.
  package static func number(_ value: Double) -> JSONValue {
    if let number = JSONNumber(value) { .number(number) } else { .null }
  }

  /// As `number`, shortest for a `Float`.
  package static func float(_ value: Float) -> JSONValue {
    value.isFinite
      ? .number(JSONNumber(value: Double(value), text: shortestText(value.description))) : .null
  }
}

/// `description` of a finite number without a `.0` at its end.
private func shortestText(_ description: String) -> String {
  description.hasSuffix(".0") ? String(description.dropLast(2)) : description
}

/// A finite number together with the characters it was written with.
package struct JSONNumber: Sendable, Equatable {
  /// The nearest `Double`; finite.
  package let value: Double
  /// A JSON number, exactly as written.
  package let text: String

  /// A number read by the parser, which has checked `text`.
  init(value: Double, text: String) {
    self.value = value
    self.text = text
  }

  /// The number `value` with its shortest text, or nil where JSON has none (`NaN`, infinities).
  package init?(_ value: Double) {
    guard value.isFinite else { return nil }
    self.init(value: value, text: shortestText(value.description))
  }

  /// The whole number `value`, exactly in `text`.
  package init(_ value: some FixedWidthInteger) {
    self.init(value: Double(value), text: value.description)
  }

  /// The number as a whole one, if its text is one and fits.
  package var integer: Int64? { Int64(text) }
}

/// The members of a JSON object in the order they were written; no key occurs twice.
package struct JSONObject: Sendable, Equatable {
  /// A key and its value.
  package struct Member: Sendable, Equatable {
    /// The key, as text without escapes.
    package var key: String
    /// Its value.
    package var value: JSONValue

    /// A member.
    package init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// In the order they were written.
  package private(set) var members: [Member]

  /// An object without members.
  package init() {
    members = []
  }

  /// An object of members that the parser has found to differ in their keys.
  init(distinct members: [Member]) {
    self.members = members
  }

  /// How many members there are.
  package var count: Int { members.count }

  /// The value of `key`; setting replaces it in place or appends, setting nil removes.
  /// Keys are the same only if their UTF-8 is the same.
  /// - Complexity: O(count).
  package subscript(key: String) -> JSONValue? {
    get {
      index(of: key).map { members[$0].value }
    }
    set {
      switch (index(of: key), newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append(Member(key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  /// The place of `key` among the members.
  package func index(of key: String) -> Int? {
    members.firstIndex { $0.key.isExactly(key) }
  }
}
