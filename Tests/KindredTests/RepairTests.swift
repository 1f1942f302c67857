import Basics
import Kindred
import Platform
import TestSupport
import Testing

/// What can be read of a damaged store is saved into a new one, which is sound; what is lost is counted.
@Suite struct RepairTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// All that a store has, by what callers see.
  private struct Everything: Equatable {
    var contents: Contents
    var spaces: [SpaceConfiguration] = []
    var vectors: [String: [String: [Float]]] = [:]
    var models: [ModelInfo] = []

    init(_ store: Store) throws {
      contents = try Contents(store)
      models = try store.models()
      for space in try store.read({ try $0.spaces() }) {
        spaces.append(space.configuration)
        var vectors: [String: [Float]] = [:]
        try store.read { try $0.forEachVector(space.configuration.name) { vectors[$0] = Array($1) } }
        self.vectors[space.configuration.name] = vectors
      }
    }
  }

  private func opened<R>(_ path: String, _ body: (Store) throws -> R) throws -> R {
    let store = try Store.open(at: path, options: .testing)
    defer { store.close() }
    return try body(store)
  }

  /// Repairs a file; the new store passes `verify`.
  private func repair(_ bytes: [UInt8]) throws -> (RepairReport, Everything) {
    let path = try directory.write(bytes, to: "damaged.kindred")
    let destination = directory.file("saved.kindred")
    defer { for name in [destination, destination + "-lock"] { unlink(name) } }
    let report = try Store.repair(at: path, into: destination, threads: 1)
    #expect(try readFile(path) == bytes, "the damaged file was changed")
    let check = try Store.verify(at: destination)
    #expect(check.problems == [])
    return (report, try opened(destination) { try Everything($0) })
  }

  /// Items, users, events, two spaces of which one has codes, deleted records, a tail and deleted nodes.
  private struct Fixture {
    let bytes: [UInt8]
    let whole: Everything

    /// Made once: all tests read it.
    static let made = Result { try Fixture() }

    init() throws {
      let shop = try ShopFixture(count: 500, tail: 50, seed: 141)
      let store = shop.store
      try store.createSpace(
        SpaceConfiguration(name: "people", of: .users, dimension: 8, metric: .dot, encoding: .int8))
      var events: [Event] = []
      for number in 0..<400 {
        let kind = number % 2 == 0 ? "view" : "purchase"
        let session = number % 5 == 0 ? "s\(number)" : nil
        events.append(
          Event(
            user: "u\(number % 40)", item: "i\(number * 7 % 550)",
            time: Timestamp(milliseconds: Int64(number / 3)), kind: kind, session: session,
            value: Double(number)))
      }
      try store.append(events)
      try store.upsert(
        (0..<40).map { User(id: "u\($0)", text: "user \($0)", attributes: ["age": .number(Double($0))]) })
      try store.upsert(
        "people", ids: (0..<40).map { "u\($0)" },
        vectors: (0..<40).flatMap { user in (0..<8).map { Float(user * 8 + $0) / 100 } })
      try store.delete(["i7", "i14", "i300", "i521"], kind: .items)
      try store.delete(["u3"], kind: .users)
      whole = try Everything(store)
      store.close()
      bytes = try readFile(store.path)
    }
  }

  @Test func aSoundStoreIsSavedWhole() throws {
    let fixture = try Fixture.made.get()
    let (report, saved) = try repair(fixture.bytes)
    #expect(report.ok && report.lost == [:] && report.problems == [])
    #expect(saved == fixture.whole)
    #expect(
      report.saved == [
        "items": 546, "users": 39, "events": fixture.whole.contents.events.count, "spaces": 2, "models": 0,
        "vectors of content": 546, "vectors of people": 39,
      ])
    #expect(directory.names == ["damaged.kindred"])
  }

  /// Models with the spaces that they made, and a space of texts with its encoder: both answer as before.
  @Test func modelsAndEncodersServeAsBefore() throws {
    let fixture = try SessionFixture()
    let store = fixture.store
    try store.embed("content")
    try store.train(SessionFixture.options(epochs: 4))
    let whole = try Everything(store)
    func answers(_ store: Store) throws -> [[String]] {
      [
        try store.recommend(user: "u5", options: .init(k: 8)).map(\.id),
        try store.query("content", text: "thing number7", options: .init(k: 5, effort: .exact)).map(\.id),
      ]
    }
    let expected = try answers(store)
    store.close()
    let path = fixture.directory.file("saved.kindred")
    let report = try Store.repair(at: store.path, into: path)
    #expect(report.ok && report.saved["models"] == 1, "\(report)")
    let saved = try Store.open(at: path, options: .testing)
    defer { saved.close() }
    #expect(try Everything(saved) == whole)
    #expect(try answers(saved) == expected)
    #expect(try saved.verify().problems == [])
  }

  @Test func whatIsThereIsNotWrittenOver() throws {
    let shop = try ShopFixture(count: 20, tail: 0, seed: 142)
    #expect(code { try Store.repair(at: shop.store.path, into: shop.directory.file("new")) } == .busy)
    shop.store.close()
    let bytes = try readFile(shop.store.path)
    #expect(code { try Store.repair(at: shop.store.path, into: shop.store.path) } == .alreadyExists)
    let link = shop.directory.file("link")
    #expect(symlink(shop.store.path, link) == 0)
    #expect(code { try Store.repair(at: shop.store.path, into: link) } == .alreadyExists)
    #expect(
      code { try Store.repair(at: shop.store.path, into: shop.directory.file("no/folder")) } == .cannotCreate)
    #expect(code { try Store.repair(at: shop.directory.file("absent"), into: link) } != nil)
    #expect(try readFile(shop.store.path) == bytes)
    let text = try shop.directory.write(String(repeating: "id,text\n", count: 3_000), to: "notes.txt")
    #expect(code { try Store.repair(at: text, into: shop.directory.file("new")) } == .foreign)
    #expect(!shop.directory.names.contains("new"))
  }

  /// Saved is what was there, lost is what is missing, and nothing else is in the new store.
  private func compare(
    _ report: RepairReport, _ saved: Everything, _ whole: Everything, _ place: String
  ) -> (lost: Int, all: Int) {
    func check(_ kind: String, _ found: [String], _ before: [String], others: Int = 0) {
      let known = Set(before)
      #expect(found.count { !known.contains($0) } == others, "\(kind), \(place)")
      #expect(before.count - found.count == report.lost[kind, default: 0], "\(kind), \(place)")
    }
    // A record of which the id alone is left is another one.
    let (found, before) = (saved.contents, whole.contents)
    check(
      "items", found.items.map { "\($0)" }, before.items.map { "\($0)" },
      others: report.lost["attributes of items", default: 0])
    check("items", found.items.map(\.id), before.items.map(\.id))
    check(
      "users", found.users.map { "\($0)" }, before.users.map { "\($0)" },
      others: report.lost["attributes of users", default: 0])
    check("users", found.users.map(\.id), before.users.map(\.id))
    check("events", found.events.map { "\($0)" }, before.events.map { "\($0)" })
    var (lost, all) = (
      0, whole.contents.items.count + whole.contents.users.count + whole.contents.events.count
    )
    lost += report.lost.filter { !$0.key.hasPrefix("vectors of") && $0.key != "spaces" }.values.reduce(0, +)
    for (space, vectors) in whole.vectors {
      all += vectors.count
      guard let found = saved.vectors[space] else {
        #expect(report.lost["spaces", default: 0] > 0, "\(place)")
        lost += vectors.count
        continue
      }
      #expect(found.allSatisfy { vectors[$0.key] == $0.value }, "\(space), \(place)")
      #expect(
        vectors.count - found.count == report.lost["vectors of \(space)", default: 0], "\(space), \(place)")
      lost += vectors.count - found.count
    }
    return (lost, all)
  }

  /// Whatever page is lost, what does not lie in it is saved. `KINDRED_REPAIR=1` takes every page.
  @Test func aLostPageLosesWhatLiesInIt() throws {
    let fixture = try Fixture.made.get()
    let pageCount = fixture.bytes.count / 4_096
    let isLong = getenv("KINDRED_REPAIR") != nil
    var (files, share, least, nothing) = (0, 0.0, 1.0, 0)
    for page in stride(from: isLong ? 0 : 1, to: pageCount, by: isLong ? 1 : 11) {
      var bytes = fixture.bytes
      bytes.replaceSubrange(page * 4_096..<(page + 1) * 4_096, with: repeatElement(0, count: 4_096))
      files += 1
      let result: (RepairReport, Everything)
      do { result = try repair(bytes) } catch let error as StoreError {
        #expect(error.code == .corrupted, "page \(page): \(error)")
        nothing += 1
        least = 0
        continue
      }
      guard result.0.lost["commits"] == nil else {
        // A header page, or the list of tables that it leads to: the commit before is taken.
        #expect(page < 2 || result.0.problems.contains { $0.contains("list of tables") }, "page \(page)")
        files -= 1
        continue
      }
      let (lost, all) = compare(result.0, result.1, fixture.whole, "page \(page)")
      share += 1 - Double(lost) / Double(all)
      least = min(least, 1 - Double(lost) / Double(all))
    }
    print(
      "\(files) files with a zeroed page: \(share / Double(files)) saved, at least \(least), \(nothing) not at all"
    )
    #expect(nothing <= 1 && share / Double(files) > 0.95)
  }

  /// Leaves below a branch that is lost are found among the pages that nothing leads to.
  @Test func aLostBranchLosesNothing() throws {
    let fixture = try Fixture.made.get()
    let branches = DamagedStoreFile(newer: fixture.bytes, older: nil).branches
    #expect(branches.count > 3)
    var inUse = 0
    for branch in branches {
      var bytes = fixture.bytes
      bytes.replaceSubrange(branch * 4_096..<(branch + 1) * 4_096, with: repeatElement(0, count: 4_096))
      let (report, saved) = try repair(bytes)
      #expect(report.lost == [:] && saved == fixture.whole, "page \(branch): \(report.lost)")
      if !report.problems.isEmpty { inUse += 1 }
    }
    #expect(inUse > 3)
  }

  /// Damage of every kind: never a trap, and what is saved is what was there, or what is reported.
  @Test(arguments: FileDamage.allCases) func damageOfEveryKindIsSavedFrom(damage: FileDamage) throws {
    let fixture = try Fixture.made.get()
    let file = DamagedStoreFile(newer: fixture.bytes, older: nil)
    var generator = SeededGenerator(seed: 143)
    var (repaired, refused) = (0, 0)
    for round in 0..<3 {
      guard let (bytes, place) = file.damaged(damage, &generator) else { continue }
      do {
        let (report, saved) = try repair(bytes)
        if report.lost["commits"] == nil { _ = compare(report, saved, fixture.whole, "\(round): \(place)") }
        repaired += 1
      } catch let error as StoreError {
        #expect([.corrupted, .foreign].contains(error.code), "\(place): \(error)")
        refused += 1
      }
    }
    print("\(damage): \(repaired) repaired, \(refused) refused")
  }

  /// With both header pages gone the list of tables is looked for.
  @Test func tablesAreFoundWithoutHeaderPages() throws {
    let fixture = try Fixture.made.get()
    var bytes = fixture.bytes
    bytes.replaceSubrange(0..<8_192, with: repeatElement(0, count: 8_192))
    let (report, saved) = try repair(bytes)
    #expect(report.problems.contains { $0.contains("no header page leads to tables") })
    #expect(saved.contents.items.count > 500 && saved.vectors["content"]?.isEmpty == false)
  }
}
