import Testing

@testable import Filters

/// What is read, shown by the canonical text of the result.
@Suite struct FilterParserTests {
  @Test(arguments: [
    (
      "price < 30 and category in (\"bags\", \"home\") and not hidden",
      "price < 30 and category in ('bags', 'home') and (not hidden)"
    ),
    ("a = 1 or b = 2 and c = 3", "a = 1 or (b = 2 and c = 3)"),
    ("not a = 1 and b = 2", "(not a = 1) and b = 2"),
    ("not (a = 1 and b = 2)", "not (a = 1 and b = 2)"),
    ("not not a", "not (not a)"),
    ("(a or b) and c", "(a or b) and c"),
    ("A==1 AND B<>2 Or c!=3", "(A = 1 and B != 2) or c != 3"),
    ("30 > price", "price < 30"), ("30 <= price", "price >= 30"), ("'x' = a", "a = 'x'"),
    ("a>-1", "a > -1"), ("a > +1.50", "a > 1.5"), ("a=.5", "a = 0.5"), ("a = 5.", "a = 5"),
    ("a = 1e3", "a = 1000"), ("a=1E-3", "a = 0.001"), ("a = -0", "a = -0.0"),
    ("a = 'it''s'", "a = 'it''s'"), ("a = \"say \"\"hi\"\"\"", "a = 'say \"hi\"'"), ("a = ''", "a = ''"),
    ("a is null", "a is null"), ("a IS NOT NULL", "a is not null"), ("a is true", "a"),
    ("a is not false", "a is not false"), ("a = false", "a = false"), ("a = true", "a = true"),
    ("a is not true", "a is not true"), ("a is false", "a is false"), ("true != a", "a != true"),
    ("a in (1)", "a in (1)"), ("a not in (3, 1, 'b', true)", "a not in (1, 3, 'b', true)"),
    ("a in ()", "a in ()"),
    ("a between 1 and 2 and b", "a between 1 and 2 and b"),
    ("a not between 'a' and 'b'", "a not between 'a' and 'b'"),
    ("a like 'red %'", "a like 'red %'"), ("a NOT LIKE '%x_'", "a not like '%x_'"),
    ("`Unit Price` > 0", "`Unit Price` > 0"), ("[Unit Price] > 0", "`Unit Price` > 0"),
    ("`a``b` = 1", "`a``b` = 1"), ("[a]]b] = 1", "`a]b` = 1"), ("`and` = 1", "`and` = 1"),
    ("in-stock and size.cm < 3", "in-stock and size.cm < 3"), ("größe = 1", "größe = 1"),
    ("like = 1 and between = 2", "like = 1 and between = 2"), ("_x1 = 1", "_x1 = 1"),
    ("true", "true"), ("false or a", "false or a"), ("1 = 1", "true"), ("'a' > 'b'", "false"),
    ("  a\n\tand\r\n b ", "a and b"), ("((((a))))", "a"),
  ])
  func reads(text: String, canonical: String) throws {
    #expect(try ParsedFilter.canonical(text) == canonical)
    #expect(try ParsedFilter.canonical(canonical) == canonical, "the canonical text reads as itself")
  }

  @Test func namesTheAttributesItLooksAt() throws {
    let filter = try ParsedFilter.parse("a < 1 and (`b c` or a in (2)) and not d is null")
    #expect(filter.attributes == ["a", "b c", "d"])
    #expect(try ParsedFilter.parse("1 = 1").attributes.isEmpty)
  }

