import Testing

/// docs/format.md states the numbers and names that the code has.
@Suite struct FormatDocumentTests {
  /// A number of the document, found behind a phrase, and the constant that it repeats.
  struct Fact: CustomTestStringConvertible {
    let phrase: String
    let file: String
    let constant: String

    init(_ phrase: String, _ file: String, _ constant: String) {
      (self.phrase, self.file, self.constant) = (phrase, file, constant)
    }

    var testDescription: String { phrase }
  }

  private static let facts = [
    Fact("Format version **", "Records/StoreRecord", "formatVersion"),
    Fact("| 0 | 4 | `u32` format version of the file, ", "Records/StoreRecord", "formatVersion"),
    Fact("; a file of ", "Records/StoreRecord", "oldestFormatVersion"),
    Fact("| longest key | ", "Basics/Limits", "keyBytes"),
    Fact("| longest value | ", "Basics/Limits", "valueBytes"),
    Fact("| `item.id` | id, 1 to ", "Basics/Limits", "idBytes"),
    Fact("| `user.id` | id, 1 to ", "Basics/Limits", "idBytes"),
    Fact("| `word.id` | [word](#words-wordid-word), 2 to ", "Basics/Limits", "columnWordBytes"),
    Fact("| `space` | name, 1 to ", "Basics/Limits", "spaceNameBytes"),
    Fact("| 4 | 1 | `u8` envelope version, ", "Records/Envelope", "version"),
    Fact("nested at most ", "Basics/Limits", "depth"),
    Fact("| dimension | `u32` | 1 to ", "Basics/Limits", "dimension"),
    Fact("## Block header\n\n", "Records/Block", "byteCount"),
    Fact("| 0 | 4 | `u32` 0x", "Records/Block", "magic"),
    Fact("`u8` block version, ", "Records/Block", "version"),
    Fact("zero bytes up to a multiple of ", "VectorMath/RowLayout", "alignmentBytes"),
    Fact("gives from the seed 0x", "VectorMath/Rotation", "seed"),
    Fact("is the length of its links over m, at most ", "Records/UpperBlock", "levelLimit"),
    Fact("(`owners`, `places`, `dead`)\n\n", "Records/PageBlock", "byteCount"),
    Fact("sequence number is 0x", "Records/Ordinal", "lastSequence"),
    Fact("offset basis 0x", "TextEncoder/FeatureHash", "wordSeed"),
    Fact("| entries | `u32` | at most ", "TextEncoder/DocumentFrequencies", "bucketCount"),
    Fact("level of the count, 1 to ", "TextEncoder/DocumentFrequencies+Coding", "highestCode"),
    Fact("| axes | `u8` | at most ", "Basics/Limits", "arrayRank"),
    Fact("[piece](#models-model-weights) of at most ", "Records/ModelRecord", "byteCount"),
  ]

  @Test(arguments: facts) func numbersAreThoseOfTheCode(fact: Fact) throws {
    let document = try PackageTree.file("docs/format.md").text
    let code = try PackageTree.file("Sources/\(fact.file).swift").text
    let stated = try #require(Self.number(behind: fact.phrase, in: document), "not in docs/format.md")
    let actual = try #require(Self.constant(fact.constant, in: code), "no \(fact.constant) in \(fact.file)")
    #expect(stated == actual)
  }

  @Test func tablesAreThoseOfTheCode() throws {
    let document = try PackageTree.file("docs/format.md")
    let code = try PackageTree.file("Sources/Engine/Tables.swift").text
    let names = try #require(code.split(separator: "static let names = [").dropFirst().first)
      .prefix { $0 != "]" }.split(separator: "\"").filter { $0.first?.isLetter == true }
    #expect(names.count > 20)
    let listed = Self.firstCells(below: "| table | key | value |", in: document)
    #expect(listed == names.map { "`\($0)`" })
    #expect(Self.number(behind: "| tables | ", in: document.text) == UInt64(names.count))
  }

  @Test func kindsOfBlocksAreThoseOfTheCode() throws {
    let document = try PackageTree.file("docs/format.md")
    let code = try PackageTree.file("Sources/Records/Block.swift")
    let kinds = code.lines.compactMap { line in
      line.contains("case ") ? line.split(separator: " = ").dropFirst().first.map(String.init) : nil
    }
    #expect(kinds.count == 8)
    let listed = Self.firstCells(below: "| kind | of | checksum |", in: document)
    #expect(listed == kinds)
  }

