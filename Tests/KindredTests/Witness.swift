import Kindred

/// What a store must hold after the writes that were acknowledged, kept outside of it.
struct Witness: Equatable {
  /// The number in each item's vector.
  var vectors: [String: Int] = [:]
  /// The number among each item's attributes; -1 for an item without.
  var items: [String: Int] = [:]
  /// The items of each user's events, with their numbers, in order.
  var events: [String: [String]] = [:]

  init() {}

  /// What a store holds.
  init(reading store: Store) throws {
    try store.read { snapshot in
      try snapshot.forEachVector("numbers") { id, vector in vectors[id] = Int(vector[0]) }
      try snapshot.forEachRecord(.items) { items[$0.id] = Int($0.number("number") ?? -1) }
      try snapshot.forEachEvent { event in
        events[event.user, default: []].append("\(event.time.milliseconds) \(event.item)")
      }
    }
  }

  mutating func apply(_ step: Step) {
    switch step {
    case .upsert(let number, let ids):
      for id in ids { (vectors[id], items[id]) = (number, number) }
    case .delete(let ids):
      for id in ids { (vectors[id], items[id]) = (nil, nil) }
    case .append(let number, let user, let names):
      events[user, default: []] += names.map { "\(number) \($0)" }
      for name in names where items[name] == nil { items[name] = -1 }
    case .importItems(let number, let ids):
      for id in ids { items[id] = number }
    case .nothing: break
    }
  }

  /// A change that is made as a whole or not at all.
  enum Step {
    case upsert(number: Int, ids: [String])
    case delete(ids: [String])
    case append(number: Int, user: String, items: [String])
    case importItems(number: Int, ids: [String])
    case nothing
  }

  /// Where two differ, in few words.
  func difference(from other: Witness) -> String {
    func keys<Value: Equatable>(_ left: [String: Value], _ right: [String: Value]) -> String {
      let all = Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }.sorted()
      return all.prefix(5).map {
        "\($0): \(left[$0].map { "\($0)" } ?? "-") / \(right[$0].map { "\($0)" } ?? "-")"
      }
      .joined(separator: ", ") + (all.count > 5 ? " and \(all.count - 5) more" : "")
    }
    return
      "vectors \(keys(vectors, other.vectors)); items \(keys(items, other.items)); events \(keys(events, other.events))"
  }
}
