/// What docs/ARCHITECTURE.md says of the modules: the rows of its table and the names in its picture.
struct ModuleMap {
  struct Row {
    var names: [String]
    var imports: Set<String>
  }

  var rows: [Row] = []
  var picture: Set<String> = []

  init(_ architecture: String) {
    let lines = architecture.split(separator: "\n", omittingEmptySubsequences: false)
    let table = lines.drop { !$0.hasPrefix("| module | imports |") }.dropFirst(2).prefix { $0.hasPrefix("|") }
    for line in table {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
      guard cells.count > 3 else { continue }
      let names = cells[1].split(separator: "`").filter { $0.first?.isLetter == true }.map(String.init)
      let imports = cells[2].split(separator: ",").map { String($0.filter { $0 != " " }) }
      rows.append(Row(names: names, imports: Set(imports.filter { !$0.isEmpty })))
    }
    let drawing = lines.drop { !$0.hasPrefix("```") }.dropFirst().prefix { !$0.hasPrefix("```") }
    for line in drawing {
      picture.formUnion(
        line.split { !$0.isLetter && $0 != "-" }.map(String.init).filter { $0.contains(where: \.isLetter) })
    }
  }

  /// Where the table is not what the modules import, imports upwards, or does not name the modules of the picture.
  /// - Parameter imports: what the files of each module import, without modules of the system.
  func findings(_ imports: [String: Set<String>]) -> [String] {
    var findings: [String] = []
    var below: Set<String> = []
    let listed = Set(rows.flatMap(\.names))
    for row in rows {
      for name in row.names {
        guard let imported = imports[name] else {
          findings.append("\(name) is in the table and not in Sources")
          continue
        }
        for missing in imported.subtracting(row.imports).sorted() {
          findings.append("\(name) imports \(missing), its row does not say so")
        }
        for unused in row.imports.subtracting(imported).sorted() {
          findings.append("no file of \(name) imports \(unused), its row says so")
        }
        for upwards in imported.intersection(listed).subtracting(below).sorted() {
          findings.append("\(name) imports \(upwards), whose row is not above")
        }
      }
      below.formUnion(row.names)
    }
    findings += imports.keys.filter { !listed.contains($0) }.sorted().map { "\($0) has no row" }
    let drawn = listed.subtracting(["Basics", "Platform"])
    findings += drawn.subtracting(picture).sorted().map { "\($0) is not in the picture" }
    findings += picture.subtracting(drawn).sorted().map { "\($0) is in the picture and has no row" }
    return findings
  }
}

/// The imports of Swift source.
enum Imports {
  /// Modules that come with the system or the compiler.
  static let system: Set<String> = [
    "Darwin", "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Musl", "Synchronization", "Testing",
  ]

  static func names(in source: String) -> Set<String> {
    var names: Set<String> = []
    for line in SwiftCode(source).lines where line.contains("import ") {
      var words = line.split(separator: " ").filter { !$0.hasPrefix("@") }[...]
      if let first = words.first, ["public", "package", "internal", "private", "fileprivate"].contains(first)
      {
        words.removeFirst()
      }
      guard words.popFirst() == "import" else { continue }
      if let kind = words.first, ["struct", "class", "enum", "func", "protocol", "var", "let"].contains(kind)
      {
        words.removeFirst()
      }
      if let name = words.first?.split(separator: ".").first { names.insert(String(name)) }
    }
    return names
  }

  static func names(inFilesOf folder: String) throws -> Set<String> {
    var found: Set<String> = []
    for file in try PackageTree.files(in: folder, ["swift"]) { found.formUnion(names(in: file.text)) }
    return found.subtracting(system)
  }
}
