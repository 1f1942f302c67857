import Kindred
import Platform
import TestSupport
import Testing

@Suite struct MaintenanceTests {
  @Test func aBackupIsTheStoreOfOneCommit() throws {
    var shop = try ShopFixture(count: 300, tail: 50, seed: 71)
    for number in 0..<50 { try shop.store.append(Event(user: "u\(number % 3)", item: "i\(number)")) }
    let path = shop.directory.file("copy.kindred")
    let before = try Contents(shop.store)
    try shop.store.backup(to: path)
    #expect(code { try shop.store.backup(to: path) } == .alreadyExists)
    try shop.store.delete(["i1", "i2"], kind: .items)
    let query = shop.nextVector()
    let copy = try Store.open(at: path, options: .testing)
    defer { copy.close() }
    #expect(try Contents(copy) == before)
    #expect(try copy.verify().problems == [])
    let found = try copy.query("content", vector: query, options: .init(k: 350, effort: .exact)).map(\.id)
    #expect(found == shop.nearest(to: query, k: 350) { _ in true })
    try copy.append(Event(user: "only in the copy", item: "i0"))
    #expect(try shop.store.statistics().users == 3)
    #expect(code { try shop.store.backup(to: shop.directory.file("no/such/folder")) } != nil)
    #expect(shop.directory.names.allSatisfy { $0.hasPrefix("shop.kindred") || $0.hasPrefix("copy.kindred") })
  }

  @Test func compactionShrinksTheFileAndForgetsWhatWasDeleted() throws {
    let shop = try ShopFixture(count: 900, tail: 0, seed: 72)
    let secret = "marker-7f3a9c51"
    try shop.store.upsert(
      (0..<40).map { User(id: "\(secret)-\($0)", text: String(repeating: secret, count: 50)) })
    #expect(try shop.store.delete((0..<40).map { "\(secret)-\($0)" }, kind: .users).isEmpty)
    try shop.store.delete((100..<900).map { "i\($0)" }, kind: .items)
    try shop.store.merge("content")
    let before = try Contents(shop.store)
    let query = shop.vectorOfOnes
    let matches = try shop.store.query("content", vector: query, options: .init(k: 100, effort: .exact))
    let report = try shop.store.compact()
    #expect(report.bytesAfter * 2 < report.bytesBefore)
    #expect(try readFile(shop.store.path).count == report.bytesAfter)
    #expect(String(decoding: try readFile(shop.store.path), as: UTF8.self).contains(secret) == false)
    // The store goes on with the new file.
    #expect(try Contents(shop.store) == before)
    #expect(try shop.store.query("content", vector: query, options: .init(k: 100, effort: .exact)) == matches)
    try shop.store.upsert("content", ids: ["later"], vectors: query)
    #expect(try shop.store.query("content", vector: query).first?.id == "later")
    #expect(try shop.store.verify().problems == [])
    shop.store.close()
    let opened = try Store.open(at: shop.store.path)
    defer { opened.close() }
    #expect(try opened.query("content", vector: query).first?.id == "later")
    #expect(Set(shop.directory.names) == ["shop.kindred", "shop.kindred-lock"])
  }

  @Test func compactionIsRefusedWhileAnotherProcessHasTheStore() throws {
    let shop = try ShopFixture(count: 100, tail: 0, seed: 73)
    try shop.store.createSpace(SpaceConfiguration(name: "numbers", of: .items, dimension: 4, metric: .l2))
    let child = try ChildProcess(store: shop.store.path)
    #expect(try child.run("open").hasPrefix("ok"))
    #expect(code { try shop.store.compact() } == .busy)
    // Both go on as before.
    #expect(try child.run("upsert 5 from-child") == "ok 5")
    #expect(try shop.store.read { try $0.vector("numbers", id: "from-child")?.first } == 5)
    try shop.store.upsert([Item(id: "from here")])
    #expect(try child.run("verify") == "ok sound")
    #expect(try child.finish() == .exited(0))
    try shop.store.compact()
    #expect(try shop.store.read { try $0.vector("numbers", id: "from-child")?.first } == 5)
  }

  @Test func rebuildAndMergeChangeNoAnswer() throws {
    var shop = try ShopFixture(count: 400, tail: 120, seed: 74)
    try shop.store.delete(["i3", "i410"], kind: .items)
    let queries = (0..<10).map { _ in shop.nextVector() }
    func answers() throws -> [[Match]] {
      try queries.map { try shop.store.query("content", vector: $0, options: .init(k: 30, effort: .exact)) }
    }
    let before = try answers()
    #expect(try shop.store.merge("content") == 119)
    #expect(try answers() == before)
    let merged = try shop.store.read { try $0.space("content") }
    #expect((merged.tail, merged.count) == (0, 518))
    let reports = try shop.store.rebuild(["content"], threads: 2)
    #expect(reports.map(\.count) == [518])
    #expect(reports[0].generation != merged.generation)
    #expect(try answers() == before)
    #expect(try shop.store.merge("content") == 0)
    #expect(code { try shop.store.rebuild(["absent"]) } == .spaceNotFound)
    #expect(code { try shop.store.rebuild(threads: 0) } == .invalidArgument)
    #expect(code { try shop.store.merge("absent") } == .spaceNotFound)
    #expect(try shop.store.verify().problems == [])
  }

