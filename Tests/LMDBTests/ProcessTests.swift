import LMDB
import Platform
import TestSupport
import Testing

/// Several processes on one file. The closures of `processExitsWith` run in a process of their own; they tell
/// what went wrong by their exit code.
@Suite struct ProcessTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("store")
  }

  static let options = Environment.Options.testing(mapSizeBytes: 1 << 18, busyTimeoutSeconds: 0.2)

  @Test func growthInAnotherProcessIsAdopted() async throws {
    let environment = try Environment.create(path: path, options: Self.options)
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    let idle = IdleSnapshot()
    environment.onQuiesce { idle.drop() }
    idle.keep(try environment.beginRead())
    await #expect(processExitsWith: .success) { [path = path as String] in
      let environment = try Environment.open(path: path, options: Self.options)
      let table = environment.table("a", key: UInt32.self)
      try environment.write { transaction in
        for key in 0..<3000 as Range<UInt32> {
          try transaction.put(table, key, [UInt8](repeating: 1, count: 1000))
        }
      }
      environment.close()
    }
    #expect(try environment.read { try $0.count(table) } == 3000)
    #expect(idle.dropCount.withLock { $0 } > 0)
    try environment.write { try $0.put(table, 5000, [1]) }
    #expect(try environment.info.mapSizeBytes > 3_000_000)
  }

  @Test func compactionIsRefusedWhileOthersHaveTheFile() async throws {
    let environment = try Environment.create(path: path, options: Self.options)
    await #expect(processExitsWith: .success) { [path = path as String] in
      let other = try Environment.open(path: path, options: Self.options)
      guard code({ try other.compact() }) == .busy else { exit(2) }
      // Refused, and still as good as before.
      try other.write { try $0.put(other.table("a", key: UInt32.self), 1, [1]) }
      other.close()
    }
    #expect(try environment.value(environment.table("a", key: UInt32.self), 1) == [1])
    try environment.compact()
    #expect(try environment.value(environment.table("a", key: UInt32.self), 1) == [1])
    environment.close()
  }

  @Test func aReplacedFileIsNeverWritten() async throws {
    let environment = try Environment.create(path: path, options: Self.options)
    let table = environment.table("a", key: UInt32.self)
    try environment.write { try $0.put(table, 1, [1]) }
    let backup = directory.file("backup")
    try environment.copy(to: backup)
    try environment.write { try $0.put(table, 1, [2]) }
    let commit = try environment.info.lastTransactionID
    #expect(try environment.isNewest(commit))
    #expect(try !environment.isNewest(commit - 1))
    #expect(rename(backup, path) == 0)
    #expect(try !environment.isNewest(commit))
    #expect(code { _ = try environment.beginRead() } == .replaced)
    #expect(code { try environment.write { _ in } } == .replaced)
    #expect(code { _ = try Environment.open(path: path, options: Self.options) } == .replaced)
    // The lock file still speaks of the file we hold: nobody else may start on the new one either.
    await #expect(processExitsWith: .success) { [path = path as String] in
      guard code({ _ = try Environment.open(path: path, options: Self.options) }) == .replaced else {
        exit(2)
      }
    }
    environment.close()
    let again = try Environment.open(path: path, options: Self.options)
    defer { again.close() }
    let restored = again.table("a", key: UInt32.self)
    #expect(try again.value(restored, 1) == [1])
    try again.write { try $0.put(restored, 1, [3]) }
    #expect(try again.value(restored, 1) == [3])
  }

  @Test func killedReadersAndWritersLeaveNothing() async throws {
    let environment = try Environment.create(path: path, options: Self.options)
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let other = try Environment.open(path: path, options: Self.options)
      let held = try other.beginRead()
      try other.write { transaction in
        try transaction.put(other.table("a", key: UInt32.self), 1, [1])
        kill(getpid(), SIGKILL)
      }
      held.end()
    }
    #expect(try environment.info.readers.contains { $0.processID != Int(getpid()) })
    #expect(try environment.clearStaleReaders() == 1)
    #expect(try environment.clearStaleReaders() == 0)
    try environment.write { try $0.put(table, 2, [2]) }
    #expect(try environment.value(table, 1) == nil)
    #expect(try environment.value(table, 2) == [2])
    try environment.compact()
  }

  /// A process that is killed while the header page of its commit is synced leaves the lock file one commit behind the
  /// file. LMDB mends that with the next write; until then nobody could open the file, as if it had been replaced.
  @Test func aWriterKilledBehindItsHeaderPageLocksNobodyOut() async throws {
    let environment = try Environment.create(path: path, options: Self.options)
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    try environment.write { try $0.put(table, 1, [1]) }
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let other = try Environment.open(path: path, options: Self.options)
      try other.write { _ in
        try Self.writeNextHeader(of: path)
        kill(getpid(), SIGKILL)
      }
    }
    for readOnly in [true, false] {
      await #expect(processExitsWith: .success) { [path = path as String, readOnly = readOnly as Bool] in
        var options = Self.options
        options.readOnly = readOnly
        let other = try Environment.open(path: path, options: options)
        guard try other.value(other.table("a", key: UInt32.self), 1) == [1] else { exit(2) }
        other.close()
      }
    }
    try environment.write { try $0.put(table, 2, [2]) }
    #expect(try environment.value(table, 1) == [1] && environment.value(table, 2) == [2])
    #expect(try FileStructure.check(path: path).problems == [])
  }

  /// Writes the header page of a commit that changes nothing, as LMDB does last.
  private static func writeNextHeader(of path: String) throws {
    let bytes = try readFile(path)
    let pageSize = 4_096
    func commit(_ page: Int) -> UInt64 {
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: page * pageSize + 144, as: UInt64.self) }
    }
    let newest = commit(0) > commit(1) ? 0 : 1
    var page = Array(bytes[newest * pageSize..<(newest + 1) * pageSize])
    page.withUnsafeMutableBytes {
      $0.storeBytes(of: UInt64(1 - newest), as: UInt64.self)
      $0.storeBytes(of: commit(newest) + 1, toByteOffset: 144, as: UInt64.self)
    }
    let descriptor = open(path, O_WRONLY)
    defer { close(descriptor) }
    guard pwrite(descriptor, page, pageSize, off_t((1 - newest) * pageSize)) == pageSize else {
      throw TestFailure("pwrite: errno \(errno)")
    }
  }

  @Test func aFullDiskIsToldAndPasses() async throws {
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var options = Self.options
      options.durability = .sync
      let environment = try Environment.create(path: path, options: options)
      let table = environment.table("a", key: UInt32.self)
      try environment.write { try $0.put(table, 1, [1]) }
      // The soft limit stands for a disk without room.
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      var full = limit
      full.rlim_cur = 100_000
      guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &full) == 0 else { exit(2) }
      let large = [UInt8](repeating: 7, count: 500_000)
      guard code({ try environment.write { try $0.put(table, 2, large) } }) == .diskFull else { exit(3) }
      guard try environment.value(table, 1) == [1], try environment.value(table, 2) == nil else { exit(4) }
      try environment.write { try $0.delete(table, 1) }
      guard code({ try environment.copy(to: path + ".copy") }) == nil else { exit(5) }
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      try environment.write { try $0.put(table, 2, large) }
      guard try environment.value(table, 2) == large else { exit(6) }
      environment.close()
    }
  }

  @Test func afterForkNothingIsTouched() async throws {
    await #expect(processExitsWith: .success) { [path = path as String] in
      let environment = try Environment.create(path: path, options: Self.options)
      // Swift hides fork because of its dangers; they are what is tested.
      typealias Fork = @convention(c) () -> pid_t
      guard let symbol = dlsym(nil, "fork") else { exit(2) }
      let child = unsafeBitCast(symbol, to: Fork.self)()
      if child == 0 {
        let codes = [
          code { _ = try environment.beginRead() }, code { try environment.write { _ in } },
          code { _ = try Environment.open(path: path, options: Self.options) },
        ]
        environment.close()
        _exit(codes == [.forked, .forked, .forked] ? 0 : 3)
      }
      var status: Int32 = 0
      guard waitpid(child, &status, 0) == child, status == 0 else { exit(4) }
      try environment.write { try $0.put(environment.table("a", key: UInt32.self), 1, [1]) }
      environment.close()
    }
  }
}
