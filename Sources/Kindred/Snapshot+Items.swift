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
    try StoreError.translating { try base.count(kind, where: filter?.text) }
  }

  /// The items that pass a filter, in the order in which they were first written, or sorted.
  /// - Parameters:
  ///   - filter: what an item must pass; nil takes all.
  ///   - attribute: what to sort by, as `SortOrder` says.
  ///   - descending: the largest first; what has no order stays at the end.
  ///   - limit: at most this many.
  /// - Throws: `StoreError` `.badFilter`, `.invalidArgument` for an attribute that no item has, `.corrupted`.
  /// - Complexity: as `forEachRecord(_:_:_:)`.
  public func items(
    where filter: Filter? = nil, sortedBy attribute: String? = nil, descending: Bool = false,
    limit: Int? = nil
  ) throws -> [Item] {
    guard limit ?? 1 > 0 else { return [] }
    let order = attribute.map { SortOrder.by($0, descending: descending) } ?? .written
    return try listItems(ListOptions(where: filter, orderedBy: order, limit: limit)).rows
  }
}
