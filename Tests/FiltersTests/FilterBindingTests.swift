import Values
import Filters
import Testing

/// What a literal interpolates is compared as it is, whatever it looks like: nothing of it is read as a part of the
/// condition.
@Suite struct FilterBindingTests {
  private func passes(_ filter: Filter, _ values: Attributes) throws -> Bool {
    try ParsedFilter.parse(filter.text).evaluate { values[$0] ?? .null }
  }

  /// Filters were strings: a name such as `x' or true or brand = '` let every record pass.
  @Test(arguments: [
    "plain", "it's", "''", "'", "x' or true or brand = '", "\"double\"", "back\\slash", "\\'", "`",
    "line\nbreak",
    "\u{0}", "%_", "'\u{301}", "é", "e\u{301}", "", " ", "true", "12", "\\(x)", "日本",
  ]) func textsAreBound(text: String) throws {
    for filter in ["brand = \(text)" as Filter, Filter("brand = \(text)"), "brand in \(["a", text])"] {
      #expect(try passes(filter, ["brand": .string(text)]), "\(filter)")
      #expect(try !passes(filter, ["brand": .string(text + "x")]), "\(filter)")
      #expect(try !passes(filter, ["brand": "other"]), "\(filter)")
    }
  }

  /// With quotes around it a name such as `" or true or brand = "` was read as a part of the condition.
  @Test(arguments: [
    "' or true or '", " or true or brand = ", "\" or true or \"", "plain", "` or true or `", "] or true",
  ])
  func quotesAroundAnInterpolationAreRefused(text: String) {
    for filter: Filter in [
      "brand = '\(text)'", "brand = \"\(text)\"", "`\(text)` = 1", "[\(text)] = 1", "brand like '%\(text)%'",
      "brand = '\(name: text)'", "brand = 'a \(1)'", "brand in ('\(text)', 'b')",
    ] {
      #expect(throws: FilterError.self, "\(filter)") {
        try passes(filter, ["brand": "other", "hidden": true])
      }
    }
  }

  /// A filter that is none by itself would end the parentheses around it, or begin a quote.
  @Test(arguments: ["a = 1) or (a = 2", "a = 'x", "", "a = 1 or", "a = 1 -- "])
  func interpolatedFiltersAreWhole(text: String) {
    let filter: Filter = "hidden = false and \(Filter(text)) and b = 'y'"
    #expect(throws: FilterError.self, "\(filter)") { try passes(filter, ["a": 2, "hidden": true]) }
  }

  @Test func neighborsStayApart() throws {
    let (a, b) = ("x", "y")
    #expect(throws: FilterError.self) { try passes("brand = \(a)\(b)", ["brand": "x'y"]) }
    #expect(try passes("brand in (\(a),\(b))", ["brand": "y"]))
  }

  @Test(arguments: ["price", "Unit Price", "a`b", "[x]", "and", "1st", "a = 1 or b", "é", "size.w"])
  func namesAreBound(name: String) throws {
    let filter: Filter = "\(name: name) = \(3)"
    #expect(try passes(filter, [name: 3]))
    #expect(try !passes(filter, [name: 4, "b": 3]))
  }

  @Test func valuesOfAllTypesAreBound() throws {
    let least: Int64 = .min
    #expect(try passes("a = \(least)", ["a": .integer(.min)]))
    #expect(try passes("a = \(-1.5e-300)", ["a": .number(-1.5e-300)]))
    #expect(try passes("a = \(true) and b = \(UInt8(7))", ["a": true, "b": 7]))
    #expect(try passes("a in \([1, 2]) and b in \([0.5])", ["a": 2, "b": 0.5]))
    #expect(try !passes("a in \([String]())", ["a": 2]))
    let cheap: Filter = "price < 3 or price > 9"
    #expect(try !passes("hidden and \(cheap)", ["price": 1]))
    #expect(throws: FilterError.self) { try passes("a < \(Double.nan)", ["a": 1]) }
    #expect(throws: FilterError.self) { try passes("a < \(Double.infinity)", ["a": 1]) }
  }

  @Test func theTextIsKept() {
    let text = "a = 'x'"
    #expect(Filter(text).text == text && Filter(text) == "a = 'x'")
    // Two spellings of é are two conditions.
    #expect(Filter("a = 'é'") != Filter("a = 'e\u{301}'"))
  }
}
