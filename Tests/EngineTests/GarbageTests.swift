import Basics
import LMDB
import Platform
import Records
import Testing
import VectorMath
@testable import Engine

/// Generations that no space points to are removed once nobody can finish them.
@Suite struct GarbageTests {
  /// The number of a process that has ended.
  private func deadProcess() throws -> pid_t {
    var process: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
    defer { free(arguments[0]) }
    try #require(posix_spawnp(&process, "true", nil, nil, &arguments, nil) == 0)
    var status: Int32 = 0
    try #require(waitpid(process, &status, 0) == process)
    return process
  }

  /// Plants what a rebuild leaves that died with half of its tables written.
  private func plant(_ record: GarbageRecord, in store: TestStore, blocks: Int = 700) throws -> UInt32 {
    let bytes = [UInt8](repeating: 7, count: 600)
    return try store.engine.write { writer in
      let generation = writer.store.nextGeneration
      writer.store.nextGeneration += 1
      try writer.transaction.put(writer.tables.garbage, generation, record.encoded())
      try bytes.withUnsafeBytes { value in
        // More than one slice of the collector.
        for block in 0..<UInt32(blocks) {
          try writer.transaction.put(writer.tables.rows, BlockKey(generation, block), value)
        }
        try writer.transaction.put(writer.tables.links, BlockKey(generation, 0), value)
        try writer.transaction.put(writer.tables.upper, BlockKey(generation, .max), value)
        try writer.transaction.put(writer.tables.owners, BlockKey(generation, 0), value)
        try writer.transaction.put(writer.tables.places, BlockKey(generation, 0), value)
        try writer.transaction.put(writer.tables.dead, BlockKey(generation, 0), value)
      }
      return generation
    }.result
  }

  private func count(_ store: TestStore, _ generation: UInt32) throws -> Int {
    try store.entries(ofGeneration: generation).values.map(\.count).reduce(0, +)
  }

  private func makeStore(_ generator: inout SeededGenerator) throws -> TestStore {
    let store = try TestStore()
    try store.upsert(ids(0..<200), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    return store
  }

  @Test func whatADeadProcessLeftIsRemovedAtTheNextOpening() throws {
    var generator = SeededGenerator(seed: 221)
    let store = try makeStore(&generator)
    let generation = try plant(GarbageRecord(builder: deadProcess()), in: store)
    #expect(try count(store, generation) == 705)
    try store.check("with garbage", using: &generator)
    try store.reopen()
    #expect(try count(store, generation) == 0)
    #expect(try isGarbage(store, generation) == false)
    try store.check("collected", using: &generator)
  }

  @Test func whatALivingProcessBuildsStays() throws {
    var generator = SeededGenerator(seed: 222)
    let store = try makeStore(&generator)
    let own = try plant(.beingBuiltHere, in: store, blocks: 3)
    let parents = try plant(GarbageRecord(builder: getppid()), in: store, blocks: 3)
    try store.reopen()
    try store.engine.collectGarbage()
    #expect(try count(store, own) == 8)
    #expect(try count(store, parents) == 8)
    #expect(try isGarbage(store, own) && isGarbage(store, parents))
  }

  @Test func whatWasAbandonedIsRemoved() throws {
    var generator = SeededGenerator(seed: 223)
    let store = try makeStore(&generator)
    let generation = try plant(.abandoned, in: store)
    try store.engine.collectGarbage()
    #expect(try count(store, generation) == 0)
    try store.check("collected", using: &generator)
  }

  @Test func aDroppedSpaceLeavesNothing() throws {
    var generator = SeededGenerator(seed: 224)
    let store = try makeStore(&generator)
    try store.upsert(ids(0..<10), using: &generator)
    let record = try store.record
    _ = try store.engine.write { try $0.dropSpace(TestStore.space) }
    try store.engine.collectGarbage()
    #expect(try count(store, record.generation) == 0)
    let tail = try store.engine.environment.read { try $0.count(store.engine.tables.tail) }
    #expect(tail == 0)
    #expect(try store.engine.verify().ok)
  }

  @Test func recordsKeepTheirBytes() throws {
    #expect(GarbageRecord.abandoned.encoded() == [0x93, 0x17, 0x1A, 0xB8, 1, 0, 0, 0, 0, 0])
    let building = GarbageRecord(builder: 4_242)
    #expect(building.encoded() == [0x36, 0x5E, 0x0A, 0xF4, 1, 1, 0x92, 0x10, 0, 0])
    try building.encoded().withUnsafeBytes { bytes in
      let decoded = try GarbageRecord(decoding: bytes)
      #expect(decoded == building)
    }
  }

  private func isGarbage(_ store: TestStore, _ generation: UInt32) throws -> Bool {
    try store.engine.environment.read { try $0.contains(store.engine.tables.garbage, generation) }
  }
}
