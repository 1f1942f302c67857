import ArgumentParser
import Kindred

extension Command {
  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Create an empty store.",
      discussion: """
        Refuses to overwrite. LMDB keeps a lock file beside the store: shop.kindred-lock.

        Example:
          kindred create shop.kindred
        """)

    @Argument(help: "Path of the new store, such as shop.kindred.", completion: .file())
    var store: String

    @OptionGroup var output: OutputOptions

    func run() throws {
      try Store.createNew(store).close()
      try output.print(["created": .string(store)], people: "created \(store)\n")
    }
  }
}
