import Foundation

/// A file of this package as text; its path begins at the package.
struct TextFile {
  let path: String
  let text: String

  init(_ path: String, _ text: String) {
    self.path = path
    self.text = text
  }

  /// Its lines, without an empty one behind the last line break.
  var lines: [Substring] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.last == "" ? lines.dropLast() : lines
  }

  /// The last part of the path.
  var name: Substring { path.split(separator: "/").last ?? "" }
  var isSwift: Bool { path.hasSuffix(".swift") }
  var isMarkdown: Bool { path.hasSuffix(".md") }
}

/// The files of this package, found from where this one is.
enum PackageTree {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func file(_ path: String) throws -> TextFile {
    TextFile(path, try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8))
  }

  /// The files of `folder` and of the folders in it whose names have one of `extensions`, by path. What was built
  /// there, in folders such as `.build`, is left out.
  static func files(in folder: String, _ extensions: Set<String>) throws -> [TextFile] {
    try FileManager.default.subpathsOfDirectory(atPath: root.appendingPathComponent(folder).path).sorted()
      .filter { extensions.contains(($0 as NSString).pathExtension) }
      .filter { path in !path.split(separator: "/").contains { $0.hasPrefix(".build") } }
      .map { try file("\(folder)/\($0)") }
  }

  /// Where modules are: in folders of Sources, and beside the tools that use one.
  static let helper = "tools/kindred-bench"

  /// The files of all modules.
  static func sources(_ extensions: Set<String> = ["swift"]) throws -> [TextFile] {
    try files(in: "Sources", extensions) + files(in: helper, extensions)
  }

  /// The folders of all modules, which have their names.
  static func modules() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("Sources").path).sorted()
      .filter { !$0.hasPrefix(".") }.map { "Sources/\($0)" } + [helper]
  }
}
