import TestSupport
import Kindred
import Testing

/// Items found by words, also misspelt ones, through the built-in hashed encoder.
@Suite struct TextQueryTests {
  static let titles = [
    "red woolen scarf", "blue cotton scarf", "wooden picture frame", "silver picture hook",
    "garden watering can",
    "hanging heart lantern", "ceramic coffee mug", "glass coffee pot", "leather travel bag",
    "canvas shopping bag",
    "kitchen wall clock", "childrens drawing book", "vintage paper napkins", "strawberry lunch box",
  ]
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
    try store.upsert(
      Self.titles.enumerated().map { Item(id: "i\($0)", text: $1, attributes: ["n": .number(Double($0))]) })
    try store.upsert([Item(id: "mute"), Item(id: "blank", text: " ")])
    let report = try store.embed("content")
    #expect((report.embedded, report.skipped) == (Self.titles.count, 2))
  }

  private func first(_ text: String, filter: Filter? = nil) throws -> String? {
    let matches = try store.read { try $0.query("content", text: text, options: .init(k: 3, filter: filter)) }
    return matches.first.flatMap { match in Int(match.id.dropFirst()).map { Self.titles[$0] } }
  }

  @Test func wordsFindTheirItems() throws {
    for title in Self.titles { #expect(try first(title) == title) }
    #expect(try first("Coffee MUG, please!") == "ceramic coffee mug")
    #expect(try first("scarf of wool, red") == "red woolen scarf")
    #expect(try first("scarf", filter: "n > 0") == "blue cotton scarf")
    #expect(try store.read { try $0.query("content", text: " …") }.isEmpty)
  }

  @Test(arguments: [
    ("wooden pictur frme", "wooden picture frame"), ("cermic cofee mugg", "ceramic coffee mug"),
    ("lether travell bag", "leather travel bag"), ("strawbery lunchbox", "strawberry lunch box"),
    ("kichen clok", "kitchen wall clock"), ("childrens drawng bok", "childrens drawing book"),
    ("hangign haert lantren", "hanging heart lantern"),
  ]) func misspeltWordsFindThemToo(query: String, title: String) throws {
    #expect(try first(query) == title)
  }

  @Test func theEncoderStaysWithTheSpace() throws {
    #expect(try store.read { try $0.space("content").encoder } == "hashed")
    let before = try store.read { try $0.query("content", text: "coffee") }
    store.close()
    let opened = try Store.open(at: store.path, options: .testing)
    defer { opened.close() }
    #expect(try opened.read { try $0.query("content", text: "coffee") } == before)
    // New items join with the encoder that is there, in the call that writes them or later; old vectors stay as they
    // are.
    try opened.upsert([Item(id: "i14", text: "coffee grinder")])
    try opened.write { transaction in
      transaction.leaveTextsUnembedded()
      try transaction.upsert([Item(id: "i15", text: "coffee roaster")])
    }
    let report = try opened.embed("content", options: .init(onlyMissing: true))
    #expect(report.embedded == 1)
    let after = try opened.read { try $0.query("content", text: "coffee", options: .init(k: 20)) }
    #expect(before.allSatisfy { after.contains($0) })
    #expect(after.contains { $0.id == "i14" } && after.contains { $0.id == "i15" })
    #expect(try opened.verify().problems == [])
  }

  @Test func spacesWithoutEncoderSaySo() throws {
    try store.createSpace(SpaceConfiguration(name: "own", of: .items, dimension: 2, metric: .cosine))
    #expect(code { try store.read { try $0.query("own", text: "x") } } == .unsupported)
    try store.upsert("own", ids: ["a"], vectors: [1, 2])
    #expect(code { try store.embed("own") } == .unsupported)
    #expect(code { try store.embed("content", options: .init(dimension: 7)) } == .dimensionMismatch)
    #expect(code { try store.embed("content", encoder: "oracle") } == .notFound)
  }

  /// Compaction starts the count of commits again: an encoder remembered by such a number is not the space's any more.
  @Test func anEncoderMadeAnewIsUsedAfterCompaction() throws {
    for number in 0..<60 {
      try store.append(Event(user: "u", item: "i0", time: .init(milliseconds: Int64(number))))
    }
    _ = try store.read { try $0.query("content", text: "coffee") }
    let commit = try store.read { $0.transaction }
    try store.compact()
    try store.upsert((0..<40).map { Item(id: "n\($0)", text: "coffee machine part \($0)") })
    try store.embed("content")
    while try store.read({ $0.transaction }) < commit { try store.append(Event(user: "u", item: "i0")) }
    #expect(try store.read { $0.transaction } == commit)
    let answer = try store.read {
      try $0.query("content", text: "coffee clock", options: .init(effort: .exact))
    }
    store.close()
    let opened = try Store.open(at: store.path, options: .testing)
    defer { opened.close() }
    #expect(
      try opened.read { try $0.query("content", text: "coffee clock", options: .init(effort: .exact)) }
        == answer)
  }
}
