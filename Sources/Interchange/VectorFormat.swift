/// The formats that vectors come in.
package enum VectorFormat: String, CaseIterable, Sendable {
  /// A NumPy array [N, D]; ids come apart.
  case npy
  /// Dimension and floats, row by row; ids come apart.
  case fvecs
  /// JSON Lines with `id`, `vector` and perhaps `attributes`.
  case jsonLines = "jsonl"

  /// The format that the ending of `path` tells, `.gz` and letter case aside: `.npy`, `.fvecs`, `.jsonl`,
  /// `.ndjson`. Nil for every other ending.
  package init?(path: String) {
    var name = path.lowercased()[...]
    if name.hasSuffix(".gz") { name = name.dropLast(3) }
    guard let dot = name.lastIndex(of: ".") else { return nil }
    switch name[name.index(after: dot)...] {
    case "npy": self = .npy
    case "fvecs": self = .fvecs
    case "jsonl", "ndjson": self = .jsonLines
    default: return nil
    }
  }

  /// The format given, or the one the path tells.
  /// - Throws: `.unsupportedFormat` if there is neither.
  package static func resolve(path: String, given: VectorFormat?) throws(InterchangeError) -> VectorFormat {
    if let given { return given }
    if let told = VectorFormat(path: path) { return told }
    throw InterchangeError(
      .unsupportedFormat,
      "the name '\(path)' does not tell a format; name it .npy, .fvecs or .jsonl, or state the format",
      path: path)
  }
}
