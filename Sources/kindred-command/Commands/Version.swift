import ArgumentParser
import Kindred

extension Command {
  struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the version of the command.",
      discussion: """
        Example:
          kindred version --json
        """)

    @OptionGroup var output: OutputOptions

    func run() throws {
      try output.print(["version": .string(Store.version)], people: "kindred \(Store.version)\n")
    }
  }
}
