import Basics
import Kindred
import TestSupport
import Testing

/// Lists, counts, facets and summaries, each beside what a plain loop over all records finds.
@Suite struct CatalogueTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
  }

  private static let values: [AttributeValue] = [
    .null, .string("b"), .string("a"), .string("\u{e9}"), .number(2), .number(-0.0), .number(0), .bool(true),
    .bool(false), .integer(9_007_199_254_740_993), .number(9_007_199_254_740_992), .strings(["b", "c"]),
    .integers([2]), .string(String(repeating: "x", count: 300)),
  ]

  /// Records whose attributes have all types, mixed within an attribute too, some absent, many equal.
  private func fill(_ count: Int, from first: Int = 0, seed: UInt64 = 1) throws {
    var generator = SeededGenerator(seed: seed)
    let items = (first..<first + count).map { number -> Item in
      var attributes: Attributes = [:]
      if generator.below(5) > 0 { attributes["price"] = .number(Double(generator.below(9)) - 4) }
      attributes["any"] = generator.pick(Self.values)
      attributes["size"] = .object(["w": .number(Double(generator.below(3)))])
      return Item(
        id: "i\(generator.below(10))-\(number)", text: "t\(generator.below(40))", attributes: attributes)
    }
    try store.upsert(items)
  }

  /// A value's place among all as `SortOrder` promises it; nil for one without an order.
  private func rank(_ value: AttributeValue?) -> (Int, Double, Int64, [UInt8])? {
    switch value {
    // 2^53 + 1 is the only whole number here that a Double rounds.
    case .number(let number): (0, number, 0, [])
    case .integer(let number): (0, Double(number), 1, [])
    case .string(let text): (1, 0, 0, Array(text.utf8))
    case .bool(let flag): (2, flag ? 1 : 0, 0, [])
    default: nil
    }
  }

  private func isBefore(_ left: AttributeValue?, _ right: AttributeValue?, _ isDescending: Bool) -> Bool? {
    switch (rank(left), rank(right)) {
    case (nil, nil): return nil
    case (nil, _): return false
    case (_, nil): return true
    case (let left?, let right?):
      if (left.0, left.1, left.2) != (right.0, right.1, right.2) {
        return ((left.0, left.1, left.2) < (right.0, right.1, right.2)) != isDescending
      }
      if left.3 == right.3 { return nil }
      return left.3.lexicographicallyPrecedes(right.3) != isDescending
    }
  }

  private func value(_ name: String, _ item: Item) -> AttributeValue? {
    switch name {
    case "id": .string(item.id)
    case "text": item.text.map { .string($0) }
    case "size.w": item.attributes["size"]?.objectValue?["w"]
    default: item.attributes[name]
    }
  }

  private static let orders: [(text: SortOrder, keys: [(String, Bool)])] = [
    ("", []), ("price", [("price", false)]), ("price desc, id desc", [("price", true), ("id", true)]),
    ("any, price desc", [("any", false), ("price", true)]), ("any desc", [("any", true)]),
    ("text, id", [("text", false), ("id", false)]), ("id", [("id", false)]), ("id desc", [("id", true)]),
    ("size.w desc, `any`", [("size.w", true), ("any", false)]),
  ]

  @Test(arguments: orders.indices) func aListIsSorted(place: Int) throws {
    try fill(300)
    // A third of the ordinals is free, or a deleted record's.
    let all = try store.listItems().rows
    try store.write { transaction in
      for (number, item) in all.enumerated() where number % 6 == 0 {
        try transaction.append(
          Event(user: "u", item: item.id, time: Timestamp(milliseconds: 0), kind: "view"))
      }
      try transaction.delete(all.enumerated().filter { $0.offset % 3 == 0 }.map(\.element.id), kind: .items)
    }
    let rest = all.enumerated().filter { $0.offset % 3 != 0 }.map(\.element)
    let (order, keys) = Self.orders[place]
    for filter in [nil, "price > 0", "any is not null and price <= 2"] as [Filter?] {
      let wanted = rest.filter { item in
        guard filter != nil else { return true }
        let price = item.attributes["price"]?.doubleValue
        return filter == "price > 0"
          ? price ?? -1 > 0 : price ?? 9 <= 2 && item.attributes["any"] ?? .null != .null
      }.enumerated().sorted { left, right in
        for (name, isDescending) in keys {
          let (first, second) = (value(name, left.element), value(name, right.element))
          if let isBefore = isBefore(first, second, isDescending) { return isBefore }
        }
        return left.offset < right.offset
      }.map(\.element.id)
      let options = ListOptions(where: filter, orderedBy: order)
      let whole = try store.listItems(options)
      #expect(whole.rows.map(\.id) == wanted && whole.next == nil, "\(order) \(String(describing: filter))")
      #expect(try store.count(.items, where: filter) == wanted.count)
      // Page by page the same.
      for limit in [1, 7, wanted.count, wanted.count + 1] {
        var (paged, options) = ([String](), options)
        options.limit = limit
        repeat {
          let page = try store.listItems(options)
          paged += page.rows.map(\.id)
          options.after = page.next
          #expect(page.next == nil || page.rows.count == limit)
        } while options.after != nil && paged.count <= wanted.count
        #expect(paged == wanted, "\(order), \(limit) at a time")
      }
    }
  }

  @Test(arguments: orders.indices) func pagesHoldWhatDoesNotChange(place: Int) throws {
    try fill(200)
    var generator = SeededGenerator(seed: 5)
    let untouched = Set(
      try store.listItems().rows.enumerated().filter { $0.offset % 2 == 0 }.map(\.element.id))
    var options = ListOptions(orderedBy: Self.orders[place].text, limit: 9)
    var seen: [String] = []
    var round = 0
    repeat {
      let page = try store.listItems(options)
      seen += page.rows.map(\.id).filter { untouched.contains($0) }
      options.after = page.next
      // Between two pages: others deleted, changed, and new ones; the last row of the page too, if it may change.
      round += 1
      try fill(5, from: 1_000 * round, seed: UInt64(round))
      let others = try store.listItems().rows.filter { !untouched.contains($0.id) }
      try store.write { transaction in
        let last = page.rows.suffix(1).map(\.id).filter { !untouched.contains($0) }
        try transaction.delete(last + [generator.pick(others).id], kind: .items)
        var changed = generator.pick(others)
        changed.attributes["price"] = .number(Double(generator.below(9)))
        changed.attributes["any"] = .string("c")
        try transaction.upsert(changed)
      }
    } while options.after != nil && round < 500
    #expect(seen.count == untouched.count && Set(seen) == untouched)
  }

  @Test func longTextsAreOrderedByTheirBeginning() throws {
    let long = String(repeating: "é", count: 400)
    let texts = [long + "b", long + "a", "a", String(long.prefix(249))]
    try store.upsert(texts.enumerated().map { Item(id: "\($0.offset)", text: $0.element) })
    var options = ListOptions(orderedBy: "text", limit: 1)
    var ids: [String] = []
    repeat {
      let page = try store.listItems(options)
      ids += page.rows.map(\.id)
      options.after = page.next
      #expect(page.next?.text.utf8.count ?? 0 < 1_500)
    } while options.after != nil && ids.count < 9
    #expect(ids == ["2", "3", "0", "1"])
  }

  @Test func aCursorBelongsToOneList() throws {
    try fill(20)
    let options = ListOptions(where: "price > -9", orderedBy: "price", limit: 2)
    let cursor = try #require(try store.listItems(options).next)
    let other = try Store.create(at: directory.file("other.kindred"), options: .testing)
    defer { other.close() }
    try other.upsert(Item(id: "a"))
    #expect(throws: Never.self) {
      try store.listItems(ListOptions(where: "price > -9", orderedBy: "price", after: cursor))
    }
    for (wrong, word) in [
      (ListOptions(where: "price > -9", orderedBy: "price desc", after: cursor), "order"),
      (ListOptions(where: "price > -8", orderedBy: "price", after: cursor), "filter"),
      (ListOptions(where: "price > -9", orderedBy: "price", after: ListCursor("zz")), "damaged"),
      (
        ListOptions(
          where: "price > -9", orderedBy: "price", after: ListCursor(String(cursor.text.dropLast()))),
        "damaged"
      ),
      (ListOptions(where: "price > -9", orderedBy: "price", after: ListCursor("")), "damaged"),
      (ListOptions(orderedBy: "prise"), "did you mean \"price\"?"),
      (ListOptions(orderedBy: "price,"), "name"),
      (ListOptions(orderedBy: "price up"), "asc, desc"), (ListOptions(limit: 0), "at least 1"),
    ] {
      let error = storeError { try store.listItems(wrong) }
      #expect(
        error?.code == .invalidArgument && error?.message.contains(word) == true,
        "\(word): \(String(describing: error))")
    }
    let foreign = storeError {
      try other.listItems(ListOptions(where: "price > -9", orderedBy: "price", after: cursor))
    }
    #expect(
      foreign?.message.contains("no item has price") == true
        || foreign?.message.contains("another store") == true)
    #expect(
      code { try store.listUsers(ListOptions(where: "price > -9", orderedBy: "price", after: cursor)) }
        == .invalidArgument)
    // A number that is none, under a right checksum.
    let digits = Array(cursor.text)
    var bytes = stride(from: 0, to: digits.count, by: 2).map {
      UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0
    }
    bytes.replaceSubrange(
      (bytes.count - 12)..<(bytes.count - 4), with: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
    let checksum =
      bytes.dropLast(4).withContiguousStorageIfAvailable { crc32c(UnsafeRawBufferPointer($0)) } ?? 0
    bytes.replaceSubrange(
      (bytes.count - 4)..., with: withUnsafeBytes(of: checksum.littleEndian) { Array($0) })
    let nan = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    #expect(
      code {
        try store.listItems(
          ListOptions(where: "price > -9", orderedBy: "price", limit: 2, after: ListCursor(nan)))
      } == .invalidArgument)
    // Names that stand there already decide nothing; too many are an error.
    let repeated = SortOrder(Array(repeating: "price", count: 100).joined(separator: ","))
    #expect(
      try store.listItems(ListOptions(orderedBy: repeated)).rows
        == store.listItems(ListOptions(orderedBy: "price")).rows)
    let many = SortOrder((0..<20).map { "a\($0)" }.joined(separator: ","))
    #expect(code { try store.listItems(ListOptions(orderedBy: many)) } == .invalidArgument)
    // Whatever bytes a cursor has, it is an error or a place.
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let text = String(decoding: generator.mutated(Array(cursor.text.utf8)), as: UTF8.self)
      if text.lowercased() == cursor.text { continue }
      #expect(
        code {
          try store.listItems(ListOptions(where: "price > -9", orderedBy: "price", after: ListCursor(text)))
        } == .invalidArgument)
    }
  }

  @Test func facetsCountWhatALoopCounts() throws {
    try fill(400)
    for filter in [nil, "price >= 0"] as [Filter?] {
      let items = try store.listItems(ListOptions(where: filter)).rows
      for field in ["price", "any", "size.w", "text", "id"] {
        let values = items.map { value(field, $0) }.filter { $0 ?? .null != .null }
        let facet = try store.facet(.items, field: field, where: filter, limit: 1_000)
        #expect(facet.total == items.count && facet.missing == items.count - values.count)
        var counts: [AttributeValue: Int] = [:]
        for value in values {
          switch value {
          case .strings(let texts)?: for text in texts { counts[.string(text), default: 0] += 1 }
          case .integers(let numbers)?:
            for number in numbers { counts[.number(Double(number)), default: 0] += 1 }
          case .number(let number)?: counts[.number(number + 0), default: 0] += 1
          case let value?: counts[value, default: 0] += 1
          case nil: break
          }
        }
        #expect(
          Dictionary(uniqueKeysWithValues: facet.values.map { ($0.value, $0.count) }) == counts, "\(field)")
        #expect(facet.distinct == counts.count)
        #expect(zip(facet.values, facet.values.dropFirst()).allSatisfy { $0.count >= $1.count })
        #expect(try store.facet(.items, field: field, where: filter, limit: 2).values.count <= 2)
      }
      let facet = try store.facet(.items, field: "price", where: filter, limit: 3)
      let prices = items.compactMap { $0.attributes["price"]?.doubleValue }
      #expect(facet.smallest == prices.min() && facet.largest == prices.max() && facet.distinct == nil)
      for (place, range) in facet.ranges.enumerated() {
        let isLast = place == facet.ranges.count - 1
        #expect(
          range.count == prices.count { $0 >= range.lower && (isLast ? $0 <= range.upper : $0 < range.upper) }
        )
      }
      #expect(facet.ranges.reduce(0) { $0 + $1.count } == prices.count)
    }
    #expect(code { try store.facet(.items, field: "price", limit: 0) } == .invalidArgument)
    #expect(
      storeError { try store.facet(.items, field: "prise") }?.message.contains("did you mean \"price\"?")
        == true)
  }

  @Test func aSchemaSaysWhatThereIs() throws {
    try store.upsert([
      Item(id: "a", text: "é", attributes: ["price": 3, "tags": .strings(["x"]), "gone": 1]),
      Item(
        id: "bc",
        attributes: ["price": "n/a", "sale": true, "long": .string(String(repeating: "y", count: 700))]),
      Item(id: "d", attributes: ["price": -2, "size": .object(["w": 1])]),
    ])
    try store.dropAttribute("gone")
    let schema = try store.schema(of: .items)
    #expect(schema.map(\.name) == ["id", "text", "long", "price", "sale", "size", "tags"])
    let price = try #require(schema.first { $0.name == "price" })
    #expect(price.types == [.number: 2, .string: 1] && price.values == 3 && price.nulls == 0)
    #expect(price.smallest == -2 && price.largest == 3)
    // Three names with their lengths, two numbers with their tags, and a text with its tag and length.
    #expect(price.bytes == 3 * 6 + 2 * 9 + 5)
    let text = try #require(schema.first { $0.name == "text" })
    #expect(text.values == 1 && text.nulls == 2 && text.smallest == "é" && text.bytes == 3)
    let long = try #require(schema.first { $0.name == "long" })
    #expect(long.smallest?.stringValue?.count == 500 && long.bytes == 5 + 703)
    #expect(schema.first { $0.name == "tags" }?.types == [.list: 1])
    #expect(schema.first { $0.name == "size" }?.types == [.object: 1])
    #expect(try store.schema(of: .users).map(\.values) == [0, 0])
  }

  @Test func eventsAreListedAndCounted() throws {
    var generator = SeededGenerator(seed: 9)
    let events = (0..<200).map { number in
      Event(
        user: "u\(generator.below(9))", item: "i\(generator.below(20))",
        time: Timestamp(milliseconds: Int64(generator.below(50)) * 1_000),
        kind: generator.pick(["view", "buy"]),
        session: generator.pick([nil, "s"]), value: generator.pick([nil, 1.5, Double(number)]))
    }
    try store.write { _ = try $0.append(events) }
    var all: [Event] = []
    try store.read { try $0.forEachEvent { all.append($0) } }
    #expect(try store.listEvents().rows == all)
    let buys = all.filter { $0.kind == "buy" && $0.value ?? 0 > 1 }
    let filter = "kind = 'buy' and value > 1" as Filter
    #expect(try store.countEvents(where: filter) == buys.count && store.countEvents() == all.count)
    #expect(try store.eventFacet(field: "kind").values.reduce(0) { $0 + $1.count } == all.count)
    let sorted = buys.enumerated().sorted { left, right in
      let (first, second) = (left.element, right.element)
      if first.time != second.time { return first.time > second.time }
      if first.item != second.item { return first.item < second.item }
      return left.offset < right.offset
    }.map(\.element)
    for limit in [1, 13, 1_000] {
      for (order, wanted) in [("", buys), ("time desc, item", sorted)] as [(SortOrder, [Event])] {
        var options = ListOptions(where: filter, orderedBy: order, limit: limit)
        var found: [Event] = []
        repeat {
          let page = try store.listEvents(options)
          found += page.rows
          options.after = page.next
        } while options.after != nil && found.count <= wanted.count
        #expect(found == wanted, "\(order) \(limit)")
      }
    }
    #expect(code { try store.listEvents(ListOptions(where: "price > 3")) } == .badFilter)
    // Times are compared as instants, however they are written.
    let half = Timestamp(milliseconds: 24_500)
    try store.append(Event(user: "u0", item: "i1", time: half, kind: "view"))
    all.append(Event(user: "u0", item: "i1", time: half, kind: "view"))
    for (filter, passes) in [
      ("time < '1970-01-01T00:00:24Z'", { $0 < 24_000 }),
      ("time >= '1970-01-01T00:00:24Z'", { $0 >= 24_000 }),
      ("time > '1970-01-01T01:00:24+01:00'", { $0 > 24_000 }),
      ("time = '1970-01-01T00:00:24.500Z'", { $0 == 24_500 }),
      ("time between '1970-01-01T00:00:05Z' and '1970-01-01T00:00:07Z'", { $0 >= 5_000 && $0 <= 7_000 }),
      ("time not in ('1970-01-01T00:00:05Z', '1970-01-01T00:00:07Z')", { $0 != 5_000 && $0 != 7_000 }),
      ("time != 24.5", { $0 != 24_500 }), ("time is not null", { _ in true }),
    ] as [(Filter, (Int64) -> Bool)] {
      #expect(try store.countEvents(where: filter) == all.count { passes($0.time.milliseconds) }, "\(filter)")
    }
    for wrong in ["time > 'yesterday'", "time like '19%'", "time = true"] as [Filter] {
      #expect(code { try store.countEvents(where: wrong) } == .badFilter, "\(wrong)")
    }
    #expect(code { try store.listEvents(ListOptions(orderedBy: "price")) } == .invalidArgument)
    let schema = try store.read { try $0.eventSchema() }
    #expect(schema.map(\.name) == ["user", "item", "time", "kind", "session", "value"])
    #expect(schema.last?.values == all.count { $0.value != nil })
  }

  @Test func attributesAreRenamedDroppedAndCast() throws {
    try store.upsert([
      Item(id: "a", attributes: ["colour": "red", "price": "12.50", "n": 1]),
      Item(id: "b", attributes: ["colour": "blue", "price": 3, "n": true, "color": "?"]),
      Item(id: "c", attributes: ["price": "n/a", "n": .strings(["x"])]),
    ])
    let taken = storeError { try store.renameAttribute("colour", to: "color") }
    #expect(taken?.code == .invalidArgument && taken?.message.contains("\"b\"") == true)
    #expect(try store.dropAttribute("color") == change(removed: 1))
    #expect(try store.renameAttribute("colour", to: "color") == change(changed: 2))
    #expect(try store.items(where: "color = 'red'").map(\.id) == ["a"])
    #expect(try store.items(where: "colour is not null").isEmpty)
    let refused = storeError { try store.castAttribute("price", to: .number) }
    #expect(refused?.code == .invalidArgument && refused?.message.contains("\"c\"") == true)
    #expect(try store.item(id: "a")?.attributes["price"] == "12.50")
    #expect(
      try store.castAttribute("price", to: .number, removesOthers: true)
        == change(changed: 1, unchanged: 1, removed: 1))
    #expect(try store.items(where: "price > 3", sortedBy: "price").map(\.id) == ["a"])
    #expect(try store.castAttribute("price", to: .string) == change(changed: 2))
    #expect(
      try store.item(id: "a")?.attributes["price"] == "12.5"
        && store.item(id: "b")?.attributes["price"] == "3")
    #expect(
      try store.castAttribute("n", to: .bool, removesOthers: true)
        == change(changed: 1, unchanged: 1, removed: 1))
    #expect(try store.items(where: "n").map(\.id) == ["a", "b"])
    for (wrong, word) in [("prise", "price"), ("zzz", "schema")] {
      #expect(storeError { try store.dropAttribute(wrong) }?.message.contains(word) == true)
    }
    for name in ["", "id", String(repeating: "x", count: 101), "price"] {
      #expect(code { try store.renameAttribute("price", to: name) } == .invalidArgument, "\(name)")
    }
    #expect(try store.verify().ok)
  }

  private func change(changed: Int = 0, unchanged: Int = 0, removed: Int = 0) -> AttributeChange {
    AttributeChange(changed: changed, unchanged: unchanged, removed: removed)
  }
}
