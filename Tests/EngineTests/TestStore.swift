import Basics
import Engine
import Filters
import LMDB
import Platform
import Records
import TestSupport
import Testing
import VectorMath

/// A store in a directory of its own, with the truth beside it: every vector that it must hold, by id.
final class TestStore {
  static let space = "vectors"
  let metric: VectorMetric
  let encoding: VectorEncoding
  let dimension: Int
  private let directory: String
  private(set) var engine: StorageEngine
  /// What the store must hold, as it is stored (of unit length for cosine, rounded to the encoding).
  private(set) var vectors: [String: [Float]] = [:]

  init(
    metric: VectorMetric = .cosine, encoding: VectorEncoding = .float32, dimension: Int = 16, m: Int = 8,
    efConstruction: Int = 60, memoryLimitBytes: Int? = nil
  ) throws {
    self.metric = metric
    self.encoding = encoding
    self.dimension = dimension
    var template = Array("/tmp/kindred-engine-tests-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil, "mkdtemp: errno \(errno)")
    directory = template.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
    engine = try StorageEngine.create(
      path: "\(directory)/store.kindred", options: Self.options, policy: MergePolicy(),
      memoryLimitBytes: memoryLimitBytes, identity: 1, created: 0)
    let definition = SpaceDefinition(
      name: Self.space, kind: .items,
      shape: VectorShape(dimension: dimension, metric: metric, encoding: encoding), m: m,
      efConstruction: efConstruction, seed: 1)
    _ = try engine.write { try $0.createSpace(definition) }
  }

  deinit {
    engine.close()
    unlink("\(directory)/store.kindred")
    unlink("\(directory)/store.kindred-lock")
    rmdir(directory)
  }

  /// No waiting for the disk: these tests do not pull the plug.
  private static var options: Environment.Options {
    var options = Environment.Options()
    options.durability = .noSync
    return options
  }

  func reopen() throws {
    engine.close()
    engine = try StorageEngine.open(
      path: "\(directory)/store.kindred", options: Self.options, policy: MergePolicy())
  }

  var layout: RowLayout { get throws { try RowLayout(dimension: dimension, encoding: encoding.rows) } }

  var record: SpaceRecord { get throws { try engine.read { try $0.space(Self.space).record } } }

  // MARK: Changes

  /// The stored form of a vector, and its row.
  func encoded(_ vector: [Float]) throws -> (stored: [Float], row: [UInt8]) {
    let layout = try layout
    let encoder = try RowEncoder(try record.shape)
    let row = try vector.withUnsafeBufferPointer { Array(try encoder.encode($0)) }
    return (row.withUnsafeBytes { $0.baseAddress.map { layout.decoded($0) } ?? [] }, row)
  }

  /// Stores vectors in one transaction.
  func upsert(_ ids: [String], using generator: inout SeededGenerator) throws {
    try upsert(ids.map { ($0, generator.nextVector(dimension: dimension)) })
  }

  func upsert(_ rows: [(id: String, vector: [Float])]) throws { try change(deleting: [], upserting: rows) }

  /// Deletes records with their vectors.
  func delete(_ ids: [String]) throws { try change(deleting: ids, upserting: []) }

  /// Deletes, then stores, in one transaction.
  /// - Parameter beforeCommit: runs while the write lock is held; more than once if the map had to grow.
  func change(
    deleting: [String], upserting rows: [(id: String, vector: [Float])], beforeCommit: () throws -> Void = {}
  ) throws {
    let encodedRows = try rows.map { ($0.id, try encoded($0.vector)) }
    _ = try engine.write { writer in
      for id in deleting { _ = try writer.delete(id, .items) }
      let space = try writer.space(Self.space)
      for (id, (_, row)) in encodedRows {
        let ordinal = try writer.ordinalMakingRecord(of: id, .items)
        try row.withUnsafeBytes { try space.upsert(ordinal, row: $0) }
      }
      try beforeCommit()
    }
    for id in deleting { vectors[id] = nil }
    for (id, (stored, _)) in encodedRows { vectors[id] = stored }
  }

  /// Notes what a load besides the tail has stored.
  func expect(_ id: String, _ stored: [Float]?) { vectors[id] = stored }

  // MARK: Queries

  func query(
    _ vector: [Float], k: Int, effort: Effort, restriction: Restriction = .init(), computed: inout Int
  ) throws -> [Hit] {
    let prepared = metric == .cosine ? try normalized(vector) : vector
    return try engine.read { snapshot in
      let view = try snapshot.space(Self.space)
      return try prepared.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return [] }
        return try snapshot.nearest(
          to: start, in: view, k: k, effort: effort, restriction: restriction, distanceComputations: &computed
        )
      }
    }
  }

  func query(_ vector: [Float], k: Int, effort: Effort, restriction: Restriction = .init()) throws -> [Hit] {
    var computed = 0
    return try query(vector, k: k, effort: effort, restriction: restriction, computed: &computed)
  }

  /// The right answer, by distance, then by id.
  func truth(_ vector: [Float], k: Int, where isAllowed: (String) -> Bool = { _ in true }) throws -> [String]
  {
    let prepared = metric == .cosine ? try normalized(vector) : vector
    let layout = try layout
    let distance = DistanceFunction(metric: metric, layout: layout, kernels: try Kernels.selected())
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: layout.strideBytes, alignment: 64)
    defer { buffer.deallocate() }
    var ranked: [(distance: Float, id: String)] = []
    for (id, stored) in vectors where isAllowed(id) {
      layout.encode(stored, into: buffer)
      ranked.append((distance(query: prepared, row: buffer), id))
    }
    // Numbers are sorted sooner than pairs with ids, of which few are needed.
    let distances = ranked.map(\.distance).sorted()
    let limit = distances.isEmpty ? 0 : distances[min(k, distances.count) - 1]
    return ranked.filter { $0.distance <= limit }
      .sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }.prefix(k).map(\.id)
  }

  // MARK: Checks

  /// Expects the store to be sound, to hold exactly the vectors it must, and to answer with them.
  func check(_ step: String, recallFloor: Double = 0.95, using generator: inout SeededGenerator) throws {
    let report = try engine.verify()
    #expect(report.ok, "\(step): \(report.problems.prefix(5)), \(generator)")
    let record = try record
    #expect(record.liveCount == vectors.count, "\(step), \(generator)")
    var held: [String: [Float]] = [:]
    try engine.read { snapshot in
      try snapshot.forEachVector(try snapshot.space(Self.space)) { ordinal, vector in
        held[try snapshot.id(of: ordinal, .items)] = Array(vector)
      }
    }
    #expect(held == vectors, "\(step): other vectors than were written, \(generator)")
    var found: [[String]] = []
    var expected: [[String]] = []
    for _ in 0..<20 {
      let query = generator.nextVector(dimension: dimension)
      let truth = try truth(query, k: 10)
      let exact = try self.query(query, k: 10, effort: .exact).map(\.id)
      #expect(exact == truth, "\(step), \(generator)")
      found.append(try self.query(query, k: 10, effort: .beam(64)).map(\.id))
      #expect(found.last?.count == truth.count, "\(step), \(generator)")
      expected.append(truth)
    }
    let hits = zip(found, expected).map { Set($0).intersection($1).count }.reduce(0, +)
    let share = vectors.isEmpty ? 1 : Double(hits) / Double(expected.map(\.count).reduce(0, +))
    #expect(share >= recallFloor, "\(step): recall@10 \(share), \(generator)")
  }

  /// Every entry of the tables of one generation, by table, to compare two graphs byte for byte.
  func entries(ofGeneration generation: UInt32) throws -> [String: [[UInt8]]] {
    var entries: [String: [[UInt8]]] = [:]
    try engine.environment.read { transaction in
      for name in ["rows", "links", "upper", "owners", "places", "dead"] {
        let table = engine.environment.table(name, key: BlockKey.self)
        try transaction.forEach(table, prefix: generation) { key, value in
          entries[name, default: []].append(Array(key.dropFirst(4)) + Array(value))
          return .next
        }
      }
    }
    return entries
  }
}

func ids(_ range: Range<Int>) -> [String] { range.map { "item-\($0)" } }
