import Values
import Basics
import Engine
import Records

/// Records and events that a dry run shows.
private let shownCount = 5

extension RecordImport {
  /// Counts what storing would do to what `snapshot` has.
  func preview(_ snapshot: Snapshot) throws {
    var (stored, unchanged) = (0, 0)
    var first: [EntityRecord] = []
    try forEachRecord(stored: { try snapshot.entity($0, kind) }) { before, after in
      guard var after else { return }
      if first.count < shownCount { first.append(after) }
      after.isNamedByEvents = before?.isNamedByEvents ?? false
      if let before, before.encoded(for: Ordinal(0)) == after.encoded(for: Ordinal(0)) {
        unchanged += 1
      } else {
        stored += 1
      }
    }
    try demandNoneTooLarge()
    var deleted = 0
    if deletesMissing {
      try snapshot.forEachEntity(kind) { _, record in if !keeps(record.id) { deleted += 1 } }
    }
    reader.count(stored: stored, unchanged: unchanged)
    reader.report { counts in
      counts.deleted = deleted
      if kind == .items {
        counts.firstItems = first.map { Item($0) }
      } else {
        counts.firstUsers = first.map { User($0) }
      }
    }
  }
}

extension EventImport {
  /// An event of one user, by the fields that events are compared in.
  private struct Identity: Hashable {
    let time: Int64
    let item: ExactString
    let kind: ExactString
    let session: ExactString?
    let value: UInt64?
  }

  /// Counts what storing would do to what `snapshot` has, once `records` are stored.
  func preview(_ snapshot: Snapshot, records: [RecordImport]) throws {
    func isDeleted(_ id: String, _ kind: RecordKind) -> Bool {
      records.contains { $0.kind == kind && $0.deletesMissing && !$0.keeps(id) }
    }
    for kind in RecordKind.allCases {
      let names = unregisteredNames(kind)
      let table = kind == .users ? users : items
      let new = try names.filter { name in
        let id = table.name(name)
        if records.contains(where: { $0.kind == kind && $0.has(id) }) { return false }
        return try isDeleted(id, kind) || snapshot.entity(id, kind) == nil
      }
      keep(Array(repeating: 0, count: names.count), of: names[...], kind)
      count(new: new, kind)
    }
    let byUser = pending.indices.sorted { (pending[$0].user, $0) < (pending[$1].user, $1) }
    var (stored, unchanged) = (0, 0)
    var user: Int32 = -1
    var known: Set<Identity> = []
    for place in byUser {
      let event = pending[place]
      if event.user != user {
        user = event.user
        known = isDeleted(users.name(user), .users) ? [] : try identities(ofUser: users.name(user), snapshot)
      }
      if known.insert(identity(event)).inserted { stored += 1 } else { unchanged += 1 }
    }
    reader.count(stored: stored, unchanged: unchanged)
    let first = pending.prefix(shownCount).map { event in
      Event(
        user: users.name(event.user), item: items.name(event.item),
        time: Timestamp(milliseconds: event.time), kind: kinds.name(event.kind),
        session: event.session < 0 ? nil : sessions.name(event.session),
        value: event.value.isNaN ? nil : event.value)
    }
    reader.report { $0.firstEvents = first }
  }

  private func identity(_ event: Pending) -> Identity {
    Identity(
      time: event.time, item: ExactString(items.name(event.item)), kind: ExactString(kinds.name(event.kind)),
      session: event.session < 0 ? nil : ExactString(sessions.name(event.session)),
      value: event.value.isNaN ? nil : event.value.bitPattern)
  }

  private func identities(ofUser id: String, _ snapshot: Snapshot) throws -> Set<Identity> {
    Set(
      try (snapshot.events(ofUser: id, last: nil) ?? []).map { event in
        Identity(
          time: event.time.milliseconds, item: ExactString(event.item), kind: ExactString(event.kind),
          session: event.session.map { ExactString($0) }, value: event.value?.bitPattern)
      })
  }
}
