import Foundation
import Kindred
import TestSupport
import Testing

/// Values of the caller's types as records, and the other way.
@Suite struct CodableRecordTests {
  private struct Product: Codable, Hashable, Sendable {
    var id: String
    var title: String
    var brand: String?
    var price: Double
    var sizes: [String] = []
    var added = Date(timeIntervalSinceReferenceDate: 5)
  }
  private struct Numbered: Codable, Hashable {
    var id: Int
    var text: String?
    var name: String
  }
  private struct Coded: Codable, Hashable {
    var sku: String
    var subtitle: String?
  }

  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
  }

  @Test func valuesComeBack() throws {
    let products = [
      Product(id: "a", title: "Red bag", brand: "Acme", price: 3.5, sizes: ["s", "m"]),
      Product(id: "b", title: "Red bag", brand: "Red bag", price: 2), Product(id: "c", title: "c", price: 1),
    ]
    #expect(try store.upsert(products, id: \.id, text: \.title).stored == 3)
    #expect(try store.upsert(products, id: \.id, text: \.title).unchanged == 3)
    #expect(
      try store.items(Product.self, ids: ["c", "none", "a", "b"]) == [products[2], products[0], products[1]])
    let record = try #require(try store.item(id: "a"))
    #expect(record.text == "Red bag")
    // A date is the number that it encodes itself as; nil is absent.
    #expect(
      record.attributes == [
        "id": "a", "title": "Red bag", "brand": "Acme", "price": 3.5, "sizes": .strings(["s", "m"]),
        "added": 5,
      ])
    #expect(try store.item(id: "c")?.attributes["brand"] == nil)
  }

  @Test func idsOfOtherTypesAndNamesComeBack() throws {
    let numbered = [Numbered(id: 7, text: nil, name: "x"), Numbered(id: 8, text: "eight", name: "eight")]
    try store.upsert(numbered, id: \.id, text: \.text)
    #expect(try store.items(Numbered.self, ids: ["7", "8"]) == numbered)
    let coded = [Coded(sku: "x1", subtitle: "small"), Coded(sku: "x2")]
    try store.upsert(coded, id: \.sku, text: \.subtitle)
    #expect(try store.items(Coded.self, ids: ["x1", "x2"]) == coded)
    try store.upsert([Product(id: "u", title: "Ann", price: 0)], id: \.id, text: \.title, kind: .users)
    #expect(try store.user(id: "u")?.decode(Product.self).title == "Ann")
  }

  private struct Title: RawRepresentable, Codable, Hashable { var rawValue: String }
  private struct Number: RawRepresentable, Codable, Hashable, LosslessStringConvertible {
    var rawValue: Int
    init(rawValue: Int) { self.rawValue = rawValue }
    init?(_ text: String) {
      guard let number = Int(text) else { return nil }
      rawValue = number
    }
    var description: String { rawValue.description }
  }
  private struct Wrapped: Codable, Hashable {
    var id: Number
    var title: Title
    var text: String?
    var label: String
  }
  private struct Named: Codable, Hashable {
    var sku: String
    var id: Int?
  }

  /// Members that were taken for the id or the text were left out, and could not always be put back: wrapped ones
  /// threw, optional ones were invented, dictionaries lost them.
  @Test func whatLooksLikeIDOrTextComesBack() throws {
    let wrapped = [
      Wrapped(id: Number(rawValue: 7), title: Title(rawValue: "x"), text: nil, label: "x"),
      Wrapped(id: Number(rawValue: 8), title: Title(rawValue: "y"), text: "y", label: "z"),
    ]
    try store.upsert(wrapped, id: \.id, text: \.title.rawValue)
    #expect(try store.items(Wrapped.self, ids: ["7", "8"]) == wrapped)
    let named = [Named(sku: "12", id: nil), Named(sku: "s", id: 3)]
    try store.upsert(named, id: \.sku)
    #expect(try store.items(Named.self, ids: ["12", "s"]) == named)
    let dictionary = ["id": "p1", "title": "Bag"]
    try store.upsert([dictionary], id: { $0["id"] ?? "" }, text: { $0["title"] })
    #expect(try store.items([String: String].self, ids: ["p1"]) == [dictionary])
    // Of an imported record the id and the text are its own.
    try store.upsert(Item(id: "9", text: "nine", attributes: ["name": "n"]))
    #expect(try store.items(Numbered.self, ids: ["9"]) == [Numbered(id: 9, text: nil, name: "n")])
  }

  @Test func whatIsNoneOfTheTypeIsAnError() throws {
    try store.upsert([Item(id: "a"), Item(id: "b", text: "B", attributes: ["price": "cheap"])])
    for id in ["a", "b"] {
      #expect(throws: DecodingError.self) { try store.items(Product.self, ids: [id]) }
    }
    #expect(throws: EncodingError.self) { try store.upsert([1], id: { $0 }) }
  }

  @Test func recordsNeedNoAttributesToBeDecoded() throws {
    let item = try JSONDecoder().decode(Item.self, from: Data(#"{"id":"a"}"#.utf8))
    #expect(item == Item(id: "a"))
    let full = User(id: "u", text: "Ann", attributes: ["age": 3])
    #expect(try JSONDecoder().decode(User.self, from: JSONEncoder().encode(full)) == full)
    // Two spellings of é are two ids.
    #expect(Item(id: "é") != Item(id: "e\u{301}"))
  }

  /// Events were coded as `{"time":{"milliseconds":…}}`, so that what the command exported could not be decoded.
  @Test func exportedEventsAreDecoded() throws {
    let line =
      #"{"user":"u","item":"a","time":"2024-02-29T12:00:00.250Z","kind":"view","session":null,"value":null}"#
    let event = try JSONDecoder().decode(Event.self, from: Data(line.utf8))
    #expect(event == Event(user: "u", item: "a", time: Timestamp(milliseconds: 1_709_208_000_250)))
    #expect(try JSONDecoder().decode(Event.self, from: JSONEncoder().encode(event)) == event)
    let later: Timestamp = event.time + .seconds(1.5)
    #expect(later - event.time == .milliseconds(1_500) && later - .milliseconds(1_500) == event.time)
  }

  @Test func itemsAreCountedAndListed() throws {
    for number in 0..<20 {
      let price = Double(number * 7 % 20)
      try store.upsert(
        Item(id: "i\(number)", attributes: ["price": .number(price), "even": .bool(number % 2 == 0)]))
    }
    try store.upsert([
      Item(id: "none", attributes: ["even": true]), Item(id: "text", attributes: ["price": "x"]),
    ])
    try store.delete(["i0"], kind: .items)
    #expect(try store.count(.items) == 21 && store.count(.users) == 0)
    #expect(
      try store.count(.items, where: "even") == 10 && store.count(.items, where: "colour is null") == 21)
    let cheap = try store.items(where: "even", sortedBy: "price", limit: 3).map(\.id)
    #expect(cheap == ["i6", "i12", "i18"])
    #expect(try store.items(sortedBy: "price").suffix(3).map(\.id) == ["i17", "text", "none"])
    #expect(try store.items(sortedBy: "price", descending: true).map(\.id).prefix(2) == ["text", "i17"])
    #expect(try store.items(sortedBy: "price", descending: true).last?.id == "none")
    #expect(try store.items(where: "not even", limit: 2).map(\.id) == ["i1", "i3"])
    #expect(try store.items(limit: 0) == [])
    #expect(code { try store.count(.items, where: "price <") } == .badFilter)
  }
}
