import ArgumentParser
import Kindred

extension Command {
  struct Verify: StoreCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a store for damage, or save what can be saved of it.",
      usage: "kindred verify <store> [<options>]",
      discussion: """
        Walks the pages of the file first, without the library that trusts them; then reads every record, vector and \
        link and compares checksums and references. Exit code 74 if there are problems. For a file of unknown \
        origin, before any other command.

        With --repair, what can be read is written into a new store, of which graphs are built again, and what was \
        lost is counted by kind: exit code 0 if that is nothing, 74 if something is missing. The damaged file is not \
        changed.

        Examples:
          kindred verify shop.kindred && \\
            kindred backup shop.kindred monday.kindred
          kindred verify damaged.kindred --repair saved.kindred
        """)

    @OptionGroup var path: StorePath

    @Option(help: "Save what can be read into a new store at this path.", completion: .file())
    var repair: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard repair != "-" else {
        throw ValidationError("A store is saved in a file, not on standard output; name one.")
      }
    }

    func run() throws {
      if let repair { return try save(into: repair) }
      let report = try Store.naming(store) {
        try output.withProgress { try Store.verify(at: store, progress: $0) }
      }
      try output.print(report.json, people: report.people)
      guard report.ok else {
        throw CommandFailure(
          .corrupted,
          "'\(store)' has \(People.count(report.problems.count, "problem")); "
            + "restore a backup, or save what can be saved with --repair NEW")
      }
    }

    private func save(into destination: String) throws {
      let (report, seconds) = try timed {
        try output.withProgress { try Store.repair(at: store, into: destination, progress: $0) }
      }
      try output.print(
        report.json(destination, seconds),
        people: report.people + "saved into \(destination) in \(People.seconds(seconds))\n")
      guard report.ok else {
        let lost = report.lost.sorted { $0.key < $1.key }.map { "\($0.key) \(People.count($0.value))" }
        throw CommandFailure(
          .corrupted,
          "not all of '\(store)' could be saved, lost: \(lost.joined(separator: ", ")); "
            + "'\(destination)' has the rest")
      }
    }
  }
}

extension VerifyReport {
  var json: JSON {
    ["ok": .bool(ok), "checked": .counts(checked), "problems": .array(problems.map(JSON.string))]
  }

  var people: String {
    let checked = Table.pairs(checked.sorted { $0.key < $1.key }.map { ($0.key, People.count($0.value)) })
    let problems = problems.map { "problem: \(Table.printable($0))\n" }.joined()
    return checked + problems + (ok ? "ok\n" : "")
  }
}

extension RepairReport {
  fileprivate func json(_ destination: String, _ seconds: Double) -> JSON {
    [
      "ok": .bool(ok), "repaired": .string(destination), "saved": .counts(saved), "lost": .counts(lost),
      "problems": .array(problems.map(JSON.string)), "seconds": .number(seconds),
    ]
  }

  fileprivate var people: String {
    let rows = Set(saved.keys).union(lost.keys).sorted().map {
      ($0, "\(People.count(saved[$0] ?? 0)) saved, \(People.count(lost[$0] ?? 0)) lost")
    }
    let problems = problems.map { "problem: \(Table.printable($0))\n" }.joined()
    return Table.pairs(rows) + problems
  }
}

extension JSON {
  /// Counts by name, in the order of the names.
  fileprivate static func counts(_ counts: [String: Int]) -> JSON {
    .object(counts.sorted { $0.key < $1.key }.map { Member(key: $0.key, value: .integer($0.value)) })
  }
}
