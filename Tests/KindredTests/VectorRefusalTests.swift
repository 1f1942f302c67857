import TestSupport
import Kindred
import Synchronization
import Testing

/// Vectors and ids that cannot be stored are refused one by one, each with its row and the reason.
@Suite struct VectorRefusalTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
    for metric in VectorMetric.allCases {
      try store.createSpace(
        SpaceConfiguration(name: metric.rawValue, of: .items, dimension: 2, metric: metric))
    }
  }

  @Test(arguments: VectorMetric.allCases) func badRowsAreRefusedAlone(metric: VectorMetric) throws {
    let space = metric.rawValue
    let rows: [(id: String, vector: [Float], isGood: Bool)] = [
      ("a", [1, 2], true), ("b", [.nan, 1], false), ("c", [1, .infinity], false),
      ("d", [-.infinity, 0], false),
      ("", [1, 1], false), (String(repeating: "x", count: 501), [1, 1], false),
      (String(repeating: "x", count: 500), [3, 4], true), ("zero", [0, 0], metric != .cosine),
      ("tiny", [1e-30, 0], true), ("large", [1e18, 1e18], true), ("a", [2, 1], true),
    ]
    let report = try store.upsert(space, ids: rows.map(\.id), vectors: rows.flatMap(\.vector))
    let bad = rows.indices.filter { !rows[$0].isGood }
    #expect(report.rejected.map(\.row) == bad)
    #expect(report.stored + report.merged == rows.count - bad.count)
    #expect(report.rejected.allSatisfy { !$0.reason.isEmpty })
    #expect(Set(report.rejected.map(\.reason)).count > 3)
    let expected = Set(rows.filter(\.isGood).map(\.id))
    let info = try store.read { try $0.space(space) }
    #expect(info.count == expected.count)
    // A refused row leaves nothing behind, no record either.
    #expect(Set(try Contents(store).items.map(\.id)) == expected)
    let vector = try #require(try store.read { try $0.vector(space, id: "a") })
    #expect(vector[0] > vector[1])
    #expect(try store.verify().problems == [])
  }

  @Test func aRefusedAttributeLeavesNoRecord() throws {
    let report = try store.upsert(
      "dot", ids: ["a", "b"], vectors: [1, 2, 3, 4],
      attributes: [["price": .number(.nan)], ["price": 1]])
    #expect(report.stored == 1)
    #expect(report.rejected.map(\.row) == [0])
    #expect(try Contents(store).items == [Item(id: "b", attributes: ["price": 1])])
  }

  @Test func callsOfTheWrongShapeAreRefusedAsAWhole() throws {
    #expect(code { try store.upsert("dot", ids: ["a"], vectors: [1, 2, 3]) } == .dimensionMismatch)
    #expect(code { try store.upsert("dot", ids: ["a", "b"], vectors: [1, 2]) } == .dimensionMismatch)
    #expect(code { try store.upsert("dot", ids: ["a"], vectors: [1, 2], attributes: []) } != nil)
    #expect(code { try store.upsert("absent", ids: ["a"], vectors: [1, 2]) } == .spaceNotFound)
    #expect(try Contents(store).items.isEmpty)
  }

  @Test(arguments: VectorMetric.allCases) func badQueriesAreRefused(metric: VectorMetric) throws {
    let space = metric.rawValue
    try store.upsert(space, ids: ["a"], vectors: [1, 2])
    #expect(code { try store.query(space, vector: [1]) } == .dimensionMismatch)
    #expect(code { try store.query(space, vector: []) } == .dimensionMismatch)
    #expect(code { try store.query(space, vector: [1, 2, 3]) } == .dimensionMismatch)
    #expect(code { try store.query(space, vector: [1, .nan]) } == .invalidVector)
    #expect(code { try store.query(space, vector: [.infinity, 1]) } == .invalidVector)
    #expect(code { try store.query(space, vector: [0, 0]) } == (metric == .cosine ? .invalidVector : nil))
  }

  @Test func linesOfAFileAreRefusedByNumber() throws {
    let text = """
      {"id":"a","vector":[1,0],"attributes":{"n":1}}
      {"id":"b","vector":[1,0,0]}
      not json
      {"id":"c","vector":[0,0]}
      {"vector":[1,1]}
      {"id":"d","vector":[1,1]}
      {"id":"e"}
      {"id":"\(String(repeating: "x", count: 501))","vector":[1,1]}
      {"id":"f","vector":[0,1]}

      """
    let file = try directory.write(text, to: "vectors.jsonl")
    // Into an empty space files are built at once, into another one they go through the tail.
    for round in ["an empty space", "a space with vectors"] {
      let report = try store.upsert("cosine", from: file)
      #expect(report.stored == 3, "into \(round)")
      #expect(report.rejected.map(\.row).sorted() == [2, 3, 4, 5, 7, 8], "into \(round): \(report.rejected)")
      #expect(try store.read { try $0.space("cosine").count } == 3)
      #expect(Set(try Contents(store).items.map(\.id)) == ["a", "d", "f"], "into \(round)")
    }
    #expect(try store.read { try $0.item(id: "a") }?.attributes == ["n": 1])
  }

  /// A vector that does not fit half precision, written while `rebuild` made that the encoding, became infinite: only
  /// those that were there before were looked at.
  @Test(arguments: [true, false]) func aRebuildIntoHalfPrecisionNamesWhatDoesNotFit(isBefore: Bool) throws {
    let ids = (0..<300).map { "i\($0)" }
    try store.upsert("l2", ids: ids, vectors: ids.indices.flatMap { [Float($0), 1] })
    let far: [Float] = [1, 90_000]
    if isBefore { try store.upsert("l2", ids: ["far"], vectors: far) }
    let isWritten = Mutex(isBefore)
    let error = storeError {
      try store.rebuild(["l2"], encoding: .float16, threads: 1) { [store] progress in
        guard progress.stage.hasPrefix("building"), !isWritten.withLock({ $0 }) else { return }
        isWritten.withLock { $0 = true }
        do { try store.upsert("l2", ids: ["far"], vectors: far) } catch { Issue.record(error) }
      }
    }
    #expect(isWritten.withLock { $0 })
    #expect(error?.code == .invalidVector)
    #expect(error?.message.contains("\"far\"") == true, "\(error as Any)")
    #expect(try store.read { try $0.vector("l2", id: "far") } == far)
    #expect(try store.read { try $0.space("l2").configuration.encoding } == .float32)
    #expect(try store.verify().problems == [])
  }

  /// The first line does not say what the dimension is: the space does.
  @Test func aFirstLineOfTheWrongLengthIsRefusedAlone() throws {
    let file = try directory.write(
      "{\"id\":\"a\",\"vector\":[1,2,3]}\n{\"id\":\"b\",\"vector\":[1,2]}\n{\"id\":\"c\",\"vector\":[3,4]}\n",
      to: "v.jsonl")
    for round in ["an empty space", "a space with vectors"] {
      let report = try store.upsert("dot", from: file)
      #expect(report.stored == 2, "into \(round)")
      #expect(report.rejected.map(\.row) == [1], "into \(round): \(report.rejected)")
    }
  }

  @Test func filesOfAnotherDimensionOrShapeAreRefused() throws {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    let npy = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.utf8.count), 0] + Array(padded.utf8)
    let file = try directory.write(npy + Array(repeating: 0, count: 24), to: "v.npy")
    #expect(code { try store.upsert("dot", from: file) } == .dimensionMismatch)
    let short = try directory.write(npy + [0, 0, 0], to: "short.npy")
    #expect(code { try store.upsert("dot", from: short) } == .badInput)
    let ids = try directory.write("a\nb\nc\n", to: "ids.txt")
    try store.createSpace(SpaceConfiguration(name: "three", of: .items, dimension: 3, metric: .dot))
    #expect(code { try store.upsert("three", from: file, ids: ids) } == .badInput)
    #expect(try store.upsert("three", from: file).stored == 2)
    #expect(code { try store.upsert("three", from: directory.file("absent.npy")) } == .notFound)
  }
}
