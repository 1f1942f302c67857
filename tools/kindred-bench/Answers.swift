import ArgumentParser
import Kindred

/// Answers a file of queries again and again in one process, as the peers' libraries do theirs.
struct Answers: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "For each line `ef seconds` of standard input, answers all queries for that long at that width.",
    discussion:
      "Prints a JSON line each: queries answered, seconds, and the integer ids found in the last round.")

  @Argument(help: "The store.")
  var store: String
  @Argument(help: "The space to query.")
  var space: String
  @Option(help: "Queries, .npy [N, dimension].")
  var queries: String
  @Option(name: .customShort("k"), help: "How many neighbors.")
  var k = 10

  func run() throws {
    let opened = try Store.open(at: store, options: .init(readOnly: true))
    defer { opened.close() }
    let matrix = try Matrix(file: queries)
    while let line = readLine() {
      let words = line.split(separator: " ")
      guard words.count == 2, let ef = Int(words[0]), let least = Double(words[1]) else {
        throw ValidationError("'\(line)' is not `ef seconds`")
      }
      var (answered, seconds) = (0, 0.0)
      var found: [[Match]] = []
      repeat {
        let batch = try opened.read { snapshot in
          try snapshot.query(space, vectors: matrix.values, threads: 1, options: .init(k: k, effort: .ef(ef)))
        }
        answered += batch.statistics.queries
        seconds += batch.statistics.seconds
        found = batch.matches
      } while seconds < least
      let ids = found.map { "[" + $0.map(\.id).joined(separator: ",") + "]" }.joined(separator: ",")
      print("{\"queries\":\(answered),\"seconds\":\(seconds),\"ids\":[\(ids)]}")
      flushOutput()
    }
  }
}
