import Basics
import Interchange

/// An object of a `tokenizer.json`, with its path for messages.
struct TokenizerPart {
  let object: JSONObject
  /// What it is called in messages, such as `the tokenizer's normalizer`.
  let path: String

  init(_ value: JSONValue, _ path: String) throws(ModelError) {
    guard let object = value.object else { throw Self.wrong(path, "an object", value) }
    self.object = object
    self.path = path
  }

  /// The error for a value that is not what it must be.
  static func wrong(_ path: String, _ expected: String, _ value: JSONValue?) -> ModelError {
    let found = value.map { "a value of kind \($0.kindName)" } ?? "nothing"
    return ModelError(
      code: .corrupted, message: "\(path) must be \(expected), found \(found). Export the tokenizer again.")
  }

  /// The error for a part that would be needed for exact tokens and is not there.
  static func unsupported(_ what: String) -> ModelError {
    ModelError(
      code: .unsupported,
      message:
        "\(what) is not supported, and without it the tokens would be wrong. Use a model with a WordPiece or"
        + " Unigram tokenizer of the usual form.")
  }

  /// The error for contents that do not fit together.
  static func broken(_ message: String) -> ModelError {
    ModelError(code: .corrupted, message: "\(message). Export the tokenizer again.")
  }

  private func wrong(_ key: String, _ expected: String) -> ModelError {
    Self.wrong("\"\(key)\" of \(path)", expected, object[key])
  }

  /// The name in `type`.
  func type() throws(ModelError) -> String { try text("type") }

  /// The text of `key`.
  func text(_ key: String) throws(ModelError) -> String {
    guard let text = object[key]?.string else { throw wrong(key, "a string") }
    return text
  }

  /// The text of `key`, or `standard` where there is none.
  func text(_ key: String, or standard: String) throws(ModelError) -> String {
    object[key] == nil ? standard : try text(key)
  }

  /// The flag of `key`, or `standard` where there is none or null.
  func flag(_ key: String, or standard: Bool) throws(ModelError) -> Bool {
    try optionalFlag(key) ?? standard
  }

  /// The flag of `key`, or nil where there is none or null.
  func optionalFlag(_ key: String) throws(ModelError) -> Bool? {
    switch object[key] {
    case nil, .null?: return nil
    case .bool(let flag)?: return flag
    default: throw wrong(key, "true or false")
    }
  }

  /// The whole number of `key`, from 0 to 2^31 - 1.
  func count(_ key: String) throws(ModelError) -> Int {
    guard case .number(let number)? = object[key], let count = Self.index(number) else {
      throw wrong(key, "a whole number from 0 to 2147483647")
    }
    return count
  }

  /// The elements of the array of `key`.
  func array(_ key: String) throws(ModelError) -> [JSONValue] {
    guard let elements = object[key]?.array else { throw wrong(key, "an array") }
    return elements
  }

  /// The part of `key`, or nil where there is none or null.
  func part(_ key: String) throws(ModelError) -> TokenizerPart? {
    switch object[key] {
    case nil, .null?: return nil
    case let value?: return try TokenizerPart(value, "\"\(key)\" of \(path)")
    }
  }

  /// The parts of the array of `key`.
  func parts(_ key: String) throws(ModelError) -> [TokenizerPart] {
    var parts: [TokenizerPart] = []
    for (index, element) in try array(key).enumerated() {
      parts.append(try TokenizerPart(element, "element \(index) of \"\(key)\" of \(path)"))
    }
    return parts
  }

  /// This part, or the parts that it is a sequence of, in their order.
  func flattened(_ key: String) throws(ModelError) -> [TokenizerPart] {
    guard try type() == "Sequence" else { return [self] }
    var flat: [TokenizerPart] = []
    for part in try parts(key) { flat += try part.flattened(key) }
    return flat
  }

  /// A number as an index, where it is one.
  static func index(_ number: JSONNumber) -> Int? {
    number.integer.flatMap { (0...Int64(Int32.max)).contains($0) ? Int($0) : nil }
  }
}
