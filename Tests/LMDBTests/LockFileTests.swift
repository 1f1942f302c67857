import LMDB
import Platform
import TestSupport
import Testing

/// The lock file was made by LMDB, with no blocks behind it, and for its owner alone: see `FileSystemTests` and
/// `OtherUserTests` for what became of readers. Here what needs neither root nor a small disk.
@Suite struct LockFileTests {
  let directory: TemporaryDirectory
  let path: String
  let options = Environment.Options.testing()

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("store")
  }

  private func status(_ path: String) throws -> stat {
    var status = stat()
    guard stat(path, &status) == 0 else { throw TestFailure("stat \(path): errno \(errno)") }
    return status
  }

  /// A hole in the middle of an old lock file, or a lock file without any block, gets its blocks at the next opening.
  @Test(arguments: [16, 512, 4_000]) func itsBytesAreOnTheDisk(maxReaders: Int) throws {
    var options = options
    options.maxReaders = maxReaders
    let needed = (maxReaders + 2) * 64
    try Environment.create(path: path, options: options).close()
    #expect(try Int(status(path + "-lock").st_blocks) * 512 >= needed)
    try writeFile(path + "-lock", [])
    #expect(truncate(path + "-lock", off_t(needed)) == 0)
    #expect(try status(path + "-lock").st_blocks == 0)
    let environment = try Environment.open(path: path, options: options)
    defer { environment.close() }
    #expect(try Int(status(path + "-lock").st_blocks) * 512 >= needed)
    #expect(try environment.info.maxReaders == maxReaders)
  }

  /// The process that opens first decides how many readers there are; a later one takes its lock file as it is.
  @Test func aLockFileOfFewerReadersStays() throws {
    var few = options
    few.maxReaders = 4
    let first = try Environment.create(path: path, options: few)
    defer { first.close() }
    let size = try status(path + "-lock").st_size
    #expect(size < (512 + 2) * 64)
    let second = try Environment.open(path: path, options: options)
    second.close()
    #expect(try status(path + "-lock").st_size == size)
  }

  @Test func entriesAreThereFromTheBeginning() throws {
    let entries = [
      Environment.Entry(table: "a", key: Array("k".utf8), value: [1, 2, 3]),
      Environment.Entry(table: "a", key: Array("l".utf8), value: []),
    ]
    let environment = try Environment.create(path: path, options: options, entries: entries)
    defer { environment.close() }
    let table = environment.table("a", key: String.self)
    #expect(try environment.value(table, "k") == [1, 2, 3])
    #expect(try environment.value(table, "l") == [])
  }
}
