@testable import LMDB
import Platform
import Synchronization
import TestSupport
import Testing

/// A snapshot kept in store for queries to come, as the engine keeps one.
final class IdleSnapshot: Sendable {
  private let transaction = Mutex<ReadTransaction?>(nil)
  let dropCount = Mutex(0)

  func keep(_ new: consuming ReadTransaction) {
    var new: ReadTransaction? = consume new
    transaction.withLock { kept in swap(&kept, &new) }
  }

  func drop() {
    transaction.withLock { kept in kept = nil }
    dropCount.withLock { $0 += 1 }
  }
}

@Suite struct GrowthTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("store")
  }

  private func fill(_ environment: Environment, count: UInt32, size: Int = 1000) throws {
    let table = environment.table("a", key: UInt32.self)
    try environment.write { transaction in
      for key in 0..<count {
        try transaction.put(table, key, [UInt8](repeating: UInt8(key & 0xFF), count: size))
      }
    }
  }

  @Test func aTinyMapGrowsAndAnIdleSnapshotMakesWay() throws {
    let environment = try Environment.create(path: path, options: .testing(mapSizeBytes: 1 << 16))
    defer { environment.close() }
    let idle = IdleSnapshot()
    let handler = environment.onQuiesce { idle.drop() }
    idle.keep(try environment.beginRead())
    try fill(environment, count: 4000)
    #expect(idle.dropCount.withLock { $0 } >= 6, "64 KiB to 4 MiB and more by doubling")
    #expect(try environment.info.mapSizeBytes >= 1 << 22)
    #expect(try environment.read { try $0.count(environment.table("a", key: UInt32.self)) } == 4000)
    environment.removeQuiesceHandler(handler)
  }

  @Test func aSnapshotNobodyEndsIsBusyAndNothingIsLost() throws {
    let options = Environment.Options.testing(mapSizeBytes: 1 << 16, busyTimeoutSeconds: 0.05)
    let environment = try Environment.create(path: path, options: options)
    defer { environment.close() }
    let held = try environment.beginRead()
    #expect(code { try fill(environment, count: 1000) } == .busy)
    let seen = try held.count(environment.table("a", key: UInt32.self))
    #expect(seen == 0)
    held.end()
    try fill(environment, count: 1000)
    #expect(try environment.read { try $0.count(environment.table("a", key: UInt32.self)) } == 1000)
  }

  @Test func growthInsideAReadOfTheSameThreadDoesNotWait() throws {
    let environment = try Environment.create(
      path: path, options: .testing(mapSizeBytes: 1 << 16, busyTimeoutSeconds: 1000))
    defer { environment.close() }
    let thrown = code { try environment.read { _ in try fill(environment, count: 1000) } }
    #expect(thrown == .busy)
    try fill(environment, count: 1000)
  }

  @Test func theLimitIsAnErrorAndDeletingThenWorks() throws {
    var options = Environment.Options.testing(mapSizeBytes: 1 << 16)
    options.maxMapSizeBytes = 1 << 18
    let environment = try Environment.create(path: path, options: options)
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    try fill(environment, count: 100)
    #expect(code { try fill(environment, count: 1000) } == .mapFull)
    #expect(try environment.read { try $0.count(table) } == 100)
    try environment.write { try $0.deleteRange(table, from: 50) }
    #expect(try environment.read { try $0.count(table) } == 50)
  }

  @Test func anAddressSpaceLimitIsFoundBeforeTheOldMapIsGone() async throws {
    await #expect(processExitsWith: .success) { [path = path as String] in
      let environment = try Environment.create(path: path, options: .testing(mapSizeBytes: 1 << 16))
      let table = environment.table("a", key: UInt32.self)
      try environment.write { try $0.put(table, 1, [1]) }
      var limit = rlimit(rlim_cur: 1 << 34, rlim_max: rlim_t.max)
      guard setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { exit(2) }
      guard code({ try environment.growMap(toAtLeast: 1 << 36) }) == .mapFull else { exit(3) }
      guard try environment.value(table, 1) == [1] else { exit(4) }
      try environment.write { try $0.put(table, 2, [2]) }
    }
  }
}
