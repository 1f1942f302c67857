import Basics
import Kindred
import TestSupport
import Testing

/// A store that was opened with a limit of memory: work that fits is done, what can be done in parts is, and the
/// rest is refused before it begins.
@Suite struct MemoryLimitTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("shop.kindred")
    try Store.testing(directory, "shop.kindred").close()
  }

  private func open(_ limitBytes: Int?) throws -> Store {
    try Store.open(at: path, options: .init(durability: .none, memoryLimitBytes: limitBytes))
  }

  /// 3,000 vectors of 64 components take 32 MiB of overhead and about 1.7 MB.
  private static let (enough, tooLittle) = (60_000_000, 34_500_000)

  private func vectorFile(count: Int) throws -> String {
    var generator = SeededGenerator(seed: 71)
    let rows = (0..<count).map { number in
      let vector = (0..<64).map { _ in Float.random(in: -1...1, using: &generator) }
      return #"{"id":"i\#(number)","vector":\#(vector)}"#
    }
    return try directory.write(rows.joined(separator: "\n"), to: "vectors.jsonl")
  }

  @Test func aBuildThatDoesNotFitIsRefusedAndAnUpsertWorksInParts() throws {
    let file = try vectorFile(count: 3_000)
    var store = try open(Self.tooLittle)
    try store.createSpace(
      SpaceConfiguration(name: "content", of: .items, dimension: 64, metric: .cosine, m: 4))
    let report = try store.upsert("content", from: file)
    #expect(report.stored == 3_000 && report.rejected.isEmpty)
    let space = try #require(try store.read { try $0.spaces() }.first)
    #expect(space.count == 3_000 && space.tail < 1_500, "\(space)")
    #expect(code { try store.rebuild() } == .memoryLimit)
    // The graph that was made in slices answers like one that was built at once.
    let probe = [Float](repeating: 0.125, count: 64)
    let exact = try store.query("content", vector: probe, options: .init(effort: .exact)).map(\.id)
    let found = try store.query("content", vector: probe).map(\.id)
    #expect(Set(found).intersection(exact).count >= 8)
    store.close()
    store = try open(Self.enough)
    #expect(try store.rebuild().first?.count == 3_000)
    #expect(try store.query("content", vector: probe, options: .init(effort: .exact)).map(\.id) == exact)
    store.close()
  }

  /// A tail of more than half of the graph is built anew with it, unless that takes too much.
  @Test func aLongTailIsMergedInSlicesWhereTheWholeDoesNotFit() throws {
    var generator = SeededGenerator(seed: 72)
    let store = try Store.open(
      at: path,
      options: .init(
        durability: .none, mergesAutomatically: false, memoryLimitBytes: Self.tooLittle))
    defer { store.close() }
    try store.createSpace(
      SpaceConfiguration(name: "content", of: .items, dimension: 64, metric: .cosine, m: 4))
    for count in [1_000, 1_500] {
      let ids = (0..<count).map { "\(count)-\($0)" }
      let vectors = (0..<64 * count).map { _ in Float.random(in: -1...1, using: &generator) }
      _ = try store.write { try $0.upsert("content", ids: ids, vectors: vectors) }
      try store.merge("content")
    }
    let space = try #require(try store.read { try $0.spaces() }.first)
    #expect(space.count == 2_500 && space.tail == 0)
    #expect(code { try store.rebuild() } == .memoryLimit)
  }

  @Test func trainingAndFactorisingAreRefused() throws {
    let store = try open(1_000)
    defer { store.close() }
    for number in 0..<60 {
      try store.append(
        Event(
          user: "u\(number % 6)", item: "i\(number % 10)", time: Timestamp(milliseconds: Int64(number))))
    }
    #expect(code { _ = try store.train(.init(dimension: 16)) } == .memoryLimit)
    #expect(code { _ = try store.factorize("taste", .init(dimension: 4)) } == .memoryLimit)
    #expect(try store.read { try $0.models().isEmpty && $0.spaces().isEmpty })
  }

  /// JSON is stored as it is read: the same store as without a limit, with ids that come again.
  @Test func recordsOfJSONAreStoredInParts() throws {
    var rows: [String] = []
    for number in 0..<3_000 { rows.append(#"{"id":"i\#(number)","text":"t \#(number)","price":\#(number)}"#) }
    for number in stride(from: 0, to: 3_000, by: 7) { rows.append(#"{"id":"i\#(number)","brand":"b"}"#) }
    let items = try directory.write(rows.joined(separator: "\n"), to: "items.jsonl")
    let whole = try Store.create(at: directory.file("whole.kindred"), options: .init(durability: .none))
    defer { whole.close() }
    let all = try #require(try whole.importRecords(ImportFiles(items: items)).items)
    let store = try open(100_000)
    defer { store.close() }
    let report = try #require(try store.importRecords(ImportFiles(items: items)).items)
    #expect(all.stored == 3_000 && all.merged == 429)
    // An id that comes again in a later part is stored again.
    #expect(report.stored + report.merged == 3_429 && report.merged < all.merged)
    let (found, wanted) = (try records(store), try records(whole))
    #expect(found == wanted && found.count == 3_000)
  }

  private func records(_ store: Store) throws -> [String] {
    try store.read { snapshot in
      var found: [String] = []
      try snapshot.forEachRecord(.items) { record in
        let attributes = record.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        found.append("\(record.id)|\(record.text ?? "")|\(attributes)")
      }
      return found
    }
  }

  @Test func aDelimitedFileThatDoesNotFitIsRefusedWhole() throws {
    let rows = (0..<3_000).map { "i\($0),text \($0),\($0)" }
    let items = try directory.write("id,text,price\n" + rows.joined(separator: "\n"), to: "items.csv")
    let store = try open(100_000)
    defer { store.close() }
    #expect(code { _ = try store.importRecords(ImportFiles(items: items)) } == .memoryLimit)
    #expect(try records(store).isEmpty)
    let roomy = try Store.create(
      at: directory.file("roomy.kindred"), options: .init(memoryLimitBytes: 10_000_000))
    defer { roomy.close() }
    #expect(try roomy.importRecords(ImportFiles(items: items)).items?.stored == 3_000)
  }

  @Test func eventsAreStoredInParts() throws {
    let rows = (0..<5_000).map { "u\($0 % 50),i\($0 % 90),\($0)" }
    let events = try directory.write("user,item,time\n" + rows.joined(separator: "\n"), to: "events.csv")
    let store = try open(20_000)
    defer { store.close() }
    #expect(try store.importRecords(ImportFiles(events: events)).events?.stored == 5_000)
    #expect(try store.read { try $0.sequence(user: "u7")?.count } == 100)
  }
}
