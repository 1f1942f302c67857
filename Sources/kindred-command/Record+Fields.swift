import Kindred

extension Record {
  /// The id, the text or the attribute of a name; nil where there is none.
  func field(_ name: String) -> AttributeValue? {
    switch name {
    case "id": .string(id)
    case "text": text.map { .string($0) }
    default: attributes[name]
    }
  }
}
