import Basics
import Records
import Testing
import Values

@testable import Engine

/// What is counted of events must be what a count from scratch gives, whatever came late and whatever went.
@Suite struct EventCountTests {
  private let policy = SignalPolicy(
    signals: [
      .init(kind: "purchase", weight: 5), .init(kind: "rate", below: 3, weight: -1),
      .init(kind: "rate", atLeast: 4, weight: 2), .init(kind: "look", weight: 0),
      .init(kind: "return", weight: -3),
    ], halfLifeSeconds: 3_600)

  /// The co-occurrences of all items.
  private func lists(_ store: TestStore) throws -> [UInt32: [UInt32: Int64]] {
    try store.engine.read { snapshot in
      var lists: [UInt32: [UInt32: Int64]] = [:]
      for item in 0..<UInt32(try snapshot.store().nextItem) {
        try snapshot.forEachCoOccurrence(of: Ordinal(item)) {
          lists[item, default: [:]][$0.ordinal] = $0.weight
        }
      }
      return lists
    }
  }

  /// Events of 12 users in random order of their times, many of which are equal, some users deleted in between, in
  /// random transactions, with so little memory that counts are written several times in one.
  @Test(arguments: [false, true]) func countsAreThoseOfAFreshCount(hasPolicy: Bool) throws {
    let store = try TestStore(memoryLimitBytes: hasPolicy ? nil : 100_000)
    var random = SeededGenerator(seed: hasPolicy ? 7 : 8)
    if hasPolicy { _ = try store.engine.write { try $0.setSignalPolicy(policy) } }
    let kinds = ["purchase", "rate", "look", "return", "view"]
    for round in 0..<40 {
      _ = try store.engine.write { writer in
        for _ in 0..<Int.random(in: 1...300, using: &random) {
          let user = try writer.ordinalMakingRecord(of: "u\(Int.random(in: 0..<12, using: &random))", .users)
          let item = try writer.ordinalMakingRecord(of: "i\(Int.random(in: 0..<300, using: &random))", .items)
          let kind = try writer.eventKind(kinds.randomElement(using: &random) ?? "")
          let value = Bool.random(using: &random) ? nil : Double(Int.random(in: 1...5, using: &random))
          _ = try writer.append(
            EventRecord(item: item, kind: kind, session: nil, value: value), user: user,
            time: Int64.random(in: 0..<400, using: &random) * 100_000)
        }
        if round % 7 == 3 { _ = try writer.delete("u\(round % 12)", .users) }
        if round % 9 == 5 { _ = try writer.delete("i\(round)", .items) }
      }
    }
    let counted = try lists(store)
    #expect(counted.count > 100)
    #expect(try store.engine.verify().problems == [])
    let kept = try store.engine.read { try $0.itemCounts() }
    _ = try store.engine.write { try $0.setSignalPolicy(hasPolicy ? self.policy : SignalPolicy()) }
    #expect(try lists(store) == counted)
    let fresh = try store.engine.read { try $0.itemCounts() }
    #expect(kept.count == fresh.count)
    #expect(zip(kept, fresh).allSatisfy { $0.equals($1, halfLife: hasPolicy ? 3_600_000 : 2_592_000_000) })
    // Without users there is nothing left.
    _ = try store.engine.write { writer in for user in 0..<12 { _ = try writer.delete("u\(user)", .users) } }
    #expect(try lists(store).isEmpty)
    #expect(try store.engine.read { try $0.itemCounts() }.allSatisfy { $0 == ItemCount() })
    #expect(try store.engine.verify().problems == [])
  }

