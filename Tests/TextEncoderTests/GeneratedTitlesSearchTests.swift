import TestSupport
import Basics
import Testing

@testable import TextEncoder

/// What the encoder finds in a small made-up catalogue.
@Suite struct GeneratedTitlesSearchTests {
  static let search = Result { try TextSearch(GeneratedTitles.all) }

  @Test func findsAllWordsOfAQuery() throws {
    let search = try Self.search.get()
    let found = search.nearest(to: "red retrospot bag", k: 10)
    let expected = search.titles.filter {
      $0.contains("red") && $0.contains("retrospot") && $0.contains("bag")
    }
    #expect(!expected.isEmpty && Set(expected).isSubset(of: found), "\(found)")
  }

  @Test(arguments: [
    ("lantren", "lantern"), ("bakelite clok", "bakelike"), ("strawbery", "strawberry"),
    ("chrismas", "christmas"),
    ("inflateable", "inflatable"), ("spceboy", "spaceboy"), ("umbrelas", "umbrella"), ("teapotts", "teapot"),
    ("hanging hart", "heart"), ("feltcarft", "feltcraft"),
  ])
  func findsMisspeltWords(query: String, word: String) throws {
    let found = try Self.search.get().nearest(to: query, k: 5)
    #expect(found.contains { $0.contains(word) }, "\(found)")
  }

  @Test func findsMisspeltTitles() throws {
    let search = try Self.search.get()
    var generator = SeededGenerator(seed: 17)
    var hits = 0
    for _ in 0..<100 {
      let title = generator.pick(search.titles)
      if search.nearest(to: TextSearch.misspelt(title, using: &generator)).contains(title) { hits += 1 }
    }
    #expect(hits >= 98, "\(hits) of 100, \(generator)")
  }
}
