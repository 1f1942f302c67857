import ArgumentParser
import Kindred

extension Command {
  struct Verify: StoreCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a store for damage.",
      discussion: """
        Walks the pages of the file first, without the library that trusts them; then reads every record, vector and \
        link and compares checksums and references. Exit code 74 if there are problems. For a file of unknown \
        origin, before any other command.

        Example:
          kindred verify shop.kindred && \\
            kindred backup shop.kindred monday.kindred
        """)

    @OptionGroup var path: StorePath

    @OptionGroup var output: OutputOptions

    func run() throws {
      let report = try Store.naming(store) {
        try output.withProgress { try Store.verify(at: store, progress: $0) }
      }
      try output.print(report.json, people: report.people)
      guard report.ok else {
        throw CommandFailure(
          .corrupted,
          "'\(store)' has \(People.count(report.problems.count, "problem")); "
            + "restore a backup, or export what can be read into a new store")
      }
    }
  }
}

extension VerifyReport {
  var json: JSON {
    let checked = checked.sorted { $0.key < $1.key }.map {
      JSON.Member(key: $0.key, value: JSON.integer($0.value))
    }
    return [
      "ok": .bool(ok), "checked": .object(checked), "problems": .array(problems.map(JSON.string)),
    ]
  }

  var people: String {
    let checked = Table.pairs(checked.sorted { $0.key < $1.key }.map { ($0.key, People.count($0.value)) })
    let problems = problems.map { "problem: \(Table.printable($0))\n" }.joined()
    return checked + problems + (ok ? "ok\n" : "")
  }
}
