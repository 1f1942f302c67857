import ArgumentParser
import Basics
import Kindred

/// Known-item search: some words of a title, one misspelt, must find the item of that title.
struct SearchBox: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Search a store for titles by three of their words, one of them misspelt (see tools/search-box).",
    discussion: """
      Titles are drawn from the store's items by a seed. The mean reciprocal rank is over the first 10; an item of the \
      same title counts as the one that is looked for.
      """)

  @Argument(help: "The store.") var store: String
  @Option(help: "Searches for each method.") var queries = 500
  @Option var seed: UInt64 = 1
  @Option(help: "An attribute with codes, which are searched for alone.") var code: String?

  private struct Case {
    let text: String
    let title: String
  }

  func run() throws {
    let opened = try Store.open(at: store, options: Store.Options(readOnly: true))
    defer { opened.close() }
    var titles: [String] = []
    var codes: [(code: String, title: String)] = []
    try opened.read { snapshot in
      try snapshot.forEachRecord(.items) { record in
        guard let text = record.text else { return }
        titles.append(text)
        if let code, let value = record.attributes[code]?.stringValue { codes.append((value, text)) }
      }
    }
    var generator = SeededGenerator(seed: seed)
    var cases: [Case] = []
    while cases.count < queries {
      let title = titles[Int.random(in: titles.indices, using: &generator)]
      let words = title.split { !$0.isLetter }.map(String.init).filter { $0.count >= 4 }
      guard Set(words).count >= 3 else { continue }
      var chosen = Array(words.indices.shuffled(using: &generator).prefix(3).sorted().map { words[$0] })
      let place = Int.random(in: 0..<3, using: &generator)
      chosen[place] = Self.misspelt(chosen[place], &generator)
      cases.append(Case(text: chosen.joined(separator: " "), title: title))
    }
    print("\(titles.count) items, \(cases.count) searches")
    for method in SearchMethod.allCases {
      try measure("three words, one misspelt", method, cases, opened)
    }
    guard !codes.isEmpty else { return }
    let known = (0..<queries).map { _ in codes[Int.random(in: codes.indices, using: &generator)] }
    for method in SearchMethod.allCases {
      try measure("code alone", method, known.map { Case(text: $0.code, title: $0.title) }, opened)
    }
  }

  private func measure(_ what: String, _ method: SearchMethod, _ cases: [Case], _ store: Store) throws {
    var (sum, times) = (0.0, [Double]())
    let options = QueryOptions(records: true)
    // The first search reads the encoder.
    _ = try store.search(cases[0].text, by: method, isComplete: true, options: options)
    for one in cases {
      var found: [Match] = []
      times.append(
        try microseconds {
          found = try store.search(one.text, by: method, isComplete: true, options: options)
        })
      if let place = found.firstIndex(where: { $0.record?.text == one.title }) {
        sum += 1 / Double(place + 1)
      }
    }
    times.sort()
    func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
    print(
      "\(what), \(method): MRR@10 \(rounded(sum / Double(cases.count))), "
        + "p50 \(Int(times[times.count / 2])) µs, p99 \(Int(times[times.count * 99 / 100])) µs")
    flushOutput()
  }

  /// One edit anywhere: a letter less, more, another, or two exchanged.
  private static func misspelt(_ word: String, _ generator: inout SeededGenerator) -> String {
    var letters = Array(word)
    let place = Int.random(in: letters.indices, using: &generator)
    let letter = Array("abcdefghijklmnopqrstuvwxyz")[Int.random(in: 0..<26, using: &generator)]
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: letters.remove(at: place)
    case 1: letters.insert(letter, at: place)
    case 2: letters[place] = letter
    default: letters.swapAt(place, place > 0 ? place - 1 : 1)
    }
    return String(letters)
  }
}

/// Looking through a store: the first page of a list, counts and facets.
struct Listing: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the first page of a list with an order and a filter, and facets.")

  @Argument(help: "The store.") var store: String
  @Option(help: "The order of the list.") var orderBy = "price desc, id"
  @Option(name: .customLong("where"), help: "The filter of the list.") var filter: Filter = "stock > 50"
  @Option(help: "The attribute whose values are counted.") var field = ["category", "price"]
  @Option var rounds = 20

  func run() throws {
    let opened = try Store.open(at: store, options: Store.Options(readOnly: true))
    defer { opened.close() }
    func measure(_ name: String, _ body: () throws -> Void) throws {
      let times = try (0..<rounds).map { _ in try microseconds(body) }
      print("\(name): first \(Int(times[0])) µs, median \(Int(median(times))) µs")
    }
    let options = ListOptions(where: filter, orderedBy: SortOrder(orderBy), limit: 20)
    try measure("list of 20") { _ = try opened.listItems(options) }
    try measure("list of 20 without a filter") {
      _ = try opened.listItems(ListOptions(orderedBy: SortOrder(orderBy), limit: 20))
    }
    try measure("count") { _ = try opened.count(.items, where: filter) }
    for name in field { try measure("facet of \(name)") { _ = try opened.facet(.items, field: name) } }
  }
}
