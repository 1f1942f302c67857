import Basics
import Dispatch
import Engine
import Synchronization
import Testing
import VectorMath

/// A catalogue whose items are all replaced ten times stays as good as one built from scratch.
@Suite struct TenLivesTests {
  private static let items = 500

  @Test(arguments: [(VectorMetric.cosine, VectorEncoding.int8), (.dot, .float32)])
  func anAgedStoreEqualsAFreshOne(_ metric: VectorMetric, _ encoding: VectorEncoding) throws {
    var generator = SeededGenerator(seed: 331)
    let aged = try TestStore(metric: metric, encoding: encoding, dimension: 12)
    var names = ids(0..<Self.items)
    try aged.upsert(names, using: &generator)
    try aged.engine.rebuild(space: TestStore.space, threads: 2)
    let reader = Reader(aged.engine, try aged.encoded(generator.nextVector(dimension: 12)).stored)
    for life in 1...10 {
      let order = names.indices.shuffled(using: &generator)
      for first in stride(from: 0, to: order.count, by: 100) {
        let batch = order[first..<min(first + 100, order.count)]
        // A third written over, a third deleted and stored again, a third deleted and stored under new ids.
        try aged.delete(batch.filter { $0 % 3 > 0 }.map { names[$0] })
        for index in batch where index % 3 == 2 { names[index] = "item-\(index)-\(life)" }
        try aged.upsert(batch.map { names[$0] }, using: &generator)
        try aged.engine.merge(space: TestStore.space, threads: 2)
      }
      let report = try aged.engine.verify()
      #expect(report.ok, "life \(life): \(report.problems.prefix(3))")
      #expect(report.checked["unreachable in \(TestStore.space)"] == 0, "life \(life)")
    }
    try #require(reader.stop() == nil)

    let fresh = try TestStore(metric: metric, encoding: encoding, dimension: 12)
    try fresh.upsert(aged.vectors.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    try fresh.engine.rebuild(space: TestStore.space, threads: 2)
    let queries = (0..<100).map { _ in generator.nextVector(dimension: 12) }
    let (old, new) = (try recall(aged, queries), try recall(fresh, queries))
    #expect(old.recall >= new.recall - 0.005, "\(old) and \(new)")
    #expect(Double(old.computed) <= 1.1 * Double(new.computed), "\(old) and \(new)")
    _ = try fresh.engine.environment.compact()
    let bytes = try [aged, fresh].map { try $0.engine.environment.info.fileBytes }
    #expect(Double(bytes[0]) <= 1.5 * Double(bytes[1]) + 1_048_576, "\(bytes)")
  }

  private func recall(_ store: TestStore, _ queries: [[Float]]) throws -> (recall: Double, computed: Int) {
    var (hits, computed) = (0, 0)
    for query in queries {
      let truth = Set(try store.truth(query, k: 10))
      hits += try store.query(query, k: 10, effort: .beam(24), computed: &computed).count {
        truth.contains($0.id)
      }
    }
    return (Double(hits) / Double(10 * queries.count), computed)
  }

  /// Asks on another thread, as readers of a shop do while the catalogue changes.
  private final class Reader: Sendable {
    private let isStopping = Atomic<Bool>(false)
    private let failure = Mutex<String?>(nil)
    private let done = DispatchGroup()

    init(_ engine: StorageEngine, _ query: [Float]) {
      DispatchQueue.global().async(group: done) { [self] in
        while !isStopping.load(ordering: .relaxed) {
          do {
            let found = try engine.read { snapshot in
              let view = try snapshot.space(TestStore.space)
              return try query.withUnsafeBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                var computed = 0
                return try snapshot.nearest(
                  to: start, in: view, k: 10, effort: .beam(24), restriction: .init(),
                  distanceComputations: &computed
                ).count
              }
            }
            // At most one batch of items is gone at any time.
            if found != 10 { failure.withLock { $0 = "\(found) of 10 found" } }
          } catch { failure.withLock { $0 = "\(error)" } }
        }
      }
    }

    func stop() -> String? {
      isStopping.store(true, ordering: .relaxed)
      done.wait()
      return failure.withLock { $0 }
    }
  }
}
