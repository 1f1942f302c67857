import Basics
import ArgumentParser
import Dispatch
import Kindred
import Synchronization

/// A catalogue replaced several times in a durable store while a reader asks; then compared with a store built from
/// scratch.
struct Lives: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Replaces a catalogue again and again under a reader and compares it with a fresh build.")

  @Argument(help: "Where the store is made; the fresh one beside it ends in .fresh.")
  var store: String
  @Option(help: "Vectors that items take in turn, .npy [N, dimension].")
  var vectors: String
  @Option(help: "Queries, .npy [N, dimension].")
  var queries: String
  @Option(help: "How many of them to ask.")
  var queryCount = 1_000
  @Option(help: "Items of the catalogue.")
  var items = 100_000
  @Option(help: "How often all of them are replaced.")
  var lives = 10
  @Option(help: "Vectors in one durable write.")
  var batch = 100
  @Option(help: "Search width.")
  var ef = 64
  @Option(help: "float32, float16, int8 or int4.")
  var encoding = VectorEncoding.int8
  @Option(help: "cosine, dot or l2.")
  var metric = VectorMetric.cosine
  @Option(help: "Single upserts to time while merges go on.")
  var singles = 3_000

  private static let space = "v"

  func run() throws {
    let pool = try Matrix(file: vectors)
    let queries = try Matrix(file: queries, first: queryCount)
    let aged = try makeStore(store, dimension: pool.dimension)
    defer { aged.close() }
    var catalogue = Catalogue(count: items, pool: pool)
    try load(catalogue, into: aged)
    // What the load left free is no matter of ageing.
    _ = try aged.compact()
    print(
      "| life | seconds | recall@10 | p50 µs | p99 µs | p99 µs while written | unreachable | tail | file MB |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    try report(aged, queries, life: 0, seconds: nil, busy: nil)
    for life in 1...lives {
      let reader = Reader(aged, Self.space, queries, ef: ef)
      let seconds =
        try microseconds { try catalogue.replaceAll(life: life, batch: batch, in: aged, Self.space) } / 1e6
      let busy = try reader.stop()
      try report(aged, queries, life: life, seconds: seconds, busy: busy)
    }
    let fresh = try makeStore(store + ".fresh", dimension: pool.dimension)
    defer { fresh.close() }
    try load(catalogue, into: fresh)
    _ = try fresh.compact()
    try compare(aged, fresh, queries)
    try timeSingles(aged, &catalogue)
  }

  private func makeStore(_ path: String, dimension: Int) throws -> Store {
    let made = try Store.create(at: path)
    try made.createSpace(
      SpaceConfiguration(
        name: Self.space, of: .items, dimension: dimension, metric: metric, encoding: encoding))
    return made
  }

  /// Stores a whole catalogue and builds its graph.
  private func load(_ catalogue: Catalogue, into store: Store) throws {
    for first in stride(from: 0, to: items, by: 10_000) {
      try catalogue.upsert(first..<min(items, first + 10_000), into: store, Self.space)
    }
    try store.rebuild()
  }

  private func measure(_ store: Store, _ queries: Matrix, _ effort: QueryOptions.Effort) throws -> QueryBatch
  {
    try store.read { snapshot in
      try snapshot.query(
        Self.space, vectors: queries.values, threads: effort == .exact ? Store.defaultThreads : 1,
        options: .init(k: 10, effort: effort))
    }
  }

  private func recall(_ store: Store, _ queries: Matrix, _ found: QueryBatch) throws -> Double {
    let truth = try measure(store, queries, .exact)
    let hits = zip(found.matches, truth.matches)
      .reduce(0) { $0 + Set($1.0.map(\.id)).intersection($1.1.map(\.id)).count }
    return Double(hits) / Double(truth.matches.reduce(0) { $0 + $1.count })
  }

  private func report(_ store: Store, _ queries: Matrix, life: Int, seconds: Double?, busy: Double?) throws {
    _ = try measure(store, queries, .ef(ef))
    let found = try measure(store, queries, .ef(ef))
    let statistics = try store.statistics()
    let check = try store.verify()
    guard check.ok else { throw ValidationError("verify: \(check.problems.prefix(3))") }
    let row = [
      "\(life)", seconds.map { fixed($0, 1) } ?? "–", fixed(try recall(store, queries, found), 4),
      fixed(found.statistics.p50Microseconds, 0), fixed(found.statistics.p99Microseconds, 0),
      busy.map { fixed($0, 0) } ?? "–", "\(check.checked["unreachable in \(Self.space)"] ?? -1)",
      "\(statistics.spaces[0].tail)", fixed(Double(statistics.fileBytes) / 1e6, 0),
    ]
    print("| " + row.joined(separator: " | ") + " |")
    flushOutput()
  }

  /// Both stores asked in turn, medians of five.
  private func compare(_ aged: Store, _ fresh: Store, _ queries: Matrix) throws {
    var rounds: [[QueryBatch]] = [[], []]
    for _ in 0..<6 {
      for (index, store) in [aged, fresh].enumerated() {
        rounds[index].append(try measure(store, queries, .ef(ef)))
      }
    }
    print(
      "\n| store | recall@10 | p50 µs | p99 µs | distances a query | file MB |\n|---|---:|---:|---:|---:|---:|"
    )
    for (name, store, found) in [("aged", aged, rounds[0]), ("fresh, compact", fresh, rounds[1])] {
      // The first round pays for pages touched first.
      let timed = found.dropFirst().map(\.statistics)
      let distances = Double(timed[timed.startIndex].distanceComputations) / Double(queries.count)
      let row = [
        name, fixed(try recall(store, queries, found[1]), 4), fixed(median(timed.map(\.p50Microseconds)), 0),
        fixed(median(timed.map(\.p99Microseconds)), 0), fixed(distances, 0),
        fixed(Double(try store.statistics().fileBytes) / 1e6, 0),
      ]
      print("| " + row.joined(separator: " | ") + " |")
    }
  }

  /// Single durable upserts, as many as it takes to set off merges.
  private func timeSingles(_ store: Store, _ catalogue: inout Catalogue) throws {
    try store.merge(Self.space)
    var times: [Double] = []
    for item in 0..<min(singles, items) {
      catalogue.shift(item)
      times.append(try microseconds { try catalogue.upsert(item..<(item + 1), into: store, Self.space) })
    }
    times.sort()
    let quantiles = [0.5, 0.9, 0.99, 0.999].map { fixed(times[Int($0 * Double(times.count - 1))], 0) }
    print(
      "\n\(times.count) single durable upserts, merges in the background: µs at p50, p90, p99, p99.9, most:")
    print(quantiles.joined(separator: ", ") + ", " + fixed(times[times.count - 1], 0))
  }
}

