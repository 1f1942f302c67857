import Basics
import Kindred
import TestSupport
import Testing

/// The search box and its word index, beside a plain computation over all texts.
@Suite struct SearchTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
  }

  private static let words = [
    "red", "blue", "bag", "lamp", "retrospot", "heart", "tea", "light", "holder", "set", "of", "12", "grün",
    "tasche", "AB-12", "85099B", "赤い", "mug",
  ]

  /// Terms as the index is to have them; the words above need no more rules.
  private func terms(_ text: String) -> [String] {
    text.lowercased().split(separator: " ").flatMap { word -> [String] in
      switch word {
      case "ab-12": ["ab", "12", "ab12"]
      case "赤い": ["赤", "い"]
      default: [String(word)]
      }
    }
  }

  private func bm25(_ query: [String], _ items: [Item], _ attributes: [String]) -> [(String, Double)] {
    let texts = items.map { item in
      terms(
        ([item.text].compactMap { $0 } + attributes.compactMap { item.attributes[$0]?.stringValue })
          .joined(separator: " "))
    }
    let filled = texts.filter { !$0.isEmpty }
    let mean = Double(filled.reduce(0) { $0 + $1.count }) / Double(max(1, filled.count))
    return zip(items, texts).compactMap { item, text in
      let score = query.reduce(0.0) { sum, word in
        let count = Double(text.count { $0 == word })
        let holders = Double(texts.count { $0.contains(word) })
        let rarity = log1p((Double(filled.count) - holders + 0.5) / (holders + 0.5))
        return sum + rarity * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * Double(text.count) / mean))
      }
      return score > 0 ? (item.id, score) : nil
    }
  }

  private func log1p(_ value: Double) -> Double {
    // The area below 1 / x, by Simpson's rule: no C library is imported here.
    let steps = 2_000
    let width = value / Double(steps)
    return (0..<steps).reduce(0.0) { sum, step in
      let (start, end) = (1 + Double(step) * width, 1 + Double(step + 1) * width)
      return sum + width / 6 * (1 / start + 8 / (start + end) + 1 / end)
    }
  }

  @Test func wordsAreWeighedAsBM25SaysWhateverIsWritten() throws {
    var generator = SeededGenerator(seed: 3)
    try store.indexWords(attributes: ["brand", "brand", "none"])
    for round in 0..<12 {
      try store.write { transaction in
        for _ in 0..<60 {
          let id = "i\(generator.below(200))"
          switch generator.below(6) {
          case 0: try transaction.delete([id], kind: .items)
          case 1:
            // Only what is not indexed changes.
            if var item = try transaction.item(id: id) {
              item.attributes["price"] = .number(Double(round))
              try transaction.upsert(item)
            }
          default:
            let text = (0..<generator.below(9)).map { _ in generator.pick(Self.words) }.joined(separator: " ")
            try transaction.upsert(
              Item(
                id: id, text: generator.pick([text, text, text, nil]),
                attributes: generator.pick([[:], ["brand": .string(generator.pick(Self.words))]])))
          }
        }
        if round % 3 == 0 {
          try transaction.append(
            Event(user: "u", item: "i\(generator.below(200))", time: Timestamp(milliseconds: 0), kind: "view")
          )
        }
      }
      let items = try store.listItems().rows
      for query in ["red bag", "AB-12", "赤い mug", "85099b of", "grün"] {
        let wanted = bm25(Array(Set(terms(query))), items, ["brand"]).map(\.1).sorted(by: >)
        let found = try store.search(
          query, by: .words, isComplete: true, options: QueryOptions(k: 300))
        #expect(found.count == wanted.count, "\(query)")
        #expect(zip(found, wanted).allSatisfy { abs(Double($0.score) - $1) < 1e-3 }, "\(query)")
      }
    }
    let report = try store.verify()
    #expect(report.ok, "\(report.problems)")
    // Made anew it is the same.
    let before = try store.search("red tea light", by: .words, options: QueryOptions(k: 50))
    try store.indexWords(attributes: ["brand", "none"])
    #expect(try store.search("red tea light", by: .words, options: QueryOptions(k: 50)) == before)
    #expect(try store.verify().ok)
  }

  @Test func longListsAreCutIntoBlocks() throws {
    // Forward, backward and in between: blocks grow, begin earlier, halve and go.
    let orders = [Array(0..<1_500), Array((1_500..<3_000).reversed()), Array(3_000..<3_100)]
    for order in orders {
      try store.upsert(
        order.map { Item(id: "x\($0)", text: $0 % 3 == 0 ? "common rare\($0 % 7)" : "common") })
    }
    try store.write { transaction in
      _ = try transaction.delete((0..<3_100).filter { $0 % 2 == 0 }.map { "x\($0)" }, kind: .items)
    }
    try store.upsert((0..<700).map { Item(id: "x\($0 * 2)", text: "common again") })
    func count(_ word: String) throws -> Int {
      try store.search(word, by: .words, isComplete: true, options: QueryOptions(k: 10_000)).count
    }
    #expect(try count("common") == 1_550 + 700)
    #expect(try count("again") == 700)
    #expect(
      try count("rare3") == (0..<3_100).count { $0 % 6 == 3 && $0 % 7 == 3 })
    let report = try store.verify()
    #expect(report.ok, "\(report.problems)")
  }

  @Test func indexedAttributesStayIndexed() throws {
    try store.upsert([
      Item(id: "a", text: "mug", attributes: ["brand": "acme"]),
      Item(id: "b", attributes: ["brand": "other"]),
    ])
    try store.indexWords(attributes: ["brand"])
    try store.renameAttribute("brand", to: "maker")
    func attributes(_ store: Store) throws -> [String]? { try store.read { try $0.indexedAttributes() } }
    #expect(
      try attributes(store) == ["maker"]
        && store.search("acme", by: .words, isComplete: true).map(\.id) == ["a"])
    #expect(try store.verify().ok)
    // A name that the index has already stands in it once.
    try store.indexWords(attributes: ["maker", "brand"])
    try store.renameAttribute("maker", to: "brand")
    #expect(
      try attributes(store) == ["brand"]
        && store.search("acme", by: .words, isComplete: true).map(\.id) == ["a"])
    #expect(try store.verify().problems == [])
    try store.renameAttribute("brand", to: "maker")
    // The same attributes where nothing else is said, here and in a repaired copy.
    try store.indexWords()
    try store.compact()
    #expect(try attributes(store) == ["maker"])
    store.close()
    let copy = directory.file("repaired.kindred")
    #expect(try Store.repair(at: directory.file("shop.kindred"), into: copy).ok)
    let repaired = try Store.open(at: copy, options: .testing)
    defer { repaired.close() }
    #expect(try attributes(repaired) == ["maker"])
    #expect(try repaired.search("other", by: .words, isComplete: true).map(\.id) == ["b"])
    try repaired.castAttribute("maker", to: .bool, removesOthers: true)
    #expect(try repaired.search("other", by: .words, isComplete: true).isEmpty && repaired.verify().ok)
  }

  @Test func beginningsMisspellingsAndCodesAreFound() throws {
    try store.upsert([
      Item(id: "85123A", text: "White hanging heart holder"), Item(id: "22423", text: "Regency cakestand"),
      Item(id: "code", text: "thing of AB-77/9", attributes: ["hidden": true]),
      Item(id: "heart", text: "an id like a word"), Item(id: "x", text: "Tasche in Grün"),
    ])
    func found(_ text: String, isComplete: Bool = false, _ options: QueryOptions = .init()) throws -> [String]
    {
      try store.search(text, by: .words, isComplete: isComplete, options: options).map(\.id)
    }
    #expect(try found("white hang") == ["85123A"])
    #expect(try found("hang", isComplete: true) == [])
    for wrong in ["hnging", "hangging", "hamging", "hagning", "anging", "xhanging"] {
      #expect(try found(wrong, isComplete: true) == ["85123A"], "\(wrong)")
    }
    #expect(try found("hgning", isComplete: true) == [])
    #expect(try found("GRUN", isComplete: true) == ["x"] && found("grün") == ["x"])
    // The id itself is first, whatever words say.
    #expect(try found("heart") == ["heart", "85123A"] && found(" 85123A ").first == "85123A")
    #expect(
      try found("ab779", isComplete: true) == ["code"] && found("AB-77/9", isComplete: true).first == "code")
    #expect(try found("thing", QueryOptions(filter: "not hidden")) == [])
    #expect(try found("code", QueryOptions(excluding: ["code"])) == [])
    #expect(try found("") == [] && found(" - ,") == [])
    // A word of a megabyte is cut, and takes no longer.
    let long = String(repeating: "x", count: 1 << 20)
    try store.upsert(Item(id: "long", text: long))
    #expect(try found(long, isComplete: true) == ["long"])
  }

  @Test func wordsAndVectorsAreFused() throws {
    var generator = SeededGenerator(seed: 4)
    try store.upsert(
      (0..<80).map { number in
        Item(
          id: "i\(number)", text: (0..<6).map { _ in generator.pick(Self.words) }.joined(separator: " "),
          attributes: ["brand": .string("b\(number % 3)")])
      })
    #expect(code { try store.search("red", by: .vectors) } == .unsupported)
    // Without vectors both are the words.
    #expect(
      try Set(store.search("red bag", options: QueryOptions(k: 80)).map(\.id))
        == Set(store.search("red bag", by: .words, options: QueryOptions(k: 80)).map(\.id)))
    try store.embed("content")
    let all = try store.search("red bag", options: QueryOptions(k: 100))
    #expect(all.count == 80 && Set(all.map(\.id)).count == 80)
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.score >= $1.score })
    let vectors = try store.search("red bag", by: .vectors)
    #expect(vectors.map(\.id) == (try store.query("content", text: "red bag")).map(\.id))
    let grouped = try store.search(
      "red bag", options: QueryOptions(k: 50, grouping: Grouping(by: "brand", limit: 2)))
    #expect(grouped.count == 6)
    #expect(
      try store.search("red bag", options: QueryOptions(k: 5, offset: 5)).map(\.id) == all[5..<10].map(\.id))
    // A user without a vector changes nothing.
    #expect(
      try store.search("red bag", user: "nobody", options: QueryOptions(k: 100)).map(\.id) == all.map(\.id))
  }

  // A plain fusion by rank put what two lists have somewhere before what one has in the first place: known items were
  // found worse than by words alone.
  @Test func whatHasAllWordsComesFirst() throws {
    let filler = (0..<60).map { Item(id: "f\($0)", text: "red retrospot lunch box number \($0)") }
    try store.upsert(
      filler + [Item(id: "known", text: "zinc folkart sleigh bells for a long winter evening at home")])
    try store.embed("content")
    try store.upsert(
      Item(id: "known", text: "zinc folkart sleigh bells for a red lunch box at home in the evening"))
    let found = try store.search("red sleihg evening lunch box")
    #expect(found.first?.id == "known" && found[0].score > 1)
    #expect(found.dropFirst().allSatisfy { $0.score <= 1 } && found.count == 10)
  }

  // A transaction that writes the index in between compared its sums with those of its beginning in the end.
  @Test func oneTransactionWritesTheIndexSeveralTimes() throws {
    var options = Store.Options.testing
    options.memoryLimitBytes = 1 << 20
    let small = try Store.create(at: directory.file("small.kindred"), options: options)
    defer { small.close() }
    let items = (0..<3_000).map { number in
      Item(id: "i\(number)", text: (0..<5).map { "word\(number * 5 + $0)" }.joined(separator: " "))
    }
    try small.write { transaction in
      try transaction.upsert(items)
      try transaction.delete(items.map(\.id), kind: .items)
    }
    #expect(try small.verify().problems == [])
    try small.upsert(items)
    #expect(try small.verify().problems == [])
    #expect(try small.search("word7777", by: .words).map(\.id) == ["i1555"])
  }

  @Test func aUserTasteHasASay() throws {
    try store.upsert((0..<40).map { Item(id: "i\($0)", text: "mug") })
    for (name, kind) in [("session", RecordKind.items), ("session-users", .users)] {
      try store.createSpace(SpaceConfiguration(name: name, of: kind, dimension: 2, metric: .dot))
    }
    try store.upsert("session", ids: (0..<40).map { "i\($0)" }, vectors: (0..<40).map { [Float($0), 1] })
    try store.upsert("session-users", ids: ["u"], vectors: [[1, 0]])
    let plain = try store.search("mug", by: .words, options: QueryOptions(k: 3))
    #expect(plain.map(\.id) == ["i0", "i1", "i2"])
    let own = try store.search("mug", by: .words, user: "u", options: QueryOptions(k: 40))
    #expect(own.first?.id == "i39" && own.count == 40)
  }
}
