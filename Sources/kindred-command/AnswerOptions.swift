public import ArgumentParser
import Interchange
public import Kindred

/// What of the found records is shown and which are left out, for `query` and `recommend` alike.
struct AnswerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Add these of each record: id, text or names of attributes.", valueName: "a,b"))
  var fields: String?

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Leave out these ids; may be repeated.", valueName: "id"))
  var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      "Leave out the ids of this file, one a line; '-' is standard input.", valueName: "file"),
    completion: .file())
  var excludeFile: String?

  @Option(help: ArgumentHelp("Leave out this many of the best: the next page of a list.", valueName: "n"))
  var offset = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only what scores at least this, which may shorten the answer; in recommend 0 leaves out the popular items "
        + "that fill up a list.",
      valueName: "score"))
  var minScore: Float?

  /// Called by the command's own `validate`: an option group's runs before unknown options are reported, and would hide
  /// them.
  func check() throws {
    try require("--offset", offset, atLeast: 0)
    if let minScore, !minScore.isFinite {
      throw ValidationError("--min-score is \(minScore); it must be a finite number.")
    }
  }

  /// The names of --fields in their order, each once; nil where it was not given.
  var fieldNames: [String]? {
    fields.map { Self.names(in: $0) }
  }

  /// The names of a list with commas between them, each once.
  static func names(in list: String) -> [String] {
    var names: [String] = []
    for name in SessionFile.ids(list) where !names.contains(where: { $0.isExactly(name) }) {
      names.append(name)
    }
    return names
  }

  /// All ids to leave out.
  /// - Throws: `CommandFailure` for a file that cannot be read.
  func excluded() throws -> [String] {
    exclude + (try excludeFile.map { try Self.identifiers($0) } ?? [])
  }

  /// A match with the record's fields, where they are asked for; null for what the record does not have.
  func adding(_ record: (any Kindred.Record)?, to match: JSON) -> JSON {
    guard let fieldNames, case .object(let object) = match else { return match }
    let fields = JSON(members: fieldNames.map { ($0, record?.field($0)?.json ?? .null) })
    return .object(object.members + [JSON.Member(key: "fields", value: fields)])
  }

  /// The ids of a file, one a line; empty lines name none.
  /// - Parameter file: its path, `-` for standard input.
  static func identifiers(_ file: String) throws -> [String] {
    let reader = LineReader(try ByteSource(path: file))
    var ids: [String] = []
    while let line = try reader.next() {
      guard case .text(let bytes) = line else {
        throw CommandFailure(.badInput, "\(file), line \(reader.lineNumber): longer than an id can be")
      }
      guard let id = bytes.validText else {
        throw CommandFailure(
          .badInput, "\(file), line \(reader.lineNumber): not UTF-8, which ids are written in")
      }
      if !id.isEmpty { ids.append(id) }
    }
    return ids
  }
}

/// Several spaces that answer together, for `query` and `recommend` alike.
struct FusionOptions: ParsableArguments {
  @Option(
    name: .customLong("space"),
    help: ArgumentHelp(
      "Ask several spaces at once, each with a weight, such as content=0.3,session=0.7.",
      valueName: "name=weight,…"))
  var list: String?

  @Option(
    name: .customLong("fusion"),
    help: "How the lists of several spaces become one: by rank (reciprocal rank fusion) or by score.")
  var method = Fusion.rank

  /// The spaces with their weights, 1 where none is given. What follows the last `=` is a weight, if it is a number.
  var weights: [SpaceWeight] {
    (list ?? "").split(separator: ",").map { part in
      guard let place = part.lastIndex(of: "="), let weight = Double(part[part.index(after: place)...])
      else { return SpaceWeight(String(part)) }
      return SpaceWeight(String(part[..<place]), weight)
    }
  }

  /// Called by the command's own `validate`: an option group's runs before unknown options are reported, and would hide
  /// them.
  func check() throws {
    for space in weights where !(space.weight > 0 && space.weight.isFinite) {
      throw ValidationError("--space \(space.space)=\(space.weight): a weight must be above 0.")
    }
    if list != nil, weights.isEmpty { throw ValidationError("--space names no space.") }
    if list == nil, method != .rank {
      throw ValidationError("--fusion belongs to --space, which is not given.")
    }
  }
}

extension Fusion: ExpressibleByArgument {}
