import ArgumentParser
import Interchange
import Kindred

/// What a process needs to open a store and answer queries: time to the first answer, and private memory.
struct Memory: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Time from opening to the first answer, and private (not file-backed) memory after more of them.")

  @Argument(help: "The store.")
  var store: String
  @Argument(help: "The space to query.")
  var space: String
  @Option(help: "Queries, .npy [N, dimension].")
  var queries: String
  @Option(help: "How many of them to ask.")
  var count = 1_000

  func run() throws {
    let source = try VectorSource(path: queries)
    guard case .batch(let batch) = try source.next(count) else {
      throw ValidationError("\(queries) is empty")
    }
    let before = try privateBytes()
    let clock = ContinuousClock()
    let start = clock.now
    let kindred = try Store.open(at: store, options: .init(readOnly: true))
    defer { kindred.close() }
    _ = try kindred.query(space, vector: Array(batch.values.prefix(batch.dimension)))
    let firstAnswer = (clock.now - start) / .microseconds(1)
    let answers = try kindred.read { try $0.query(space, vectors: batch.values) }
    let after = try privateBytes()
    let json: JSONValue = [
      "queries": .integer(answers.matches.count),
      "firstAnswerMicroseconds": .number(firstAnswer),
      "privateBytesBeforeOpen": .integer(before),
      "privateBytesAfterQueries": .integer(after),
    ]
    print(json.text)
  }
}