  /// docs/limits.md has every limit of the code, with its number.
  @Test func limitsAreThoseOfTheCode() throws {
    let code = try PackageTree.file("Sources/Basics/Limits.swift")
    let names = code.lines.compactMap { line in
      line.split(separator: "static let ").dropFirst().first?.split(separator: " ").first.map(String.init)
    }
    #expect(names.count > 15)
    let rows = try PackageTree.file("docs/limits.md").lines.drop { $0 != "| what | at most | in the code |" }
      .dropFirst(2).prefix { $0.hasPrefix("|") }.map { $0.split(separator: "|") }
    #expect(rows.map { $0[2].trimmed } == names.map { "`\($0)`" })
    for (name, row) in zip(names, rows) {
      let stated = Self.number(behind: "", in: row[1].trimmed)
      #expect(stated != nil && stated == Self.constant(name, in: code.text), "\(name)")
    }
  }

  /// The first cells of the table under a head.
  private static func firstCells(below head: String, in file: TextFile) -> [String] {
    file.lines.drop { $0 != head }.dropFirst(2).prefix { $0.hasPrefix("|") }
      .compactMap { $0.split(separator: "|").first?.split(separator: " ").first.map(String.init) }
  }

  /// The number that follows a phrase: decimal with commas, or hexadecimal where the phrase ends with `0x`; times its
  /// unit.
  private static func number(behind phrase: String, in text: String) -> UInt64? {
    guard let range = text.firstRange(of: phrase) else { return nil }
    let rest = text[range.upperBound...]
    if phrase.hasSuffix("0x") { return UInt64(rest.prefix(while: \.isHexDigit), radix: 16) }
    let digits = rest.prefix { $0.isNumber || $0 == "," }
    let value = UInt64(digits.filter { $0 != "," })
    return rest.dropFirst(digits.count).hasPrefix(" MiB") ? value.map { $0 << 20 } : value
  }

  /// The value of the first `let` of a name: a literal, a shift to the left or a difference.
  private static func constant(_ name: String, in code: String) -> UInt64? {
    let line = code.split(separator: "\n").first {
      $0.contains("let \(name) = ") || $0.contains("let \(name): ")
    }
    guard let words = line?.split(separator: "=").dropFirst().first?.split(separator: " ") else { return nil }
    func literal(_ text: Substring) -> UInt64? {
      let digits = text.filter { $0 != "_" }
      return digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
    }
    guard let first = words.first.flatMap(literal) else { return nil }
    guard words.count >= 3, let second = literal(words[2]) else { return first }
    switch words[1] {
    case "<<": return first << second
    case "-": return first - second
    default: return first
    }
  }

  @Test func numbersAreRead() {
    let document = "at most 16 MiB, seed 0xCBF2, 1 to 16,384 and 7; a word of letters"
    #expect(Self.number(behind: "at most ", in: document) == 16 << 20)
    #expect(Self.number(behind: "seed 0x", in: document) == 0xCBF2)
    #expect(Self.number(behind: "1 to ", in: document) == 16_384)
    #expect(Self.number(behind: "and ", in: document) == 7)
    #expect(Self.number(behind: "a word of ", in: document) == nil)
    #expect(Self.number(behind: "not there", in: document) == nil)
    let code =
      "let a: UInt64 = 0xCBF2_9CE4  // why\n  package static let b = 4 << 20\nlet c = 4_096 - 16\nlet d = f()"
    #expect(Self.constant("a", in: code) == 0xCBF2_9CE4)
    #expect(Self.constant("b", in: code) == 4 << 20)
    #expect(Self.constant("c", in: code) == 4_080)
    #expect(Self.constant("d", in: code) == nil)
    #expect(Self.constant("e", in: code) == nil)
    let table = TextFile("a.md", "| kind | of |\n|---|---|\n| 1 | rows |\n| `x` | y |\n\n| 2 | z |\n")
    #expect(Self.firstCells(below: "| kind | of |", in: table) == ["1", "`x`"])
  }
}

extension Substring {
  /// Without the blanks at its ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
