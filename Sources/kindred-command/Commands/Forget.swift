import ArgumentParser
import Kindred

extension Command {
  struct Forget: WritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove users with all that is stored of them.",
      discussion: """
        Removes the record, the events and the vectors of each user in one transaction, and says what this does not \
        reach: bytes of deleted vectors until kindred rebuild, free pages of the file until kindred compact, words \
        that attributes used, trained models, backups, and the files that were imported. Exit code 66 if none of the \
        users is there.

        Example:
          kindred forget shop.kindred --user 17850 13047
        """)

    @OptionGroup var path: StorePath

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Ids of users; may be repeated.", valueName: "id"))
    var user: [String]

    @OptionGroup var output: OutputOptions

    func run(_ opened: Store) throws {
      let removal = try Removal(of: user, .users, from: opened, at: store)
      let models = try opened.read { try $0.models() }.map(\.version)
      try output.print(
        [
          "forgotten": .integer(removal.count), "events": .integer(removal.events),
          "missing": .array(removal.missing.map(JSON.string)), "models": .array(models.map { .integer($0) }),
        ],
        people:
          "forgot \(People.count(removal.count, "user")) with \(People.count(removal.events, "event"))\n")
      try removal.reportMissing()
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
