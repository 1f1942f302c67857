import Testing

/// The map of the modules, the manifest and the imports agree.
@Suite struct ModuleTests {
  @Test func theTableOfModulesIsTrue() throws {
    let map = ModuleMap(try PackageTree.file("docs/ARCHITECTURE.md").text)
    var imports: [String: Set<String>] = [:]
    for folder in try PackageTree.modules() {
      let module = String(folder.split(separator: "/").last ?? "")
      imports[module] = try Imports.names(inFilesOf: folder)
    }
    expectNone(map.findings(imports))
  }

  @Test func everyTargetDeclaresWhatItImports() throws {
    let manifest = Manifest(try PackageTree.file("Package.swift").text)
    #expect(manifest.targets.count > 40)
    expectNone(try manifest.findings { try Imports.names(inFilesOf: $0) })
  }

  @Test func filesThatDocumentsNameExist() throws {
    let names = Set(try PackageTree.sources(["swift", "c", "h"]).map { String($0.name) })
      .union(try PackageTree.files(in: "Tests", ["swift"]).map { String($0.name) })
    for file in try PackageTree.files(in: "docs", ["md"]) {
      let findings = Self.missingFiles(in: file, names)
      expectNone(findings)
    }
  }

  /// Whoever wants to know how a recommendation or a training comes about has at most 12 files to open.
  @Test(arguments: ["one recommendation", "one training"])
  func pathsGoThroughFewFiles(path: String) throws {
    let text = try PackageTree.file("docs/ARCHITECTURE.md").text
    let rest = text[try #require(text.firstRange(of: "## The path of \(path)\n")).upperBound...]
    let section = rest[..<(rest.firstRange(of: "\n## ")?.lowerBound ?? rest.endIndex)]
    let names = Set(section.split(separator: "`").filter { $0.hasSuffix(".swift") })
    #expect((5...12).contains(names.count), "\(names.sorted())")
  }

  /// The Swift files that a document names in code spans and that are not there; patterns such as `Store+<Verb>.swift`
  /// are left out.
  private static func missingFiles(in file: TextFile, _ names: Set<String>) -> [String] {
    file.text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 && $0.element.hasSuffix(".swift") }
      .map(\.element).filter { !$0.contains { "<*".contains($0) } }
      .filter { !names.contains(String($0.split(separator: "/").last ?? "")) }
      .map { "\(file.path) names \($0)" }
  }

  @Test func differencesFromTheTableAreFound() {
    let map = ModuleMap(
      """
      ```
        App
         |
        Low   Gone
      ```

      | module | imports | knows |
      |---|---|---|
      | `Basics` | | |
      | `Low` | Basics, High | |
      | `App`, `Ghost` | Low | |
      | `High` | | |
      """)
    #expect(map.rows.map(\.names) == [["Basics"], ["Low"], ["App", "Ghost"], ["High"]])
    let findings = map.findings([
      "Basics": [], "Low": ["Basics", "High"], "App": ["Low", "Basics"], "High": ["Other"], "New": [],
    ])
    #expect(
      findings == [
        "Low imports High, whose row is not above",
        "App imports Basics, its row does not say so",
        "Ghost is in the table and not in Sources",
        "High imports Other, its row does not say so",
        "New has no row",
        "Ghost is not in the picture", "High is not in the picture",
        "Gone is in the picture and has no row",
      ])
    let unused = map.findings(["Basics": [], "Low": [], "App": ["Low"], "Ghost": ["Low"], "High": []]).prefix(
      2)
    #expect(
      unused == [
        "no file of Low imports Basics, its row says so", "no file of Low imports High, its row says so",
      ])
  }

  @Test func importsAreReadInAllTheirForms() {
    let source = """
      import A
      package import B
      @testable import C
      @_exported public import struct D.Inner
        private import E  // why
      // import F
      let text = "import G"
      """
    #expect(Imports.names(in: source) == ["A", "B", "C", "D", "E"])
  }

  @Test func differencesFromTheManifestAreFound() {
    let manifest = Manifest(
      """
      func module(_ name: String) -> Target { .target(name: name) }
        .systemLibrary(name: "CSystem", pkgConfig: "system", providers: [.apt(["libsystem-dev"])]),
        module("Low", ["CSystem"]),
        .executableTarget(
          name: "run-it", dependencies: ["Low", .product(name: "Logging", package: "swift-log")], path: "Tests/run-it",
          exclude: ["Other"]),
        tests("Low", ["Spare"]),
      """)
    let imports: [String: Set<String>] = [
      "Sources/Low": ["CSystem", "Basics"], "Tests/run-it": ["Low", "Logging"],
      "Tests/LowTests": ["Low", "run_it"],
    ]
    #expect(
      manifest.findings { imports[$0] ?? [] } == [
        "Low does not declare Basics", "LowTests does not declare run_it",
        "no file of LowTests imports Spare",
      ])
  }

  @Test func missingFilesAreFound() {
    let file = TextFile(
      "docs/a.md", "See `Engine/Here.swift`, `Gone.swift`, `Store+<Verb>.swift` and here.swift.")
    #expect(Self.missingFiles(in: file, ["Here.swift"]) == ["docs/a.md names Gone.swift"])
  }
}
