import Basics
import Engine
import Records

extension WriteTransaction {
  /// Stores values of the caller's type as records: all that a value encodes itself as becomes the record's
  /// attributes, its id and its text too. nil is stored as absent. Types of Foundation are what they encode themselves
  /// as: a `Date` the seconds since 2001, `Decimal` and `URL` objects; an instant to filter by is better a number.
  /// `Snapshot.items(_:ids:)` gives the values back.
  /// - Parameters:
  ///   - values: each becomes one record.
  ///   - id: the record's id.
  ///   - text: what an encoder turns into a vector.
  ///   - kind: items or users.
  /// - Throws: `EncodingError`; as `upsert(_:)` of records.
  @discardableResult
  public func upsert<Value: Encodable, ID: LosslessStringConvertible>(
    _ values: [Value], id: (Value) -> ID, text: (Value) -> String? = { _ in nil }, kind: RecordKind = .items
  ) throws -> UpsertCounts {
    let items = try values.map { value in
      Item(
        id: id(value).description, text: text(value), attributes: try AttributeEncoder.attributes(of: value))
    }
    return try kind == .items
      ? upsert(items) : upsert(items.map { User(id: $0.id, text: $0.text, attributes: $0.attributes) })
  }
}

extension Record {
  /// The value of a type whose members are the attributes. A required `id` or `text` that no attribute has
  /// is the record's own, as of imported records.
  /// - Throws: `DecodingError`.
  public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try AttributeDecoder.decode(type, from: .object(attributes), id: id, text: text)
  }
}

extension Snapshot {
  /// The items of these ids as values of the caller's type, in the order of the ids, unknown ones left out.
  /// - Throws: `DecodingError` for an item that is none of the type; `StoreError` `.corrupted`.
  public func items<Value: Decodable>(_ type: Value.Type, ids: [String]) throws -> [Value] {
    try ids.compactMap { try item(id: $0)?.decode(type) }
  }

  /// How many records of a kind pass a filter; all without one.
  /// - Throws: `StoreError` `.badFilter`, `.corrupted`.
  /// - Complexity: O(1) without a filter, else O(records).
  public func count(_ kind: RecordKind, where filter: Filter? = nil) throws -> Int {
    try StoreError.translating {
      let store = try base.store()
      guard filter != nil else { return Int(kind == .items ? store.itemCount : store.userCount) }
      var count = 0
      try forEach(kind, where: filter) { _ in
        count += 1
        return true
      }
      return count
    }
  }

  /// The items that pass a filter, in the order in which they were first written, or sorted.
  /// - Parameters:
  ///   - filter: what an item must pass; nil takes all.
  ///   - attribute: what to sort by: numbers ascending, then texts by their bytes, then what has neither.
  ///   - descending: the largest first; what has neither number nor text stays at the end.
  ///   - limit: at most this many.
  /// - Throws: `StoreError` `.badFilter`, `.corrupted`.
  /// - Complexity: O(records) where sorted, with all that pass in memory; else a read for each record up to the last
  ///   one returned.
  public func items(
    where filter: Filter? = nil, sortedBy attribute: String? = nil, descending: Bool = false,
    limit: Int? = nil
  ) throws -> [Item] {
    try StoreError.translating {
      var found: [Item] = []
      guard limit ?? 1 > 0 else { return [] }
      try forEach(.items, where: filter) { record in
        found.append(Item(record))
        return attribute != nil || found.count < limit ?? .max
      }
      guard let attribute else { return found }
      let keys = found.map { SortKey($0.attributes[attribute]) }
      let order = found.indices.sorted { left, right in
        let (first, second) = (keys[left], keys[right])
        if first.rank == 2 || second.rank == 2 || first == second {
          return (first.rank, left) < (second.rank, right)
        }
        return descending ? second < first : first < second
      }
      return order.prefix(limit ?? .max).map { found[$0] }
    }
  }

  /// Visits the records that pass a filter until `body` gives false.
  private func forEach(
    _ kind: RecordKind, where filter: Filter?, _ body: (EntityRecord) throws -> Bool
  ) throws {
    let matches = try filter.map { try base.matches($0.text, kind) }
    let store = try base.store()
    for number in 0..<(kind == .items ? store.nextItem : store.nextUser) {
      let ordinal = Ordinal(number)
      guard matches?.contains(ordinal) ?? true, let record = try base.entity(at: ordinal, kind),
        !record.isDeleted
      else { continue }
      if try !body(record) { return }
    }
  }
}

/// What items are sorted by.
private struct SortKey: Comparable {
  var rank = 2
  var number = 0.0
  var text = ExactString("")

  init(_ value: AttributeValue?) {
    if let number = value?.doubleValue { (rank, self.number) = (0, number) }
    if let text = value?.stringValue { (rank, self.text) = (1, ExactString(text)) }
  }

  static func < (left: SortKey, right: SortKey) -> Bool {
    (left.rank, left.number, left.text) < (right.rank, right.number, right.text)
  }
}
