package import Values
import Basics
import LMDB
import Records
import VectorMath

/// What a transaction sees of records, events and vectors, its own changes included.
extension Writer {
  /// The number of the commit that it makes.
  package var transactionID: Int { transaction.id }

  /// The events of one user in time order, or the last `limit` of them; nil when there is no such user.
  package func events(ofUser id: String, last limit: Int?) throws -> [Event]? {
    guard let user = try transaction.ordinal(of: id, .users, tables), try isLive(user, .users) else {
      return nil
    }
    var found: [(EventKey, EventRecord)] = []
    try transaction.forEach(tables.event, prefix: user.rawValue, reverse: true) { key, value in
      if let limit, found.count >= limit { return .stop }
      found.append(try Snapshot.decode(key, value))
      return .next
    }
    return try found.reversed().map { key, event in
      Event(
        key, event, user: id, item: try transaction.id(of: event.item, .items, tables),
        kind: try eventKindName(event.kind))
    }
  }

  /// The vector of `id` in a space, decoded; nil when it has none there.
  package func vector(of id: String, in spaceName: String) throws -> [Float]? {
    let space = try space(spaceName)
    guard let ordinal = try transaction.ordinal(of: id, space.record.kind, tables) else { return nil }
    return try vector(of: ordinal, in: space)
  }

  /// The vector of an ordinal in a space, decoded; nil when it has none there.
  func vector(of ordinal: Ordinal, in space: SpaceWriter) throws -> [Float]? {
    let (record, spaceName) = (space.record, space.record.name)
    switch try space.place(of: ordinal) {
    case .none: return nil
    case .tail(let sequence):
      let layout = try record.definition.layout
      guard let value = try transaction.get(tables.tail, BlockKey(record.number, sequence)) else {
        throw EngineError.corrupted("row \(sequence) of the tail of \"\(spaceName)\" is missing")
      }
      do throws(RecordError) {
        let row = try TailRecord.decode(value, sequence: sequence, strideBytes: layout.strideBytes).row
        return layout.decoded(row)
      } catch { throw EngineError.corrupted("tail of \"\(spaceName)\", row", "\(sequence)", error) }
    case .graph:
      // A graph is as the last commit left it: nobody else can commit now, and a transaction of a caller changes none.
      return try engine.read { try $0.vector(of: ordinal, in: $0.space(spaceName)) }
    }
  }
}
