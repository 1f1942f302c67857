import Basics
import Engine
import Records
import Testing
import VectorMath

/// The command merged whenever 1,000 nodes were deleted, a long-lived process only where they were also a fifth of the
/// graph: each load into a space of a million vectors paid for a merge that nobody needed, because the rule was written
/// twice.
@Suite struct MergePolicyTests {
  @Test func deletionsAreMergedWhereTheyAreAFifthOfTheGraph() throws {
    var generator = SeededGenerator(seed: 231)
    let store = try TestStore(dimension: 2, m: 2, efConstruction: 8)
    #expect(try !store.engine.isMergeDue(TestStore.space))
    try store.upsert(ids(0..<5_100), using: &generator)
    #expect(try store.engine.isMergeDue(TestStore.space), "a tail of 5,100 rows")
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    try store.delete(ids(0..<1_000))
    #expect(try !store.engine.isMergeDue(TestStore.space), "1,000 of 5,100 nodes are fewer than a fifth")
    let due = try store.engine.write { writer in
      for id in ids(1_000..<1_021) { _ = try writer.delete(id, .items) }
    }.due
    #expect(due.spaces.map(\.value) == [TestStore.space])
    #expect(try store.engine.isMergeDue(TestStore.space), "1,021 are more")
  }
}
