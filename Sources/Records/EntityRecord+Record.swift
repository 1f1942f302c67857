package import Values

extension RecordKind {
  /// A stored record as one of this kind.
  package func record(_ stored: EntityRecord) -> any Record { self == .items ? Item(stored) : User(stored) }
}

extension Record {
  package init(_ record: EntityRecord) {
    self.init(id: record.id, text: record.text, attributes: record.attributes)
  }

  /// As it is stored; null attributes are left out, since absent and null mean the same.
  package var entityRecord: EntityRecord {
    EntityRecord(id: id, text: text, attributes: attributes.filter { $0.value != .null })
  }
}

extension Event {
  /// - Parameters: the names of what the stored event has as numbers.
  package init(_ key: EventKey, _ record: EventRecord, user: String, item: String, kind: String) {
    self.init(
      user: user, item: item, time: Timestamp(milliseconds: key.time), kind: kind, session: record.session,
      value: record.value)
  }
}
