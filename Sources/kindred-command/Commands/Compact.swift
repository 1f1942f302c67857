import ArgumentParser
import Kindred

extension Command {
  struct Compact: WritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shrink the store file.",
      discussion: """
        Writes a copy without free pages beside the store and swaps the two, so it needs as much free disk as the \
        store uses. Refuses while another process has the store open.

        Example:
          kindred compact shop.kindred
        """)

    @OptionGroup var path: StorePath

    @OptionGroup var output: OutputOptions

    func run(_ opened: Store) throws {
      let (report, seconds) = try timed {
        try output.withProgress { try opened.compact(progress: $0) }
      }
      try output.print(
        [
          "bytesBefore": .integer(report.bytesBefore), "bytesAfter": .integer(report.bytesAfter),
          "seconds": .number(seconds),
        ],
        people: "compacted \(store) from \(People.bytes(report.bytesBefore)) to "
          + "\(People.bytes(report.bytesAfter)) in \(People.seconds(seconds))\n")
    }
  }
}