  /// What the store gives out is what it takes in: another store made from it is equal.
  @Test func contentsGoThroughFilesAndBack() throws {
    let shop = try ShopFixture(count: 150, tail: 20, seed: 75)
    try shop.store.upsert([
      Item(
        id: "odd \"id\"\n\\", text: "line\nbreak\ttab \u{1}",
        attributes: ["t": .strings(["a\"", ""]), "n": .integers([1, -2])]),
      Item(id: "числа", text: "😀", attributes: ["x": 1e-7, "y": .number(-12_345.678)]),
    ])
    try shop.store.upsert([User(id: "u1", text: "Ann", attributes: ["age": 31])])
    for number in 0..<90 {
      try shop.store.append(
        Event(
          user: "u\(number % 7)", item: "i\(number)",
          time: Timestamp(milliseconds: Int64(number / 9) * 1_001 - 3),
          kind: number % 2 == 0 ? "view" : "cart", session: number % 3 == 0 ? nil : "s,\(number)",
          value: number % 4 == 0 ? nil : Double(number) / 3))
    }
    let contents = try Contents(shop.store)
    let items = try shop.directory.write(contents.items.map(JSONText.line).joined(), to: "items.jsonl")
    let users = try shop.directory.write(contents.users.map(JSONText.line).joined(), to: "users.jsonl")
    let events = try shop.directory.write(contents.events.map(JSONText.line).joined(), to: "events.jsonl")
    let copy = try Store.testing(shop.directory, "copy.kindred")
    defer { copy.close() }
    let report = try copy.importRecords(
      ImportFiles(items: items, users: users, events: events), options: ImportOptions(strict: true))
    #expect(report.items?.stored == contents.items.count && report.events?.stored == 90)
    #expect(try Contents(copy) == contents)

    var (ids, vectors): ([String], [Float]) = ([], [])
    try shop.store.read {
      try $0.forEachVector("content") { id, vector in
        ids.append(id); vectors += vector
      }
    }
    try copy.createSpace(try shop.store.read { try $0.space("content").configuration })
    #expect(try copy.upsert("content", ids: ids, vectors: vectors).stored == 170)
    for store in [shop.store, copy] { try store.rebuild() }
    let (left, right) = try (shop.answers(shop.store), shop.answers(copy))
    #expect(left == right)
  }
}

extension ShopFixture {
  /// What a store answers to every tenth item's vector.
  fileprivate func answers(_ store: Store) throws -> [[String]] {
    try stride(from: 0, to: vectors.count, by: 10).map { index in
      try store.query("content", vector: vectors[index], options: .init(k: 12, effort: .exact)).map(\.id)
    }
  }
}

/// The little JSON that a round trip needs.
private enum JSONText {
  static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      if scalar == "\"" || scalar == "\\" { return "\\\(scalar)" }
      guard scalar.value < 32 else { return "\(scalar)" }
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    return "\"\(escaped.joined())\""
  }

  static func value(_ value: AttributeValue) -> String {
    switch value {
    case .null: "null"
    case .string(let text): quoted(text)
    case .number(let number): "\(number)"
    case .bool(let flag): "\(flag)"
    case .strings(let texts): "[\(texts.map(quoted).joined(separator: ","))]"
    case .integers(let numbers): "[\(numbers.map { "\($0)" }.joined(separator: ","))]"
    case .integer(let number): "\(number)"
    case .list(let elements): "[\(elements.map { self.value($0) }.joined(separator: ","))]"
    case .object(let members):
      "{\(members.map { "\(quoted($0.key)):\(self.value($0.value))" }.joined(separator: ","))}"
    }
  }

  static func line(_ record: any Record) -> String {
    var members = ["\"id\":\(quoted(record.id))"]
    if let text = record.text { members.append("\"text\":\(quoted(text))") }
    members += record.attributes.map { "\(quoted($0.key)):\(value($0.value))" }
    return "{\(members.joined(separator: ","))}\n"
  }

  static func line(_ event: Event) -> String {
    var members = [
      "\"user\":\(quoted(event.user))", "\"item\":\(quoted(event.item))", "\"time\":\"\(event.time)\"",
    ]
    members.append("\"kind\":\(quoted(event.kind))")
    if let session = event.session { members.append("\"session\":\(quoted(session))") }
    if let value = event.value { members.append("\"value\":\(value)") }
    return "{\(members.joined(separator: ","))}\n"
  }
}
