package import Values
import Basics
import Filters
import LMDB
import Records

/// What a change of all values of an attribute did.
public struct AttributeChange: Sendable, Hashable, Codable {
  /// Records whose value was changed.
  public var changed = 0
  /// Records whose value was as wanted before.
  public var unchanged = 0
  /// Records whose value could not be changed and was removed.
  public var removed = 0

  /// See the properties.
  public init(changed: Int = 0, unchanged: Int = 0, removed: Int = 0) {
    self.changed = changed
    self.unchanged = unchanged
    self.removed = removed
  }
}

extension Writer {
  /// Gives an attribute another name in all records of a kind.
  /// - Parameter onChange: is given the id of each record that is changed.
  /// - Throws: `.invalidArgument` where no record has it, for a new name that cannot be one, and where a record has an
  ///   attribute of the new name.
  /// - Complexity: O(records), in one transaction.
  package func renameAttribute(
    _ name: String, to newName: String, _ kind: RecordKind, onChange: (String) -> Void
  ) throws -> AttributeChange {
    guard (1...Limits.attributeNameBytes).contains(newName.utf8.count) else {
      throw EngineError(
        .invalidArgument,
        "attribute names have 1 to \(Limits.attributeNameBytes) bytes; \"\(newName.prefix(40))\" has "
          + "\(newName.utf8.count)")
    }
    guard RecordText(rawValue: newName) == nil else {
      throw EngineError(
        .invalidArgument, "\(newName) is the record's own; an attribute of that name would be hidden by it")
    }
    guard !name.isExactly(newName) else {
      throw EngineError(.invalidArgument, "\(name) is its name already")
    }
    let (owners, taken) = try owners(of: name, and: newName, kind)
    if let first = taken.first {
      throw EngineError(
        .invalidArgument,
        "\(taken.count) \(kind) have an attribute \(newName) already, such as \"\(first)\"; drop or rename it first"
      )
    }
    var change = AttributeChange()
    // No item has other words than before.
    let isIndexed = kind == .items ? try renameIndexed(name, to: newName) : false
    keepsTerms = isIndexed
    defer { keepsTerms = false }
    try self.change(owners, kind, onChange) { attributes in
      attributes[newName] = attributes[name]
      attributes[name] = AttributeValue?.none
      change.changed += 1
    }
    return change
  }

  /// Removes an attribute from all records of a kind.
  /// - Throws: `.invalidArgument` where no record has it.
  /// - Complexity: O(records), in one transaction.
  package func dropAttribute(
    _ name: String, _ kind: RecordKind, onChange: (String) -> Void
  ) throws -> AttributeChange {
    var change = AttributeChange()
    let owners = try owners(of: name, and: name, kind).owners
    try self.change(owners, kind, onChange) { attributes in
      attributes[name] = AttributeValue?.none
      change.removed += 1
    }
    return change
  }

  /// Makes all values of an attribute texts, numbers or truth values.
  /// - Parameter removesOthers: whether values that cannot be read so are removed; otherwise they are an error.
  /// - Throws: `.invalidArgument` where no record has it or a value cannot be read as `type`.
  /// - Complexity: O(records), in one transaction.
  package func castAttribute(
    _ name: String, to type: AttributeSummary.ValueType, _ kind: RecordKind, removesOthers: Bool,
    onChange: (String) -> Void
  ) throws -> AttributeChange {
    let owners = try owners(of: name, and: name, kind).owners
    if !removesOthers {
      var (refused, example) = (0, "")
      for owner in owners {
        guard let record = try transaction.entity(owner, kind, tables), let value = record.attributes[name],
          value.cast(to: type) == nil
        else { continue }
        if refused == 0 {
          example = "that of \"\(record.id)\", \((value.stringValue ?? "\(value)").prefix(40))"
        }
        refused += 1
      }
      guard refused == 0 else {
        throw EngineError(
          .invalidArgument,
          "\(refused) values of \(name) are no \(type.rawValue), such as \(example); nothing was changed. Correct "
            + "them, or have such values removed")
      }
    }
    var change = AttributeChange()
    try self.change(owners, kind, onChange) { attributes in
      guard let value = attributes[name] else { return }
      switch value.cast(to: type) {
      case nil:
        attributes[name] = AttributeValue?.none
        change.removed += 1
      case value?: change.unchanged += 1
      case let cast?:
        attributes[name] = cast
        change.changed += 1
      }
    }
    return change
  }

  /// The records that have an attribute, and the ids of those that have another one.
  /// - Throws: `.invalidArgument` where no record has it, with the nearest names.
  private func owners(
    of name: String, and other: String, _ kind: RecordKind
  ) throws -> (owners: [Ordinal], others: [String]) {
    var owners: [Ordinal] = []
    var others: [String] = []
    var names: Set<ExactString> = []
    try transaction.forEach(tables.entities(kind)) { key, value in
      guard let ordinal = UInt32(keyBytes: key).map({ Ordinal($0) }) else { return .next }
      let record = try EngineError.decoding(kind.rawValue, "\(ordinal.rawValue)") {
        try EntityRecord(decoding: value, of: ordinal)
      }
      if record.attributes[name] != nil { owners.append(ordinal) }
      if record.attributes[other] != nil { others.append(record.id) }
      for (name, _) in record.attributes { names.insert(ExactString(name)) }
      return .next
    }
    guard owners.isEmpty else { return (owners, others) }
    throw EngineError.unknownAttribute(
      name, of: kind, nearest: NearestNames.nearest(to: name, among: names.sorted().map(\.value)))
  }

  private func change(
    _ owners: [Ordinal], _ kind: RecordKind, _ onChange: (String) -> Void,
    _ body: (inout Attributes) throws -> Void
  ) throws {
    for owner in owners {
      guard let before = try transaction.entity(owner, kind, tables) else { continue }
      var record = before
      try body(&record.attributes)
      try Self.requireRoom(for: record)
      if try put(record, kind, replacing: (owner, before)).outcome == .stored { onChange(record.id) }
    }
  }
}

extension AttributeValue {
  /// The value as one of a type; nil where it cannot be read as such. Lists and objects stay what they are.
  fileprivate func cast(to type: AttributeSummary.ValueType) -> AttributeValue? {
    switch (type, self) {
    case (.string, .string), (.number, .number), (.number, .integer), (.bool, .bool): return self
    case (.list, .strings), (.list, .integers), (.list, .list), (.object, .object): return self
    case (.string, .number(let number)): return .string(FilterNumber(number).description)
    case (.string, .integer(let number)): return .string(number.description)
    case (.string, .bool(let flag)), (.number, .bool(let flag)):
      return type == .string ? .string(flag ? "true" : "false") : .number(flag ? 1 : 0)
    case (.number, .string(let text)):
      if let whole = Int64(text) { return AttributeValue(exactly: whole) }
      return text.withBytes { parseNumber($0) }.map { .number($0) }
    case (.bool, .string(let text)):
      return ["true": .bool(true), "false": .bool(false)][text.lowercased()]
    case (.bool, .number(let number)) where number == 0 || number == 1: return .bool(number == 1)
    default: return nil
    }
  }
}
