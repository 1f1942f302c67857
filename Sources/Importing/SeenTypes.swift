import Values

/// Which types the values of an attribute have.
struct SeenTypes: OptionSet {
  let rawValue: UInt8

  static let number = SeenTypes(rawValue: 1)
  static let text = SeenTypes(rawValue: 2)
  static let bool = SeenTypes(rawValue: 4)
  static let list = SeenTypes(rawValue: 8)
  static let object = SeenTypes(rawValue: 16)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ value: AttributeValue) {
    self =
      switch value {
      case .null: []
      case .number, .integer: .number
      case .string: .text
      case .bool: .bool
      case .strings, .integers, .list: .list
      case .object: .object
      }
  }

  var name: String {
    let all: [(SeenTypes, String)] = [
      (.number, "number"), (.text, "text"), (.bool, "bool"), (.list, "list"), (.object, "object"),
    ]
    let names = all.filter { contains($0.0) }.map(\.1)
    return names.isEmpty ? "empty" : names.joined(separator: " and ")
  }
}