  /// By hand: a, b, c by one user, then x between a and b.
  @Test func weightsFallWithDistance() throws {
    let store = try TestStore()
    func append(_ item: String, _ time: Int64) throws {
      _ = try store.engine.write { writer in
        let user = try writer.ordinalMakingRecord(of: "u", .users)
        let ordinal = try writer.ordinalMakingRecord(of: item, .items)
        return try writer.append(
          EventRecord(item: ordinal, kind: try writer.eventKind("view"), session: nil, value: nil),
          user: user,
          time: time)
      }
    }
    for (place, item) in ["a", "b", "c"].enumerated() { try append(item, Int64(place) * 10) }
    #expect(try lists(store) == [0: [1: 120, 2: 60], 1: [0: 60, 2: 120], 2: [0: 30, 1: 60]])
    try append("x", 5)
    #expect(
      try lists(store) == [
        0: [1: 60, 2: 40, 3: 120], 1: [0: 30, 2: 120, 3: 60], 2: [0: 20, 1: 60, 3: 30],
        3: [0: 60, 1: 120, 2: 60],
      ])
    let counts = try store.engine.read { try $0.itemCounts() }
    #expect(counts.map(\.events) == [1, 1, 1, 1] && counts.map(\.strength) == [1_000, 1_000, 1_000, 1_000])
  }

  @Test func decayedSumsHalve() {
    var sum = DecayedSum()
    sum.add(1, at: 0, halfLife: 100)
    sum.add(1, at: 300, halfLife: 100)
    #expect(abs(sum.value - 1.125) < 1e-15 && sum.time == 300)
    sum.add(2, at: 250, halfLife: 100)
    #expect(abs(sum.value - 1.125 - 2 * 0.5.squareRoot()) < 1e-15)
    #expect(abs(sum.value(at: 500, halfLife: 100) - sum.value / 4) < 1e-15)
    sum.add(1, at: .max, halfLife: 1)
    #expect(sum.value == 1)
    sum.add(1, at: .min, halfLife: 1)
    #expect(sum.value == 1)
  }

  /// A hot item's list has many blocks; all of it is found, in order.
  @Test func longListsHaveBlocks() throws {
    let store = try TestStore()
    _ = try store.engine.write { writer in
      for number in (0..<1_000).map({ $0 * 7 % 1_000 }) {
        let user = try writer.ordinalMakingRecord(of: "u\(number)", .users)
        for item in ["hot", "i\(number)"] {
          let ordinal = try writer.ordinalMakingRecord(of: item, .items)
          _ = try writer.append(
            EventRecord(item: ordinal, kind: try writer.eventKind("view"), session: nil, value: nil),
            user: user,
            time: item == "hot" ? 0 : 1)
        }
      }
    }
    let hot = try lists(store)[0] ?? [:]
    #expect(hot.count == 1_000 && hot.values.allSatisfy { $0 == 120 })
    #expect(try store.engine.verify().problems == [])
  }

  @Test(arguments: ["weight", "count", "gone", "policy"]) func countsThatWereChangedAreFound(what: String)
    throws
  {
    let store = try TestStore()
    _ = try store.engine.write { writer in
      let user = try writer.ordinalMakingRecord(of: "u", .users)
      for (time, item) in ["a", "b", "c"].enumerated() {
        let ordinal = try writer.ordinalMakingRecord(of: item, .items)
        _ = try writer.append(
          EventRecord(item: ordinal, kind: try writer.eventKind("view"), session: nil, value: nil),
          user: user,
          time: Int64(time))
      }
    }
    _ = try store.engine.write { writer in
      let table = writer.tables.column
      let list = ListKey.coOccurrences | 1
      let place = BlockKey(list, 0)
      var block = try ListBlock<CoOccurrence>(
        decoding: try #require(try writer.transaction.get(table, place)), list: list, first: 0)
      var counts = try #require(try writer.transaction.itemCounts(block: 0, writer.tables))
      switch what {
      case "weight":
        block.entries[0].weight += 1
        try writer.transaction.put(table, place, block.encoded(list: list))
      case "count":
        counts.counts[2].strength += 1
        try writer.transaction.put(table, BlockKey(ListKey.counts, 0), counts.encoded(number: 0))
      case "gone": try writer.transaction.delete(table, place)
      default: try writer.transaction.delete(writer.tables.meta, "signals")
      }
    }
    try store.reopen()
    #expect(try !store.engine.verify().ok)
  }
}
