/// The formats that vectors come in.
package enum VectorFormat: String, CaseIterable, Sendable {
  /// A NumPy array [N, D]; ids come apart.
  case npy
  /// Dimension and floats, row by row; ids come apart.
  case fvecs
  /// JSON Lines, or a JSON array, with `id`, `vector` and perhaps `attributes`.
  case jsonLines = "jsonl"

  /// The format that the ending of `path` indicates, `.gz` and letter case aside: `.npy`, `.fvecs`, `.jsonl`,
  /// `.ndjson`, `.json`. Nil for every other ending.
  package init?(path: String) {
    switch fileEnding(of: path) {
    case "npy": self = .npy
    case "fvecs": self = .fvecs
    case "jsonl", "ndjson", "json": self = .jsonLines
    default: return nil
    }
  }

  /// The format of that name, as given on a command line: `npy`, `fvecs`, `jsonl`.
  /// - Throws: `.invalidArgument` with the names there are.
  package static func named(_ name: String) throws(InterchangeError) -> VectorFormat {
    if !name.contains("."), let format = VectorFormat(path: ".\(name)") { return format }
    throw InterchangeError(.invalidArgument, "unknown format \"\(name)\"; use npy, fvecs or jsonl")
  }

  /// How many first bytes of a file are looked at for its format.
  static let peekedBytes = 64

  /// The format that the first bytes of a file indicate: `.npy` by its magic, JSON by `{` or `[`. Nil for all others;
  /// `.fvecs` begins with nothing of its own.
  init?(firstBytes: [UInt8]) {
    if firstBytes.starts(with: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]) {
      self = .npy
      return
    }
    let text = firstBytes.starts(with: [0xef, 0xbb, 0xbf]) ? firstBytes.dropFirst(3) : firstBytes[...]
    let first = text.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
    self = .jsonLines
  }

  /// The format that the first bytes of `source` indicate.
  /// - Throws: `.unsupportedFormat` if they indicate none.
  static func resolve(_ source: ByteSource) throws(InterchangeError) -> VectorFormat {
    if let known = VectorFormat(firstBytes: try source.peek(peekedBytes)) { return known }
    throw InterchangeError(
      .unsupportedFormat,
      "neither the name '\(source.name)' nor its first bytes indicate a format; state it: --format npy, fvecs or jsonl",
      path: source.name)
  }
}
