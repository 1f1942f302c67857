/// The targets of Package.swift with what they depend on, read as text.
struct Manifest {
  struct Target {
    let name: String
    let path: String
    let dependencies: Set<String>
  }

  private(set) var targets: [Target] = []

  private static let calls = [
    ("module(", "Sources/"), (".target(", "Sources/"), (".executableTarget(", "Sources/"),
    (".systemLibrary(", "Sources/"), (" tests(", "Tests/"), (".testTarget(", "Tests/"),
  ]

  init(_ text: String) {
    for (call, folder) in Self.calls {
      for part in text.split(separator: call, omittingEmptySubsequences: false).dropFirst() {
        let literals = Self.literals(inArguments: part)
        // The functions that make targets pass the name on.
        guard var name = literals.first?.text, !name.contains("\\(") else { continue }
        var dependencies = Set(literals.dropFirst().filter { ["", "name"].contains($0.label) }.map(\.text))
        if call == ".systemLibrary(" { dependencies = [] }
        if call == " tests(" {
          dependencies.insert(name)
          name += "Tests"
        }
        let path = literals.first { $0.label == "path" }?.text
        targets.append(
          Target(
            name: name, path: path ?? folder + name, dependencies: dependencies))
      }
    }
  }

  /// The string literals up to the parenthesis that closes the call, each with the label before it; files that a target
  /// leaves out have their list's.
  private static func literals(inArguments text: Substring) -> [(label: String, text: String)] {
    var literals: [(label: String, text: String)] = []
    var depth = 1
    var before = ""
    var literal: String?
    var isExcluded = false
    for character in text {
      if var open = literal {
        if character == "\"" {
          let label = before.hasSuffix(": ") ? before.dropLast(2).split { !$0.isLetter }.last ?? "" : ""
          literals.append((isExcluded ? "exclude" : String(label), open))
          literal = nil
          before = ""
        } else {
          open.append(character)
          literal = open
        }
        continue
      }
      switch character {
      case "\"": literal = ""
      case "[":
        isExcluded = before.hasSuffix("exclude: ")
        before.append(character)
      case "]":
        isExcluded = false
        before.append(character)
      case "(":
        depth += 1
        before.append(character)
      case ")":
        depth -= 1
        if depth == 0 { return literals }
      default: before.append(character)
      }
    }
    return literals
  }

  /// Where the dependencies of a target are not what its files import.
  /// - Parameter imports: what the files below a path import, without modules of the system.
  func findings(_ imports: (_ path: String) throws -> Set<String>) rethrows -> [String] {
    // A dash of a target's name is an underscore in an import.
    func imported(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
    var findings: [String] = []
    for target in targets {
      let names = try imports(target.path)
      let declared = Set(target.dependencies.map(imported))
      findings += names.subtracting(declared).sorted().map { "\(target.name) does not declare \($0)" }
      findings += declared.subtracting(names).sorted().map { "no file of \(target.name) imports \($0)" }
    }
    return findings
  }
}
