import Basics
import Engine
import Records
import TestSupport
import Testing
import VectorMath

/// What a view keeps of a graph outlives the pages it was read from: blocks that share a page with those of another
/// space move when that one changes, and their old pages are used for something else.
@Suite struct MovedPagesTests {
  @Test func anotherSpaceThatIsBuiltAgainMovesNothing() throws {
    var generator = SeededGenerator(seed: 251)
    let store = try TestStore()
    // So few that the upper layers of both spaces lie in one page.
    try store.upsert(ids(0..<150), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    _ = try store.engine.write { writer in
      try writer.createSpace(
        SpaceDefinition(
          name: "other", kind: .items,
          shape: VectorShape(dimension: 16, metric: .cosine, encoding: .float32), m: 8, efConstruction: 60,
          seed: 2))
    }
    let rows = try ids(0..<150).map { ($0, try store.encoded(generator.nextVector(dimension: 16)).row) }
    _ = try store.engine.write { writer in
      let other = try writer.space("other")
      for (id, row) in rows {
        let ordinal = try writer.ordinalMakingRecord(of: id, .items)
        try row.withUnsafeBytes { try other.upsert(ordinal, row: $0) }
      }
    }
    let queries = try (0..<20).map { _ in try normalized(generator.nextVector(dimension: 16)) }
    // A walk that found other links on its way down would compute another number of distances, if it came back at all.
    func distances() throws -> [Int] {
      try queries.map { query in
        try store.engine.read { snapshot in
          var computed = 0
          _ = try snapshot.nearest(
            to: query, in: snapshot.space(TestStore.space), k: 1, effort: .beam(1),
            distanceComputations: &computed)
          return computed
        }
      }
    }
    let expected = try distances()
    for round in 0..<30 {
      try store.engine.rebuild(space: "other", threads: 1)
      #expect(try distances() == expected, "round \(round), \(generator)")
    }
  }
}
