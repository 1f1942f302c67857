import Values
import Basics
import Testing

@testable import Filters

/// What names stand for beside plain attributes: paths, ids and texts.
@Suite struct NameTests {
  private struct Texts: TextSource {
    let texts: [String?]
    let isIndexed: Bool
    /// Records that have no text are not handed out.
    func forEachText(_ body: (UInt32, String) throws -> Void) throws {
      #expect(!isIndexed, "an index answers without a scan")
      for (ordinal, text) in texts.enumerated().reversed() {
        if let text { try body(UInt32(ordinal), text) }
      }
    }
    func ordinals(equalTo wanted: [String]) throws -> [UInt32]? {
      guard isIndexed else { return nil }
      return texts.indices.filter { place in wanted.contains { texts[place]?.isExactly($0) ?? false } }
        .map { UInt32($0) }
    }
  }

  /// Every filter of an id or a text found nothing, since neither is an attribute.
  @Test(arguments: [
    ("text = 'red bag'", [0]), ("text != 'red bag'", [1, 3]), ("not text = 'red bag'", [1, 3]),
    ("text like '%bag'", [0, 1]), ("not (text like '%bag')", [3]), ("text is null", [2, 4]),
    ("text is not null", [0, 1, 3]), ("text = 5", [3]), ("not text < 5", [0, 1, 3]),
    ("text in ('5.0', 'x')", [3]), ("text in (5, 'blue bag')", [1, 3]), ("text > 'c'", [0]),
    ("text.x is null", [0, 1, 2, 3, 4]), ("text is null or text = 'blue bag'", [1, 2, 4]),
    ("text", []), ("not text", [0, 1, 2, 3, 4]),
  ])
  func textsAreTested(filter: String, expected: [UInt32]) throws {
    let source = Texts(texts: ["red bag", "blue bag", nil, "5.0", nil], isIndexed: false)
    let found = try ParsedFilter.parse(filter).evaluate(
      ordinalCount: 5, texts: { $0 == .text ? source : nil }, column: { _ in nil })
    #expect(found.ordinals == expected)
  }

  @Test(arguments: [
    ("id = 'b'", [1]), ("id != 'b'", [0, 2]), ("not id in ('a', 'b')", [2]), ("id in ('12', 'a')", [0, 2]),
    ("not id = 'no'", [0, 1, 2]), ("id in ()", []), ("id not in ()", [0, 1, 2]),
    ("id = 'b' or id = '12'", [1, 2]),
  ])
  func idsAreLookedUp(filter: String, expected: [UInt32]) throws {
    let source = Texts(texts: ["a", "b", "12"], isIndexed: true)
    let found = try ParsedFilter.parse(filter).evaluate(
      ordinalCount: 3, texts: { $0 == .id ? source : nil }, column: { _ in nil })
    #expect(found.ordinals == expected)
  }

  @Test(arguments: [
    ("id = 12", [2]), ("id like 'A%'", [0]), ("id in (12, 'b')", [1, 2]), ("id >= 'b'", [1]),
  ])
  func idsAreScannedForTheRest(filter: String, expected: [UInt32]) throws {
    let source = Texts(texts: ["a", "b", "12"], isIndexed: false)
    let found = try ParsedFilter.parse(filter).evaluate(
      ordinalCount: 3, texts: { $0 == .id ? source : nil }, column: { _ in nil })
    #expect(found.ordinals == expected)
  }

  @Test func withoutTextsTheNamesAreAttributes() throws {
    var generator = SeededGenerator(seed: 4)
    let column = MemoryColumn(["a", "b"], using: &generator)
    let found = try ParsedFilter.parse("id = 'b'").evaluate(ordinalCount: 2) { $0 == "id" ? column : nil }
    #expect(found.ordinals == [1])
  }

  /// An attribute of the whole name counts where a record has it, and elsewhere the path does.
  @Test func wholeNamesComeFirst() throws {
    var generator = SeededGenerator(seed: 5)
    let columns = [
      "a": MemoryColumn(
        [.object(["b.c": 1, "b": .object(["c": 2])]), .object(["b.c": 1]), 7, nil], using: &generator),
      "a.b": MemoryColumn([nil, .object(["c": 3]), .list([.object(["c": 3])]), "x"], using: &generator),
      "a.b.c": MemoryColumn([nil, nil, 4, nil], using: &generator),
    ]
    func found(_ filter: String) throws -> [UInt32] {
      try ParsedFilter.parse(filter).evaluate(ordinalCount: 4) { columns[$0] }.ordinals
    }
    #expect(try found("a.b.c = 1") == [0])
    #expect(try found("a.b.c = 3") == [1])
    #expect(try found("a.b.c = 4") == [2])
    #expect(try found("a.b.c is null") == [3])
    #expect(try found("not a.b.c = 1") == [1, 2])
  }

  /// A path of hostile length must not choose how much is computed.
  @Test func longPathsAreOnlyThemselves() throws {
    let name = String(repeating: "a.", count: 20_000) + "a"
    var asked: [String] = []
    _ = try ParsedFilter.parse("\(name) = 1").evaluate(ordinalCount: 1) { name in
      asked.append(name)
      return nil
    }
    #expect(asked == [name])
    let deepest = Array(repeating: "a", count: Limits.depth + 1).joined(separator: ".")
    var value = AttributeValue.number(1)
    for _ in 0..<Limits.depth { value = .object(["a": value]) }
    #expect(try ParsedFilter.parse("\(deepest) = 1").evaluate { $0 == "a" ? value : .null })
  }

  @Test func namesOfMembersArePaths() {
    let value: AttributeValue = .list([.object(["a": .object(["b": 1]), "c.d": 2]), 5, .object(["e": nil])])
    #expect(value.memberNames == ["a", "a.b", "c.d", "e"])
    #expect(AttributePath.attributes(leadingTo: "a.b.c") == ["a.b", "a"])
    #expect(
      AttributePath.attributes(leadingTo: ".a.").isEmpty && AttributePath.attributes(leadingTo: "a").isEmpty)
  }

  @Test func valuesAreLookedForByName() throws {
    var generator = SeededGenerator(seed: 6)
    let columns = [
      "a": MemoryColumn([nil, .object(["w": 1])], using: &generator),
      "b": MemoryColumn([nil, nil], using: &generator),
    ]
    let source = Texts(texts: [nil, nil], isIndexed: false)
    for (name, isThere) in [
      ("a", true), ("a.w", true), ("a.v", false), ("b", false), ("c", false), ("text", true),
    ] {
      let hasValues = try ParsedFilter.hasValues(
        named: name, ordinalCount: 2, texts: { $0 == .text ? source : nil }, column: { columns[$0] })
      #expect(hasValues == isThere, "\(name)")
    }
  }
}