/// Items by number, each with an id and one of the pool's vectors.
private struct Catalogue {
  private var ids: [String]
  private var rows: [Int]
  private let pool: Matrix

  init(count: Int, pool: Matrix) {
    ids = (0..<count).map { "item-\($0)" }
    rows = (0..<count).map { $0 % pool.count }
    self.pool = pool
  }

  /// Gives an item another vector: the step has no divisor in common with a pool of up to 7,919 times itself.
  mutating func shift(_ item: Int) { rows[item] = (rows[item] + 7_919) % pool.count }

  func upsert(_ items: some Sequence<Int>, into store: Store, _ space: String) throws {
    let items = Array(items)
    let report = try store.upsert(
      space, ids: items.map { ids[$0] }, vectors: items.flatMap { pool.row(rows[$0]) })
    guard report.stored == items.count else {
      throw ValidationError("\(report.stored) of \(items.count) stored")
    }
  }

  /// Replaces every item once, in an order of its own each life: a third under a new id after the old one is deleted, a
  /// third deleted and stored again, a third written over.
  mutating func replaceAll(life: Int, batch: Int, in store: Store, _ space: String) throws {
    var generator = SeededGenerator(seed: UInt64(life))
    let order = ids.indices.shuffled(using: &generator)
    for (number, first) in stride(from: 0, to: order.count, by: batch).enumerated() {
      let items = order[first..<min(order.count, first + batch)]
      if number % 3 != 2 { _ = try store.delete(items.map { ids[$0] }, kind: .items) }
      for item in items {
        shift(item)
        if number % 3 == 0 { ids[item] = "item-\(item)-\(life)" }
      }
      try upsert(items, into: store, space)
    }
  }
}

/// Asks one query after the other on a thread of its own until it is stopped.
private final class Reader: Sendable {
  private struct Outcome {
    var times: [Double] = []
    var failure: (any Error)?
  }
  private let isStopping = Atomic<Bool>(false)
  private let outcome = Mutex(Outcome())
  private let done = DispatchGroup()

  init(_ store: Store, _ space: String, _ queries: Matrix, ef: Int) {
    DispatchQueue.global().async(group: done) { [self] in
      var number = 0
      while !isStopping.load(ordering: .relaxed) {
        let query = Array(queries.row(number % queries.count))
        number += 1
        do {
          let time = try microseconds {
            _ = try store.query(space, vector: query, options: .init(effort: .ef(ef)))
          }
          outcome.withLock { $0.times.append(time) }
        } catch {
          outcome.withLock { $0.failure = error }
          return
        }
      }
    }
  }

  /// Ends the reading.
  /// - Returns: the 99th percentile of its queries' times in µs.
  /// - Throws: what a query threw.
  func stop() throws -> Double {
    isStopping.store(true, ordering: .relaxed)
    done.wait()
    return try outcome.withLock { outcome in
      if let failure = outcome.failure { throw failure }
      outcome.times.sort()
      return outcome.times.isEmpty ? .nan : outcome.times[(outcome.times.count - 1) * 99 / 100]
    }
  }
}
