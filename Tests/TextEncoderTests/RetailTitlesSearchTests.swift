import TestSupport
import Basics
import Testing

@testable import TextEncoder

/// The same on a real catalogue, where the data is: 3,922 titles of a gift shop.
@Suite struct RetailTitlesSearchTests {
  static let titles: [String]? = RetailTitles.read()

  @Test func findsProductsOfARealCatalogue() throws {
    guard let titles = Self.titles else {
      print(
        "Skipped: no online-retail/transactions.tsv.gz under KINDRED_SHARED or ../shared (and gzip to read it)."
      )
      return
    }
    #expect(titles.count > 3900)
    let search = try TextSearch(titles)
    let bags = search.nearest(to: "red retrospot bag")
    #expect(bags.count { $0.contains("RED RETROSPOT") && $0.contains("BAG") } >= 7, "\(bags)")
    for (query, title) in [
      ("red retrospto bag", "JUMBO BAG RED RETROSPOT"),
      ("whte hanging heart", "WHITE HANGING HEART T-LIGHT HOLDER"),
      ("lantren metal white", "WHITE MOROCCAN METAL LANTERN"),
      ("vintage unoin jack bunting", "VINTAGE UNION JACK BUNTING"),
    ] {
      let found = search.nearest(to: query)
      #expect(found.contains(title), "\(query): \(found)")
    }
    var generator = SeededGenerator(seed: 23)
    var hits = 0
    for _ in 0..<25 {
      let title = generator.pick(titles)
      if search.nearest(to: TextSearch.misspelt(title, using: &generator)).contains(title) { hits += 1 }
    }
    #expect(hits >= 24, "\(hits) of 25, \(generator)")
  }
}
