import Kindred

extension AttributeValue {
  var json: JSON {
    switch self {
    case .null: .null
    case .string(let value): .string(value)
    case .number(let value): .number(value)
    case .bool(let value): .bool(value)
    case .strings(let values): .array(values.map(JSON.string))
    case .integers(let values): .array(values.map { .integer(Int($0)) })
    case .integer(let value): .integer(Int(value))
    case .list(let values): .array(values.map(\.json))
    case .object(let members): .object(members.map { JSON.Member(key: $0.key, value: $0.value.json) })
    }
  }

  /// The value as people read it.
  var text: String {
    switch self {
    case .null: "-"
    case .string(let value): value
    case .number(let value): JSON.number(value).text
    case .bool(let value): value ? "true" : "false"
    case .strings(let values): values.joined(separator: ", ")
    case .integers(let values): values.map(String.init).joined(separator: ", ")
    case .integer(let value): value.description
    case .list(let values): values.map(\.text).joined(separator: ", ")
    case .object: json.text
    }
  }
}

extension Record {
  /// The record as `export` writes it, and its attributes in an object of their own: there alone stands what a key of
  /// the record's own would hide.
  var json: JSON {
    let own = ["id", "text", "attributes"]
    return .object(
      [JSON.Member(key: "id", value: .string(id)), JSON.Member(key: "text", value: JSON(text))]
        + sortedAttributes.filter { !own.contains($0.key) }
        + [JSON.Member(key: "attributes", value: .object(sortedAttributes))])
  }

  /// The record as columns of a table; an attribute that is called as one of the record's own is `attributes.id`.
  var columns: JSON {
    .object(
      [JSON.Member(key: "id", value: .string(id)), JSON.Member(key: "text", value: JSON(text))]
        + sortedAttributes.map {
          ["id", "text"].contains($0.key)
            ? JSON.Member(key: "attributes.\($0.key)", value: $0.value) : $0
        })
  }

  /// The record as one flat object, which is what `import` reads: every key but id and text is an attribute.
  var flatJSON: JSON {
    let text: [JSON.Member] = self.text.map { [JSON.Member(key: "text", value: .string($0))] } ?? []
    let attributes = attributes.withoutOwnNames.attributes.sortedByName
    return .object(
      [JSON.Member(key: "id", value: .string(id))] + text
        + attributes.map { JSON.Member(key: $0.key, value: $0.value.json) })
  }

  private var sortedAttributes: [JSON.Member] {
    attributes.sortedByName.map { JSON.Member(key: $0.key, value: $0.value.json) }
  }

  /// Name and value of everything the record holds.
  var people: String {
    let attributes = attributes.sortedByName.map { ($0.key, $0.value.text) }
    return Table.pairs([("id", id), ("text", text ?? "-")] + attributes)
  }
}

extension Event {
  /// The keys of `json`.
  static let columns = ["user", "item", "time", "kind", "session", "value"]

  /// The event as `sequence`, `append` and `export` print it and `import` reads it.
  var json: JSON {
    [
      "user": .string(user), "item": .string(item), "time": .string(time.description), "kind": .string(kind),
      "session": JSON(session), "value": JSON(value),
    ]
  }
}

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
