import Values
import Testing

@testable import Filters

/// What passes: each row is a filter over the attribute `x`, a value, and the outcome.
@Suite struct FilterSemanticsTests {
  static let rows: [(String, AttributeValue, Bool)] = [
    ("x < 30", 29.5, true), ("x < 30", 30, false), ("x <= 30", 30, true), ("x > 30", 31, true),
    ("x >= 30", 29, false), ("x = 30", 30, true), ("x != 30", 30, false), ("x != 30", 31, true),
    ("x = -0.0", 0, true), ("x = 'a'", "a", true), ("x = 'a'", "A", false), ("x < 'b'", "a", true),
    ("x < 'b'", "ab", true), ("x > 'b'", "ba", true), ("x >= ''", "", true),
    // A comparison with null is unknown, and so is its `not`: neither passes.
    ("x < 30", nil, false), ("not x < 30", nil, false), ("not not x < 30", nil, false),
    ("x != 30", nil, false),
    ("not x = 30", nil, false), ("not (x in (30))", nil, false), ("not x like 'a'", nil, false),
    ("not x between 1 and 2", nil, false), ("x in ()", nil, false), ("x not in ()", nil, false),
    // The tables of Kleene: what is decided without the unknown part is decided.
    ("x < 30 or x is null", nil, true), ("not (x < 30 and x is not null)", nil, true),
    ("not (x < 30 or x is null)", nil, false), ("not (x < 30 and true)", nil, false),
    ("not (x < 30 and false)", nil, true), ("x < 30 or true", nil, true),
    ("not (x < 30 or false)", nil, false),
    ("not (x < 30 and y < 30)", 31, true), ("not (x < 30 and y < 30)", 29, false),
    // A test for a truth value is never unknown, a comparison with one is.
    ("not x", nil, true), ("x is not true", nil, true), ("x is true", nil, false), ("x is false", nil, false),
    ("x is not false", nil, true), ("not x is false", nil, true), ("x = true", nil, false),
    ("x != true", nil, false), ("not x = true", nil, false), ("not x != true", nil, false),
    ("x is not true", "no", true), ("x is false", "FALSE", true), ("not x", .list([nil, false]), true),
    // Another type matches nothing, which is not unknown.
    ("not x < 30", "call us", true), ("x >= 30", "call us", false), ("not x = 1", .object(["w": 1]), true),
    ("x not in (30)", nil, false),
    ("x is null", nil, true), ("x is not null", nil, false), ("x is null", "", false),
    ("x is not null", "", true),
    ("x", nil, false), ("not x", nil, true), ("x not like 'a'", nil, false),
    ("x not between 1 and 2", nil, false),
    // Types: equal only within a type; text that reads as a number or a truth value is both.
    ("x = '30'", 30, true), ("x != '30'", 30, false), ("x < '4'", 30, false), ("x = 30", "30", true),
    ("x = 30", " 30.0\t", true), ("x < 30", "9", true), ("x < '30'", "9", false),
    ("x != 22423", "POST", true),
    ("x = 0", "", false), ("x < 1", "nan", false), ("x < 1", "-inf", false), ("x > 1", "1e400", false),
    ("x > 1", "0x10", false), ("x", true, true), ("x", false, false), ("x", 1, false), ("x", "TRUE", true),
    ("x = false", "False", true), ("x != true", "no", true), ("x = 1", true, false),
    // Codes that came as numbers: who wrote quotes got nothing, without a word.
    ("x in ('02139', '12345')", 12_345, true), ("x not in ('12345')", 12_345, false),
    ("x like '123%'", 12_345, true), ("x like '2.5'", 2.5, true), ("x between '1' and '9'", 5, true),
    // Whole numbers beyond 2^53 were compared as rounded ones: another article number matched.
    ("x = 9007199254740993", 9_007_199_254_740_992, false),
    ("x = 9007199254740993", 9_007_199_254_740_993, true),
    ("x > 9007199254740992", 9_007_199_254_740_993, true),
    ("x != 9223372036854775807", .integer(.max - 1), true),
    ("x in (9007199254740993)", .integers([9_007_199_254_740_992]), false),
    ("x between 9007199254740993 and 9007199254740995", .integer(9_007_199_254_740_994), true),
    ("x = 9007199254740993", "9007199254740992", false), ("x = '9223372036854775807'", .integer(.max), true),
    ("x < 9223372036854775807", 1e300, false), ("x > -9223372036854775807", -1e300, false),
    // Lists of any kind: any element that is comparable.
    ("x > 1", .list([0.5, 1.5]), true), ("x = true", .list([nil, true]), true),
    ("x != 1", .list([1, "a"]), false), ("x is null", .list([nil]), false),
    // Objects: a path leads into them and into those of a list; a value is what is there.
    ("x.w < 3", .object(["w": 2, "h": 9]), true), ("x.w < 3", .object(["h": 2]), false),
    ("not x.w < 3", .object(["h": 2]), false), ("x.w is null", .object(["h": 2]), true),
    ("x.w is null", .object(["w": nil]), true), ("x.w is null", 3, true), ("x.w is null", "w", true),
    ("x.a.b.c = 'd'", .object(["a": .object(["b": .object(["c": "d"])])]), true),
    ("x.a.b = 1", .object(["a.b": 1, "a": .object(["b": 2])]), true),
    ("x.a.b = 2", .object(["a.b": 1, "a": .object(["b": 2])]), false),
    ("x.a.b = 2", .object(["a.b": nil, "a": .object(["b": 2])]), true),
    ("`x.a b.c` = 1", .object(["a b": .object(["c": 1])]), true),
    ("x.c = 'red'", .list([.object(["c": "blue"]), 5, nil, .object(["c": "red"])]), true),
    ("x.c != 'red'", .list([.object(["c": "blue"]), .object([:])]), true),
    ("x.c != 'red'", .list([.object(["d": "blue"])]), false),
    ("x.c is null", .list([1, .object([:])]), true),
    ("x.c = 2", .list([.object(["c": .integers([1, 2])]), .object(["c": "x"])]), true),
    ("x.c is null", .list([.object(["c": .strings([])])]), false), ("x", .object(["w": true]), false),
    ("x.w", .object(["w": true]), true), ("not x.w", .object([:]), true),
    ("x.size = 'e\u{301}'", .object(["size": "\u{E9}"]), false),
    ("`x.\u{E9}` = 1", .object(["e\u{301}": 1]), false),
    // Bytes, not canonical equivalence.
    ("x = 'e\u{301}'", "e\u{301}", true), ("x = '\u{E9}'", "e\u{301}", false), ("x > 'z'", "\u{E9}", true),
    // Lists: any element; negations: no element.
    ("x = 'a'", .strings(["b", "a"]), true), ("x != 'a'", .strings(["b", "a"]), false),
    ("x != 'a'", .strings(["b"]), true), ("x = 'a'", .strings([]), false), ("x != 'a'", .strings([]), true),
    ("x is null", .strings([]), false), ("x > 5", .integers([1, 9]), true),
    ("x > 5", .integers([1, 2]), false),
    ("x not in (1, 2)", .integers([2, 3]), false), ("x not in (1, 2)", .integers([3]), true),
    ("x = 7", .strings(["7"]), true), ("x = '7'", .integers([7]), true),
    // A range asks for one element inside, not for one above and another below.
    ("x between 3 and 5", .integers([1, 9]), false), ("x >= 3 and x <= 5", .integers([1, 9]), true),
    ("x between 3 and 5", 3, true), ("x between 3 and 5", "5", true), ("x between 5 and 3", 4, false),
    ("x between 'a' and 'c'", "b", true), ("x not between 3 and 5", 6, true),
    ("x in (1, 'a', true)", 1, true), ("x in (1, 'a', true)", "1", true), ("x in (1, 'a', true)", "a", true),
    ("x in (1, 'a', true)", true, true), ("x in (1, 'a', true)", false, false), ("x in ()", 1, false),
    ("x not in ()", 1, true),
    ("x like 'red %'", "RED BAG", true), ("x like '%bag'", "red bag", true),
    ("x like '%bag'", "red bags", false),
    ("x like '_ag'", "bag", true), ("x like '_ag'", "ag", false),
    ("x like 'gr\u{F6}_e'", "gr\u{F6}\u{DF}e", true),
    ("x like '%a%b%c%'", "xxaxxbxxcxx", true), ("x like '%a%b%c%'", "cba", false), ("x like ''", "", true),
    ("x like '%'", "", true), ("x like '__%'", "a", false), ("x like '5'", 5, true),
    ("x like '%\u{F6}_'", "\u{F6}\u{F6}\u{F6}", true),
  ]

