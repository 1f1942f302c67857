import Testing

@testable import Filters

@Suite struct NearestNamesTests {
  @Test func distancesCountSwappedLettersOnce() {
    func distance(_ left: String, _ right: String) -> Int {
      NearestNames.editDistance(Array(left.unicodeScalars), Array(right.unicodeScalars))
    }
    #expect(distance("import", "import") == 0)
    #expect(distance("impotr", "import") == 1)
    #expect(distance("", "get") == 3)
    #expect(distance("compact", "export") == 5)
  }

  @Test func whatIsTooFarIsNoHint() {
    #expect(
      NearestNames.nearest(to: "pirce", among: ["category", "price", "prices"]) == ["price", "prices"])
    #expect(NearestNames.nearest(to: "weight", among: ["category", "price"]) == [])
  }
}
