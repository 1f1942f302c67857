import TestSupport
import Kindred
import Testing

@Suite struct RecordTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
  }

  @Test func recordsOfEveryTypeComeBack() throws {
    let item = Item(
      id: "85123A", text: "WHITE HANGING HEART — T-LIGHT ☕️ HOLDER",
      attributes: [
        "title": "heart", "price": 2.55, "sold": true, "empty": .string(""),
        "tags": .strings(["a", "ß", ""]),
        "sizes": .integers([-1, 0, .max]), "nothing": nil,
      ])
    #expect(try store.upsert([item]).stored == 1)
    var expected = item
    expected.attributes["nothing"] = nil
    #expect(try store.read { try $0.item(id: "85123A") } == expected)
    #expect(try store.read { try $0.user(id: "85123A") } == nil)
    // The same once more changes nothing; null and absent are the same.
    let again = try store.upsert([item, expected])
    #expect((again.stored, again.unchanged) == (0, 2))
    // A record replaces the one before as a whole.
    #expect(try store.upsert([Item(id: "85123A", attributes: ["price": 3])]).stored == 1)
    #expect(
      try store.read { try $0.item(id: "85123A") } == Item(id: "85123A", attributes: ["price": 3]))
  }

  // Nested values, decimals in lists and large whole numbers disappeared or were rounded, and names of the same
  // characters in other bytes were merged: attributes were a dictionary of six kinds of values.
  @Test func whatJSONCanSayComesBack() throws {
    let item = Item(
      id: "n",
      attributes: [
        "size": .object(["w": 1.5, "parts": .list([nil, true, .object(["x": "y"])])]),
        "weights": .list([1.5, 2]), "sku": .integer(9_007_199_254_740_993), "\u{E9}": 1, "e\u{301}": 2,
        "long": .list((0..<100).map { .number(Double($0) + 0.5) }),
      ])
    try store.upsert([item])
    #expect(try store.read { try $0.item(id: "n") } == item)
    #expect(try store.verify().ok)
    for name in ["\u{E9}", "e\u{301}"] {
      #expect(try store.read { try $0.item(id: "n") }?.attributes[name] == item.attributes[name])
    }
  }

  @Test func idsAreAnyTextOfUpTo500Bytes() throws {
    let ids = [
      "x", "a b\t\n\"'", "ü€😀", "\0", String(repeating: "e", count: 500), String(repeating: "é", count: 250),
    ]
    try store.upsert(ids.map { Item(id: $0) })
    try store.read { (snapshot) throws in
      for id in ids { #expect(try snapshot.item(id: id)?.id == id) }
    }
    #expect(try store.delete(ids + ["absent"], kind: .items) == ["absent"])
    #expect(try store.statistics().items == 0)
    #expect(try store.verify().problems == [])
  }

  /// Equal in Unicode's sense, but other bytes: two ids.
  @Test func idsAreComparedByTheirBytes() throws {
    try store.upsert([Item(id: "caf\u{E9}", text: "composed"), Item(id: "cafe\u{301}", text: "decomposed")])
    #expect(try store.read { try $0.item(id: "caf\u{E9}") }?.text == "composed")
    #expect(try store.read { try $0.item(id: "cafe\u{301}") }?.text == "decomposed")
    #expect(try store.statistics().items == 2)
  }

  @Test func badRecordsStoreNothingOfTheirTransaction() throws {
    let bad: [(Item, StoreError.Code)] = [
      (Item(id: ""), .invalidID), (Item(id: String(repeating: "e", count: 501)), .invalidID),
      (Item(id: "x", attributes: ["": 1]), .invalidArgument),
      (Item(id: "x", attributes: [String(repeating: "n", count: 101): 1]), .invalidArgument),
      (Item(id: "x", attributes: ["price": .number(.nan)]), .invalidArgument),
      (Item(id: "x", attributes: ["price": .number(-.infinity)]), .invalidArgument),
    ]
    for (item, expected) in bad {
      #expect(code { try store.upsert([Item(id: "good"), item, Item(id: "better")]) } == expected)
    }
    #expect(try Contents(store).items.isEmpty)
  }

  @Test func eventsStandInTimeOrderAndOnce() throws {
    func event(_ time: Int64, _ item: String, _ value: Double? = nil) -> Event {
      Event(
        user: "u", item: item, time: Timestamp(milliseconds: time), kind: "view", session: "s", value: value)
    }
    let events = [
      event(5, "b"), event(-3, "c"), event(5, "a"), event(1 << 40, "d"), event(5, "b", 2), event(0, "b"),
    ]
    for each in events { #expect(try store.append(each)) }
    for each in events { #expect(try store.append(each) == false) }
    let expected = [
      event(-3, "c"), event(0, "b"), event(5, "b"), event(5, "a"), event(5, "b", 2), event(1 << 40, "d"),
    ]
    try store.read { (snapshot) throws in
      #expect(try snapshot.sequence(user: "u") == expected)
      #expect(try snapshot.sequence(user: "u", last: 2) == expected.suffix(2))
      #expect(try snapshot.sequence(user: "u", last: 100) == expected)
      #expect(try snapshot.sequence(user: "nobody") == nil)
      #expect(try snapshot.item(id: "d") == Item(id: "d"))
    }
    for bad in [
      event(0, ""), event(0, "x", .nan), Event(user: "", item: "x"), Event(user: "u", item: "x", kind: ""),
    ] {
      #expect(throws: StoreError.self) { try store.append(bad) }
    }
    #expect(try store.statistics().events == 6)
    #expect(try store.read { try $0.item(id: "x") } == nil)
  }

  @Test func deletingAUserTakesTheEventsAndAnItemTheVectors() throws {
    try store.createSpace(SpaceConfiguration(name: "s", of: .items, dimension: 2, metric: .l2))
    try store.upsert("s", ids: ["a", "b"], vectors: [0, 0, 1, 1])
    for user in ["u", "v"] {
      try store.append(Event(user: user, item: "a", time: Timestamp(milliseconds: 1)))
    }
    #expect(try store.delete(["u", "w"], kind: .users) == ["w"])
    #expect(try store.delete(["a"], kind: .items) == [])
    try store.read { (snapshot) throws in
      #expect(try snapshot.sequence(user: "u") == nil)
      // The other user did see the item, whatever became of it.
      #expect(try snapshot.sequence(user: "v")?.map(\.item) == ["a"])
      #expect(try snapshot.query("s", vector: [0, 0]).map(\.id) == ["b"])
      #expect(try snapshot.vector("s", id: "a") == nil)
      #expect(code { try snapshot.query("s", like: "a") } == .recordNotFound)
    }
    let statistics = try store.statistics()
    #expect((statistics.items, statistics.users, statistics.events) == (1, 1, 1))
    // The id can be used again and starts without a past.
    #expect(try store.append(Event(user: "u", item: "b", time: Timestamp(milliseconds: 1))))
    #expect(try store.read { try $0.sequence(user: "u")?.map(\.item) } == ["b"])
    #expect(try store.verify().problems == [])
  }
}
