import Testing

/// Constructs that hide errors or end the process.
@Suite struct ForbiddenTests {
  /// Where `fatalError` may stand: memory for an index that the system does not give cannot be reported from the hot
  /// loops.
  private static let fatal: Set = ["Sources/HNSW/BlockStore.swift", "Sources/HNSW/SearchContext.swift"]

  @Test func nothingForbiddenIsUsed() throws {
    expectNone(try PackageTree.sources().flatMap(Self.findings))
  }

  /// Bytes of a store are put in order by `Records`, and by the two files of words and links that docs/format.md names;
  /// those of other files by `Interchange`.
  @Test func byteOrderIsSaidInFewPlaces() throws {
    let allowed = [
      "Sources/Records/", "Sources/Basics/Byte", "Sources/Interchange/", "Sources/HNSW/LinkFormat.swift",
    ]
    expectNone(
      try PackageTree.sources().filter { file in !allowed.contains { file.path.hasPrefix($0) } }
        .filter { SwiftCode($0.text).text.contains("littleEndian") }
        .map { "\($0.path) orders bytes" })
  }

  @Test func theManifestHasNoUnsafeFlags() throws {
    #expect(!SwiftCode(try PackageTree.file("Package.swift").text).text.contains("unsafeFlags"))
  }

  @Test func exceptionsAreInUse() throws {
    for path in Self.fatal {
      let file = try PackageTree.file(path)
      #expect(
        !Self.findings(in: TextFile("Sources/Other.swift", file.text)).isEmpty, "\(path) needs no exception")
    }
  }

  private static func findings(in file: TextFile) -> [String] {
    let module = file.path.split(separator: "/").dropFirst().first ?? ""
    let isProgram = module.hasPrefix("kindred-")
    let code = SwiftCode(file.text)
    let lines = file.lines
    var findings: [String] = []
    for (index, line) in code.lines.enumerated() where index < lines.count {
      func find(_ construct: String) { findings.append("\(file.path):\(index + 1): \(construct)") }
      for forced in ["try!", "as!"] where line.contains(forced) { find(forced) }
      if line.contains("fatalError("), !fatal.contains(file.path) { find("fatalError") }
      if !isProgram, calls("print", in: line) { find("print") }
      if line.contains("import Foundation"), module != "KindredFoundation" { find("import Foundation") }
      for mark in ["@unchecked Sendable", "nonisolated(unsafe)"] where line.contains(mark) {
        let above = index > 0 ? lines[index - 1].drop { $0 == " " } : ""
        let isExplained = lines[index].contains("// ") || (above.hasPrefix("//") && !above.hasPrefix("///"))
        if !isExplained { find("\(mark) without a reason") }
      }
    }
    let words = code.text.split { " \n".contains($0) }
    if code.text.contains("catch {}")
      || zip(words, zip(words.dropFirst(), words.dropFirst(2))).contains(where: {
        $0 == "catch" && $1.0 == "{" && $1.1 == "}"
      })
    {
      findings.append("\(file.path): empty catch")
    }
    return findings
  }

  /// Whether a line calls a function of a name, and not a method.
  private static func calls(_ function: String, in line: Substring) -> Bool {
    line.ranges(of: "\(function)(").contains { range in
      guard let before = line[..<range.lowerBound].last else { return true }
      return !before.isLetter && !before.isNumber && before != "." && before != "_"
    } && !line.contains("func \(function)(")
  }

  @Test func forbiddenConstructsAreFound() {
    let source = """
      import Foundation
      let a = try! b() as! C  // try! in a comment is not
      let text = "try! as! print("
      do { try d() } catch {
      }
      print(a)
      output.print(a)
      fatalError("no")
      /// What it is.
      final class D: @unchecked Sendable {}
      final class E: @unchecked Sendable {}  // used by one thread at a time
      // constant data
      nonisolated(unsafe) let f = 1
      """
    let constructs = [
      "1: import Foundation", "2: try!", "2: as!", "6: print", "8: fatalError",
      "10: @unchecked Sendable without a reason",
    ]
    #expect(
      Self.findings(in: TextFile("Sources/M/A.swift", source))
        == constructs.map { "Sources/M/A.swift:\($0)" } + ["Sources/M/A.swift: empty catch"])
    let program = Self.findings(in: TextFile("Sources/kindred-command/A.swift", "print(1)\n"))
    #expect(program == [])
    let empty = Self.findings(in: TextFile("Sources/M/A.swift", "do { try a() } catch {}\n"))
    #expect(empty == ["Sources/M/A.swift: empty catch"])
  }
}
