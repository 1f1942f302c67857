import ArgumentParser
import Interchange
import Kindred

/// Private memory of a process that has opened a store and answered queries.
struct Memory: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Private (not file-backed) memory after answering queries.")

  @Argument(help: "The store.")
  var store: String
  @Argument(help: "The space to query.")
  var space: String
  @Option(help: "Queries, .npy [N, dimension].")
  var queries: String
  @Option(help: "How many of them to ask.")
  var count = 1_000

  func run() throws {
    let kindred = try Store.open(at: store, options: .init(readOnly: true))
    defer { kindred.close() }
    let source = try VectorSource(path: queries)
    let before = try privateBytes()
    guard case .batch(let batch) = try source.next(count) else {
      throw ValidationError("\(queries) is empty")
    }
    let answers = try kindred.read { try $0.query(space, vectors: batch.values) }
    let after = try privateBytes()
    var json = JSONWriter()
    json.object { json in
      json.member("queries", answers.matches.count)
      json.member("privateBytesAfterOpen", before)
      json.member("privateBytesAfterQueries", after)
    }
    print(json.text)
  }
}
