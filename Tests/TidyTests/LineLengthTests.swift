import Testing

/// Lines have at most 120 columns. The formatter wraps code at 110, and neither comments nor literals.
@Suite struct LineLengthTests {
  /// `docs` has the code of the examples too.
  @Test(arguments: ["Sources", "Tests", "Fuzz", "docs", PackageTree.helper])
  func linesHaveAtMost120Columns(folder: String) throws {
    let files = try PackageTree.files(in: folder, ["swift", "c", "h", "md"])
    expectNone(files.flatMap(Self.findings))
  }

  @Test(arguments: ["README.md", "CHANGELOG.md", "Package.swift"])
  func linesOfTheFilesAboveHaveAtMost120Columns(path: String) throws {
    expectNone(Self.findings(in: try PackageTree.file(path)))
  }

  /// Rows of tables and addresses cannot be broken.
  private static func findings(in file: TextFile) -> [String] {
    file.lines.enumerated().filter { _, line in
      line.utf8.count > 120 && line.count > 120 && !line.contains("://")
        && !(file.isMarkdown && line.hasPrefix("|"))
    }.map { "\(file.path):\($0.offset + 1) has \($0.element.count) columns" }
  }

  @Test func longLinesAreFound() {
    let long = String(repeating: "é", count: 121)
    let text = "\(long)\n\(long.dropLast())\n| \(long) |\nhttps://\(long)\n"
    #expect(
      Self.findings(in: TextFile("a.swift", text)) == [
        "a.swift:1 has 121 columns", "a.swift:3 has 125 columns",
      ])
    #expect(Self.findings(in: TextFile("a.md", text)) == ["a.md:1 has 121 columns"])
  }
}
