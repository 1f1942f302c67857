import Engine

extension WriteTransaction {
  /// Gives an attribute another name in all records of a kind. A model that has learned from it goes by the old name
  /// until the next training.
  /// - Throws: `StoreError` `.invalidArgument` where no record has it, for a name that cannot be one, and where a record
  ///   has the new one already.
  /// - Complexity: O(records).
  @discardableResult
  public func renameAttribute(
    _ name: String, to newName: String, of kind: RecordKind = .items
  ) throws -> AttributeChange {
    try StoreError.translating {
      try writer.renameAttribute(name, to: newName, kind) { changes?.insert($0, kind) }
    }
  }

  /// Removes an attribute from all records of a kind.
  /// - Throws: `StoreError` `.invalidArgument` where no record has it.
  /// - Complexity: O(records).
  @discardableResult
  public func dropAttribute(_ name: String, of kind: RecordKind = .items) throws -> AttributeChange {
    try StoreError.translating { try writer.dropAttribute(name, kind) { changes?.insert($0, kind) } }
  }

  /// Makes all values of an attribute texts, numbers or truth values.
  /// - Parameters:
  ///   - type: `.string`, `.number` or `.bool`; a number is read as 12.5 is written.
  ///   - removesOthers: whether values that cannot be read so are removed.
  /// - Throws: `StoreError` `.invalidArgument` where no record has it, and for values that cannot be read so, unless
  ///   they are removed.
  /// - Complexity: O(records).
  @discardableResult
  public func castAttribute(
    _ name: String, to type: AttributeSummary.ValueType, of kind: RecordKind = .items,
    removesOthers: Bool = false
  ) throws -> AttributeChange {
    try StoreError.translating {
      try writer.castAttribute(name, to: type, kind, removesOthers: removesOthers) {
        changes?.insert($0, kind)
      }
    }
  }
}