  @Test(arguments: rows) func decides(text: String, value: AttributeValue, expected: Bool) throws {
    let filter = try ParsedFilter.parse(text)
    let lookup = { (name: String) in name == "x" ? value : .null }
    #expect(filter.evaluate(lookup) == expected)
    // A bound filter takes each name for a column's own.
    let columns = ["z"] + filter.attributes.reversed()
    let bound = try filter.bind(columns: columns)
    #expect(bound.evaluate { ParsedFilter.value(named: columns[$0], lookup) } == expected)
  }

  @Test func asksOnlyForWhatCanChangeTheOutcome() throws {
    let bound = try ParsedFilter.parse("a = 1 and b = 2 or c = 3").bind(columns: ["a", "b", "c"])
    var asked: [Int] = []
    #expect(
      bound.evaluate { column in
        asked.append(column)
        return column == 2 ? 3 : 0
      })
    #expect(asked == [0, 2])
  }

  @Test func bindsNamesOrExplains() throws {
    let filter = try ParsedFilter.parse("Quantity > 0 and UnitPrize > 0")
    let columns = ["InvoiceNo", "Quantity", "UnitPrice", "Country"]
    let error = try #require(throws: FilterError.self) { try filter.bind(columns: columns) }
    #expect(error.code == .unknownAttribute && error.column == 18 && error.length == 9)
    #expect(error.message == "There is no attribute UnitPrize. Did you mean UnitPrice?")
    let far = try #require(throws: FilterError.self) { try ParsedFilter.parse("zzz").bind(columns: columns) }
    #expect(far.message.contains("InvoiceNo, Quantity"))
    #expect(throws: FilterError.self) { try filter.bind(columns: []) }
  }

  @Test func readsRawCells() throws {
    let bound = try ParsedFilter.parse("Quantity > 0 and UnitPrice > 0 and Customer is not null").bind(
      columns: ["Quantity", "UnitPrice", "Customer"])
    #expect(bound.evaluate(texts: ["6", "2.55", "17850"]))
    #expect(!bound.evaluate(texts: ["-6", "2.55", "17850"]))
    #expect(!bound.evaluate(texts: ["6", "0", "17850"]))
    #expect(!bound.evaluate(texts: ["6", "2.55", nil]))
    #expect(!bound.evaluate(texts: ["six", "2.55", "1"]))
  }
}
