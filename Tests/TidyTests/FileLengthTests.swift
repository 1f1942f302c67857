import Testing

/// A file of Sources answers one question in at most 300 lines, and few have below 60.
@Suite struct FileLengthTests {
  private static let limit = 300
  private static let usual = 60
  private static let few = 20

  /// Swift files below 60 lines. The number only shrinks: it is lowered when there are fewer.
  private static let shorterCount = 175

  /// Longer files with the length that each may have. The list only shrinks: a limit is lowered when its file is
  /// shorter.
  private static let longer = [
    "Sources/HNSW/SearchLayer.swift": 307
  ]

  /// Files of few lines that are not named after a type: what they declare is found by its module.
  private static let unnamed: Set = [
    "Sources/Basics/Checksum.swift", "Sources/Engine/ProgressCheck.swift",
    "Sources/Kindred/Exports.swift",
    "Sources/Platform/Platform.swift",
  ]

  @Test func filesAreNotLong() throws {
    expectNone(Self.tooLong(try PackageTree.files(in: "Sources", ["swift", "c", "h"]), allowed: Self.longer))
  }

  @Test func shortFilesDoNotBecomeMore() throws {
    expectNone(Self.tooMany(try PackageTree.sources(), allowed: Self.shorterCount))
  }

  @Test func filesOfFewLinesAreNamedAfterTheirType() throws {
    expectNone(Self.unnamed(try PackageTree.sources(), allowed: Self.unnamed))
  }

  private static func tooLong(_ files: [TextFile], allowed: [String: Int]) -> [String] {
    var findings: [String] = []
    var seen: Set<String> = []
    for file in files {
      let count = file.lines.count
      let bound = allowed[file.path] ?? limit
      if count > bound { findings.append("\(file.path) has \(count) lines, at most \(bound) are allowed") }
      guard allowed[file.path] != nil else { continue }
      seen.insert(file.path)
      if count <= max(bound - 10, limit) {
        findings.append("\(file.path) has \(count) lines: lower its limit")
      }
    }
    return findings + allowed.keys.filter { !seen.contains($0) }.sorted().map { "\($0) is not there" }
  }

  private static func tooMany(_ files: [TextFile], allowed: Int) -> [String] {
    let count = files.count { $0.lines.count < usual }
    if count > allowed { return ["\(count) files have below \(usual) lines, at most \(allowed) are allowed"] }
    return count <= allowed - 10 ? ["\(count) files have below \(usual) lines: lower the limit"] : []
  }

  /// A file of few lines is worth a file where its name leads to it, which is that of the type in it; what has no name
  /// of its own stands beside what uses it.
  private static func unnamed(_ files: [TextFile], allowed: Set<String>) -> [String] {
    var found: Set<String> = []
    for file in files where file.lines.count < few {
      let names = file.name.dropLast(".swift".count).split(separator: "+")
      let words = SwiftCode(file.text).text.split { !$0.isLetter && !$0.isNumber && $0 != "." }
      let isNamed = zip(words, words.dropFirst()).contains { keyword, name in
        ["actor", "class", "enum", "extension", "protocol", "struct"].contains(keyword)
          && name.split(separator: ".").last.map(names.contains) == true
      }
      if !isNamed { found.insert(file.path) }
    }
    return found.subtracting(allowed).sorted().map { "\($0) is short and not named after a type in it" }
      + allowed.subtracting(found).sorted().map { "\($0) needs no exception" }
  }

  @Test func longFilesAreFound() {
    let files = [300, 301, 320, 309, 311].map {
      TextFile("\($0).swift", String(repeating: "\n", count: $0))
    }
    let allowed = ["320.swift": 320, "309.swift": 319, "311.swift": 310, "gone.swift": 400]
    #expect(
      Self.tooLong(files, allowed: allowed) == [
        "301.swift has 301 lines, at most 300 are allowed", "309.swift has 309 lines: lower its limit",
        "311.swift has 311 lines, at most 310 are allowed", "gone.swift is not there",
      ])
  }

  @Test func moreShortFilesAreFound() {
    let files = [59, 60, 10].map { TextFile("\($0).swift", String(repeating: "\n", count: $0)) }
    #expect(Self.tooMany(files, allowed: 1) == ["2 files have below 60 lines, at most 1 are allowed"])
    #expect(Self.tooMany(files, allowed: 2) == [])
    #expect(Self.tooMany(files, allowed: 12) == ["2 files have below 60 lines: lower the limit"])
  }

  @Test func shortFilesWithoutTheirTypeAreFound() {
    let files = [
      TextFile("Slot.swift", "package struct Slot {}\n"), TextFile("A.swift", "extension Engine.A {}\n"),
      TextFile("A+B.swift", "extension A {}\n"), TextFile("C.swift", "// struct C\nfunc c() {}\n"),
      TextFile("Long.swift", String(repeating: "\n", count: 20)), TextFile("D.swift", "func d() {}\n"),
    ]
    #expect(
      Self.unnamed(files, allowed: ["D.swift", "Slot.swift"]) == [
        "C.swift is short and not named after a type in it", "Slot.swift needs no exception",
      ])
  }
}
