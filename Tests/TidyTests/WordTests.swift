import Testing

/// Prose uses the words of papers and manual pages. These stood in their place and are not to come back.
@Suite struct WordTests {
  /// Phrases, one or several words in a row, and what to write.
  private static let phrases: [(phrase: String, instead: String)] = [
    ("foresee", "predict"), ("foresees", "predict"), ("foreseen", "predict"), ("foreseeing", "predict"),
    ("dear", "expensive"), ("dearer", "more expensive"), ("dearest", "most expensive"),
    ("dearly", "at a cost"),
    ("by heart", "overfit, memorised"), ("way back", "backward pass"), ("way forward", "forward pass"),
    ("at most so many", "at most N"), ("newest so many", "the last N"), ("first so many", "the first N"),
    ("last so many", "the last N"), ("twice so many", "twice as many"), ("of so many", "of N"),
    ("speaks", "indicates"), ("told", "reported, distinguished"), ("tells", "reports, gives"),
    ("shall", "must"), ("does not do for", "is limited to"),
    ("where it lies", "in place"), ("where they lie", "in place"), ("one behind the other", "concatenated"),
    ("ground floor", "lowest layer"), ("lower floor", "lower layer"), ("lower floors", "lower layers"),
    ("upper floor", "upper layer"), ("upper floors", "upper layers"), ("top floor", "top layer"),
    ("room of its own", "module of its own"), ("rooms", "modules"), ("house", "library"),
    ("anew", "again, from scratch"), ("raised to one norm", "augmented to one norm"),
    ("raised to the norm", "augmented to the norm"), ("raised to the longest", "augmented to the longest"),
    ("rows are raised", "rows are augmented"), ("vectors are raised", "vectors are augmented"),
    ("raised vectors", "augmented vectors"),
    ("raise vectors", "augment vectors"), ("the raise", "the further component"),
  ]

  @Test func wordsOfOurOwnAreGone() throws {
    let files =
      try PackageTree.sources(["swift", "c", "h", "md"])
      + PackageTree.files(in: "docs", ["md"]) + [
        PackageTree.file("README.md"), PackageTree.file("CHANGELOG.md"),
      ]
    expectNone(files.flatMap(Self.findings))
  }

  private static func findings(in file: TextFile) -> [String] {
    var findings: [String] = []
    // A phrase may go on in the next line.
    var words: [(word: String, line: Int)] = []
    for (index, line) in file.lines.enumerated() {
      words += line.split { !$0.isLetter }.map { ($0.lowercased(), index + 1) }
    }
    for (phrase, instead) in phrases {
      let wanted = phrase.split(separator: " ").map(String.init)
      for start in words.indices where words[start].word == wanted[0] {
        let found = words[start...].prefix(wanted.count)
        if found.map(\.word) == wanted {
          findings.append("\(file.path):\(words[start].line): '\(phrase)', write \(instead)")
        }
      }
    }
    return findings
  }

  @Test func wordsAreFound() {
    let file = TextFile(
      "a.swift",
      "/// At most so\n/// many, a Dear marshall; unforeseen.\nlet shallow = wayBack\n// the way back\n")
    #expect(
      Self.findings(in: file) == [
        "a.swift:2: 'dear', write expensive", "a.swift:4: 'way back', write backward pass",
        "a.swift:1: 'at most so many', write at most N",
      ])
  }
}