  @Test(arguments: [
    ("", "emptyFilter", 1, "empty"), ("   ", "emptyFilter", 4, "empty"),
    ("price <", "invalidSyntax", 8, "Expected a value"),
    ("price < 30 and", "invalidSyntax", 15, "ends where"),
    ("and a", "invalidSyntax", 1, "`and`"), ("< 3", "invalidSyntax", 1, "no attribute before"),
    ("a < 3 b", "invalidSyntax", 7, "the name b"), ("a = 'x", "invalidSyntax", 5, "no closing '"),
    ("`a = 1", "invalidSyntax", 1, "no closing `"), ("`` = 1", "invalidSyntax", 1, "cannot be empty"),
    ("category = bags", "invalidComparison", 12, "'bags'"),
    ("a = `b`", "invalidComparison", 5, "attribute b"),
    ("a = null", "invalidComparison", 5, "a is null"), ("a != null", "invalidComparison", 6, "a is not null"),
    ("null = a", "invalidComparison", 1, "a is null"),
    ("a in (1, null)", "invalidComparison", 10, "a is null"),
    ("a in 5", "invalidSyntax", 6, "list"), ("a in (1 2)", "invalidSyntax", 9, "comma"),
    ("a in (1,)", "invalidSyntax", 9, "a value"), ("a in (b)", "invalidSyntax", 7, "'b'"),
    ("a not 5", "invalidSyntax", 7, "in, between or like"),
    ("a not null", "invalidSyntax", 7, "a is not null"),
    ("a is 5", "invalidSyntax", 6, "a = …"), ("1 < a < 5", "invalidSyntax", 7, "do not chain"),
    ("(a", "invalidSyntax", 1, "never closed"), ("a)", "invalidSyntax", 2, "no opening"),
    ("()", "invalidSyntax", 2, "between the parentheses"), ("a => 1", "invalidSyntax", 3, ">="),
    ("a =< 1", "invalidSyntax", 3, "<="), ("a === 1", "invalidSyntax", 3, "write ="),
    ("!a", "invalidSyntax", 1, "write not"), ("a && b", "invalidSyntax", 3, "and"),
    ("a || b", "invalidSyntax", 3, "or"), ("a = ‘x’", "invalidSyntax", 5, "typographic"),
    ("a = −1", "invalidSyntax", 5, "minus"), ("a ≤ 1", "invalidSyntax", 3, "<="),
    ("a;", "invalidSyntax", 2, "semicolon"),
    ("where a < 1", "invalidSyntax", 1, "where"), ("a * 2 = 4", "invalidSyntax", 3, "does not calculate"),
    ("a = 12abc", "invalidSyntax", 5, "'12abc'"), ("a = 1.2.3", "invalidSyntax", 5, "not a number"),
    ("a = 1e999", "invalidSyntax", 5, "too large"), ("a - 1 = 2", "invalidSyntax", 3, "does not calculate"),
    ("a < true", "invalidComparison", 3, "no order"),
    ("a between 1 and 'b'", "invalidComparison", 17, "two numbers"),
    ("a between 1 or 2", "invalidSyntax", 13, "Expected and"), ("a like 5", "invalidSyntax", 8, "pattern"),
    ("'x'", "invalidSyntax", 1, "alone"), ("'x' in tags", "invalidSyntax", 1, "name = value"),
    ("größe = 1 §", "invalidSyntax", 11, "Unexpected character §"),
  ])
  func explains(text: String, code: String, column: Int, words: String) throws {
    let error = try #require(throws: FilterError.self) { try ParsedFilter.parse(text) }
    #expect(error.code.rawValue == code, "\(error)")
    #expect(error.column == column, "\(error)")
    #expect(error.message.contains(words), "\(error)")
  }

  @Test func pointsAtTheWordsConcerned() throws {
    let text = "price < 30 and category = bags and a\tb"
    let error = try #require(throws: FilterError.self) { try ParsedFilter.parse(text) }
    #expect(
      error.excerpt(of: text) == """
        price < 30 and category = bags and a b
                                  ^^^^
        """)
    let long = String(repeating: "a and ", count: 100) + "="
    let late = try #require(throws: FilterError.self) { try ParsedFilter.parse(long) }
    let lines = late.excerpt(of: long, width: 40).split(separator: "\n")
    #expect(lines.count == 2 && lines[0].count == 40 && lines[1].count == 40 && lines[1].hasSuffix("^"))
  }
}
