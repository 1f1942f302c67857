import Basics
import ArgumentParser
import Interchange
import Kindred
import LMDB

/// One durable upsert against one bare LMDB put and commit of the same bytes, in turn; then 1,000 in one call.
struct Upserts: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Durable upserts against bare LMDB commits of the same bytes, in turn.")

  @Argument(help: "A store with a space of vectors; it is written to.")
  var store: String
  @Argument(help: "The space to write to.")
  var space: String
  @Option(help: "Single upserts to time.")
  var count = 200
  @Option(help: "Calls with 1,000 vectors to time.")
  var batches = 5

  func run() throws {
    let kindred = try Store.open(at: store, options: .init(mergesAutomatically: false))
    defer { kindred.close() }
    let dimension = try kindred.read { try $0.space(space).configuration.dimension }
    var generator = SeededGenerator(seed: 11)
    let single = try timeSingles(kindred, dimension, &generator)
    let batch = try timeBatches(kindred, dimension, &generator)
    let json: JSONValue = [
      "upsertMicroseconds": .number(median(single.upserts)),
      "bareCommitMicroseconds": .number(median(single.commits)),
      "upsertRatio": .number(median(zip(single.upserts, single.commits).map { $0 / $1 })),
      "batchVectorsPerSecond": .number(1_000 / (median(batch) / 1e6)),
    ]
    print(json.text)
  }

  private func timeSingles(
    _ kindred: Store, _ dimension: Int, _ generator: inout SeededGenerator
  ) throws -> (upserts: [Double], commits: [Double]) {
    let path = store + ".bare"
    let bare = try Environment.create(path: path, options: .init(tableNames: ["rows"]))
    defer {
      bare.close()
      removeFile(path)
      removeFile(path + "-lock")
    }
    let rows = bare.table("rows", key: UInt64.self)
    var (upserts, commits): ([Double], [Double]) = ([], [])
    for number in 0..<count {
      let vector = generator.nextVector(dimension: dimension)
      upserts.append(
        try microseconds { _ = try kindred.upsert(space, ids: ["bench-\(number)"], vectors: vector) })
      commits.append(
        try microseconds {
          try bare.write { transaction in
            try vector.withUnsafeBytes { try transaction.put(rows, UInt64(number), $0) }
          }
        })
    }
    return (upserts, commits)
  }

  private func timeBatches(
    _ kindred: Store, _ dimension: Int, _ generator: inout SeededGenerator
  ) throws -> [Double] {
    try (0..<batches).map { batch in
      let vectors = generator.nextVectors(count: 1_000, dimension: dimension)
      let ids = (0..<1_000).map { "bench-batch-\(batch)-\($0)" }
      return try microseconds {
        let report = try kindred.upsert(space, ids: ids, vectors: vectors)
        // Found, not only stored: the last one answers for itself.
        let found = try kindred.query(space, vector: Array(vectors.suffix(dimension)), options: .init(k: 1))
        guard report.stored == 1_000, found.first?.id == ids[999] else {
          throw ValidationError("an upserted vector was not found")
        }
      }
    }
  }
}

/// An item that is stored and is recommendable in the next read, against the plain append of an event, in turn.
struct NewItems: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new-items",
    abstract: "Storing an item and recommending with it among the items, against a plain append, in turn.")

  @Argument(help: "A store with a model that serves; it is written to.")
  var store: String
  @Argument(help: "A user with events.")
  var user: String
  @Option(help: "Items to store.")
  var count = 200

  func run() throws {
    let kindred = try Store.open(at: store, options: .init(mergesAutomatically: false))
    defer { kindred.close() }
    let texts = try kindred.read { snapshot in
      try snapshot.items(limit: count).compactMap(\.text)
    }
    guard let text = texts.first, let item = try kindred.read({ try $0.items(limit: 1).first?.id }) else {
      throw ValidationError("\(store) has no items with texts")
    }
    var times: (append: [Double], item: [Double], before: [Double], after: [Double]) = ([], [], [], [])
    for number in 0..<count {
      let id = "bench-\(number)"
      let event = Event(user: user, item: item, time: Timestamp(milliseconds: Int64(number)), kind: "bench")
      times.append.append(try microseconds { _ = try kindred.append(event) })
      times.before.append(try microseconds { _ = try kindred.recommend(user: user) })
      let record = Item(id: id, text: texts[number % texts.count] + " \(text.prefix(20))")
      times.item.append(try microseconds { _ = try kindred.upsert([record]) })
      times.after.append(try microseconds { _ = try kindred.recommend(user: user) })
      guard try kindred.read({ try $0.vector("session", id: id) }) != nil else {
        throw ValidationError("\(id) has no vector in the space session")
      }
    }
    let json: JSONValue = [
      "appendMicroseconds": .number(median(times.append)),
      "itemMicroseconds": .number(median(times.item)),
      "recommendMicrosecondsAfterAppend": .number(median(times.before)),
      "recommendMicrosecondsAfterItem": .number(median(times.after)),
    ]
    print(json.text)
  }
}
