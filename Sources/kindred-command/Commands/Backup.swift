import ArgumentParser
import Interchange
import Kindred

extension Command {
  struct Backup: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Copy a store, while it is in use.",
      discussion: """
        The copy is a store of its own, as it was at one moment, without free pages. An existing file is never \
        overwritten.

        Example:
          kindred backup shop.kindred monday.kindred
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "Path of the copy.", completion: .file())
    var destination: String

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard destination != "-" else {
        throw ValidationError("A backup is made in a file, not on standard output; name one.")
      }
    }

    func run(_ opened: Store) throws {
      var claims = FileClaims(store: store)
      _ = try claims.write(destination, as: "the copy")
      let (_, seconds) = try timed {
        try output.withProgress { progress in
          try Store.naming(destination) { try opened.backup(to: destination, progress: progress) }
        }
      }
      try output.print(
        ["backup": .string(destination), "seconds": .number(seconds)],
        people: "backed up \(store) to \(destination) in \(People.seconds(seconds))\n")
    }
  }
}
