import ArgumentParser
import Kindred

extension Command {
  struct Forget: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove users with all that is stored of them.",
      discussion: """
        Removes the record, the events and the vectors of each user in one transaction, and says what this does not \
        reach: bytes of deleted vectors until kindred rebuild, free pages of the file until kindred compact, words that \
        attributes used, trained models, backups, and the files that were imported. Exit code 66 if none of the users is there.

        Example:
          kindred forget shop.kindred --user 17850 13047
        """)

    @Argument(help: storeHelp, completion: .file())
    var store: String

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Ids of users; may be repeated.", valueName: "id"))
    var user: [String]

    @OptionGroup var output: OutputOptions

    func run() throws {
      let opened = try Store.openForWriting(store)
      defer { opened.close() }
      // Ids are bytes: two spellings of a letter are two ids.
      var seen: Set<[UInt8]> = []
      let distinct = user.filter { seen.insert(Array($0.utf8)).inserted }
      let (missing, events) = try opened.write { try $0.deleteCounting(distinct, kind: .users) }
      let forgotten = distinct.count - missing.count
      let models = try opened.read { try $0.models() }.map(\.version)
      try output.print(
        [
          "forgotten": .integer(forgotten), "events": .integer(events),
          "missing": .array(missing.map(JSON.string)), "models": .array(models.map { .integer($0) }),
        ],
        people: "forgot \(People.count(forgotten, "user")) with \(People.count(events, "event"))\n")
      if forgotten == 0 { throw CommandFailure(missing: missing, kind: .users, store: store) }
      if !missing.isEmpty {
        try StandardError.warn("not there: \(missing.map { "'\($0)'" }.joined(separator: ", "))")
      }
      try output.note(
        "deleted bytes stay in the file until: kindred rebuild \(store); kindred compact \(store)")
      if !models.isEmpty {
        let versions = models.map(String.init).joined(separator: ", ")
        try output.note(
          "models that were trained before keep what they learned: \(versions); train again, then delete "
            + "them with: kindred models \(store) --delete VERSION")
      }
    }
  }
}
