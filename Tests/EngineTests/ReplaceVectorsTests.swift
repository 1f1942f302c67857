import Basics
import Engine
import Records
import Testing
import VectorMath

/// A space whose vectors are all replaced has none of the old ones, and none of what was deleted or written while the
/// new graph was built.
@Suite struct ReplaceVectorsTests {
  @Test func otherVectorsTakeThePlaceOfAll() throws {
    var generator = SeededGenerator(seed: 232)
    let store = try TestStore()
    try store.upsert(ids(0..<120), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try store.upsert(ids(100..<140), using: &generator)
    let old = try store.record
    var definition = old.definition
    definition.encoder = "session:1"
    let new = try (50..<90).map { index in
      ("item-\(index)", try store.encoded(generator.nextVector(dimension: store.dimension)))
    }
    let ordinals = try store.engine.write { writer in
      try new.map { try writer.ordinalMakingRecord(of: $0.0, .items) }
    }.result
    var wrote = false
    var failure: (any Error)?
    let results = try new.flatMap(\.1.row).withUnsafeBytes { rows in
      var other = definition
      other.name = "other"
      return try store.engine.replaceVectors(
        [definition, other].map {
          SpaceContents($0, rows: NewRows(ordinals: ordinals, rows: rows), encoderState: [1, 2])
        }, threads: 1
      ) { _, _, _ in
        guard !wrote else { return true }
        wrote = true
        do {
          try store.delete(["item-50"])
          try store.upsert(["item-51", "item-130"], using: &generator)
        } catch { failure = error }
        return true
      }
    }
    if let failure { throw failure }
    #expect(wrote)
    #expect(results.map(\.space) == [TestStore.space, "other"])
    for index in 0..<140 { store.expect("item-\(index)", nil) }
    for (id, row) in new where id != "item-50" { store.expect(id, row.stored) }
    let record = try store.record
    #expect(record.definition == definition)
    #expect(record.deadCount == 1 && record.tailCount == 0 && record.nextSequence == 0)
    #expect(record.number == old.number && record.deadVersion > old.deadVersion)
    #expect(try store.engine.read { try $0.encoderState(of: record) } == [1, 2])
    #expect(try store.engine.read { try $0.space("other").record.liveCount } == 39, "it was made")
    try store.check("replaced", using: &generator)
  }

  @Test func aDefinitionOutsideItsRangesIsRefusedBeforeTheBuild() throws {
    let store = try TestStore()
    var definition = try store.record.definition
    definition.shape.dimension = Limits.dimension + 1
    let contents = SpaceContents(
      definition, rows: NewRows(ordinals: [], rows: UnsafeRawBufferPointer(start: nil, count: 0)))
    #expect {
      try store.engine.replaceVectors([contents], threads: 1)
    } throws: { error in
      (error as? EngineError)?.code == .invalidArgument
    }
    #expect(try store.record.shape.dimension == store.dimension)
  }
}
