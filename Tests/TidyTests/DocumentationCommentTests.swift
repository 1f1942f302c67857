import Testing

/// What others than a file's own readers use has a documentation comment.
@Suite struct DocumentationCommentTests {
  @Test func publicNamesAndTypesOfThePackageAreDocumented() throws {
    expectNone(try PackageTree.sources().flatMap(Self.findings))
  }

  private static let keywords: Set<Substring> = [
    "actor", "associatedtype", "case", "class", "enum", "func", "init", "let", "protocol", "struct",
    "subscript",
    "typealias", "var",
  ]
  private static let types: Set<Substring> = ["actor", "class", "enum", "protocol", "struct", "typealias"]

  /// Undocumented `public` declarations and cases of public enumerations, and undocumented `package` types and
  /// functions that are not members.
  private static func findings(in file: TextFile) -> [String] {
    let lines = file.lines
    let code = SwiftCode(file.text).lines
    var publicEnumIndent: Int?
    var findings: [String] = []
    for (index, line) in code.enumerated() where index < lines.count {
      let indent = line.prefix { $0 == " " }.count
      // Attributes such as `@usableFromInline` stand before a declaration or on lines of their own.
      let words = line.split { " (:<,".contains($0) }.filter { !$0.hasPrefix("@") }
      guard let keyword = words.first(where: { keywords.contains($0) || $0 == "import" || $0 == "extension" })
      else {
        if line.dropFirst(indent) == "}", publicEnumIndent == indent { publicEnumIndent = nil }
        continue
      }
      let modifiers = words.prefix { $0 != keyword }
      let isPublic = modifiers.contains("public")
      if isPublic && keyword == "enum" { publicEnumIndent = indent }
      let isCase = keyword == "case" && words.first == "case" && publicEnumIndent == indent - 2
      let isShared = modifiers.contains("package") && (types.contains(keyword) || indent == 0)
      guard isPublic || isCase || isShared, keywords.contains(keyword) else { continue }
      if !isDocumented(index, lines) {
        findings.append("\(file.path):\(index + 1): \(lines[index].dropFirst(indent))")
      }
    }
    return findings
  }

  /// Whether a comment for documentation is above a line, with attributes and other comments between them at most.
  private static func isDocumented(_ index: Int, _ lines: [Substring]) -> Bool {
    for line in lines[..<index].reversed() {
      let start = line.drop { $0 == " " }
      if start.hasPrefix("///") { return true }
      if !start.hasPrefix("//") && !start.hasPrefix("@") { return false }
    }
    return false
  }

  @Test func undocumentedDeclarationsAreFound() {
    let source = """
      public import Basics
      /// A.
      public struct A {
        public var b: Int
        /// C.
        // why
        @inlinable
        public func c() {}
        var d: Int
        package let e = 1
        package struct F {}
      }
      package func g() {}
      public enum H {
        case i
        /// J.
        case j(public: Int)
        public var k: Int {
          switch self {
          case .i: 1
          }
        }
      }
      enum L {
        case m
      }
      public extension A {}
      """
    #expect(
      Self.findings(in: TextFile("a.swift", source)) == [
        "a.swift:4: public var b: Int", "a.swift:11: package struct F {}", "a.swift:13: package func g() {}",
        "a.swift:14: public enum H {", "a.swift:15: case i", "a.swift:18: public var k: Int {",
      ])
  }
}
