import Basics
import LMDB
import Platform
import TestSupport
import Testing

@Suite struct FileTests {
  let directory: TemporaryDirectory
  let path: String
  let options = Environment.Options.testing()

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("store")
  }

  @Test func creatingRefusesWhatIsThere() throws {
    try writeFile(path, [1, 2, 3])
    #expect(code { _ = try Environment.create(path: path, options: options) } == .alreadyExists)
    #expect(try readFile(path) == [1, 2, 3])
    let nowhere = directory.file("no/such/store")
    #expect(code { _ = try Environment.create(path: nowhere, options: options) } == .cannotCreate)
  }

  @Test func onlyTheOwnerMayReadNewFiles() throws {
    let environment = try Environment.create(path: path, options: options)
    defer { environment.close() }
    try environment.copy(to: directory.file("copy"))
    for name in ["store", "store-lock", "copy"] {
      var status = stat()
      #expect(stat(directory.file(name), &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600, "\(name)")
    }
  }

  @Test func aSecondOpenSharesAndTheLastCloseCloses() throws {
    let first = try Environment.create(path: path, options: options)
    let table = first.table("a", key: UInt32.self)
    let alias = directory.file("alias")
    #expect(symlink(path, alias) == 0)
    let second = try Environment.open(path: alias, options: options)
    #expect(first === second)
    #expect(code { _ = try Environment.open(path: path, options: .testing(["a", "z"])) } == .busy)
    first.close()
    try second.write { try $0.put(table, 1, [1]) }
    second.close()
    #expect(code { _ = try second.beginRead() } == .closed)
    second.close()
    let third = try Environment.open(path: alias, options: options)
    #expect(third !== first)
    #expect(third.path == first.path)
    third.close()
  }

  /// columns: snapshot | users
  /// begin | close (not yet: the snapshot lives)
  /// reads | open (the same environment again)
  /// end | close
  @Test func closingWaitsForTheLastTransaction() throws {
    let first = try Environment.create(path: path, options: options)
    let snapshot = try first.beginRead()
    first.close()
    let count = try snapshot.count(first.table("a", key: UInt32.self))
    #expect(count == 0)
    let second = try Environment.open(path: path, options: options)
    #expect(first === second)
    second.close()
    #expect(code { try second.write { _ in } } == .closed)
    snapshot.end()
    let third = try Environment.open(path: path, options: options)
    #expect(third !== first)
    third.close()
  }

  @Test func compactionShrinksAndErases() throws {
    let environment = try Environment.create(path: path, options: options)
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    let marker = Array("forget me please".utf8)
    try environment.write { transaction in
      for key in 0..<2000 as Range<UInt32> { try transaction.put(table, key, marker + marker + marker) }
    }
    try environment.write { try $0.deleteRange(table, from: 10) }
    try environment.write { transaction in
      for key in 0..<10 as Range<UInt32> { try transaction.put(table, key, [UInt8(key)]) }
    }
    let idle = IdleSnapshot()
    environment.onQuiesce { idle.drop() }
    idle.keep(try environment.beginRead())
    #expect(try contains(marker))
    #expect(try environment.info.freePageCount > 10)
    let sizes = try environment.compact()
    #expect(sizes.after < sizes.before / 4)
    #expect(try environment.info.fileBytes == sizes.after)
    #expect(try !contains(marker))
    #expect(try environment.contents(table).map { $0.value } == (0..<10).map { [UInt8($0)] })
    #expect(access("\(path).compact-\(getpid())", F_OK) != 0)
    try environment.write { try $0.put(table, 3, [33]) }
    #expect(try environment.value(table, 3) == [33])
  }

  /// Whole numbers as text come in another order than that of their bytes: they leave pages half full.
  @Test func compactionFillsPages() throws {
    let environment = try Environment.create(path: path, options: options)
    defer { environment.close() }
    let table = environment.table("a", key: String.self)
    let keys = (0..<20_000).map { String($0) }
    try environment.write { transaction in
      for key in keys { try transaction.put(table, key, [1, 2, 3, 4, 5, 6, 7, 8]) }
    }
    let sizes = try environment.compact()
    // An entry takes a header and a pointer of 10 bytes, the value, and its key, of even length.
    let bytes = keys.map { 10 + ($0.utf8.count + 1) / 2 * 2 + 8 }.reduce(0, +)
    #expect(sizes.before > bytes * 3 / 2)
    #expect(sizes.after < bytes * 102 / 100 + 20 * 4_096)
    let found = try environment.contents(table).map { $0.value }
    #expect(found == Array(repeating: [1, 2, 3, 4, 5, 6, 7, 8], count: keys.count))
    #expect(try keys.allSatisfy { try environment.value(table, $0) != nil })
  }

  private func contains(_ marker: [UInt8]) throws -> Bool {
    let bytes = try readFile(path)
    return bytes.indices.contains { index in
      bytes[index] == marker[0] && bytes[index...].starts(with: marker)
    }
  }

  @Test func compactionWaitsForReadsAndGivesUpWhole() throws {
    let environment = try Environment.create(path: path, options: .testing(busyTimeoutSeconds: 0.05))
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    try environment.write { try $0.put(table, 1, [1]) }
    let held = try environment.beginRead()
    #expect(code { try environment.compact() } == .busy)
    let value = try held.get(table, 1).map { Array($0) }
    #expect(value == [1])
    held.end()
    #expect(access("\(path).compact-\(getpid())", F_OK) != 0)
    try environment.compact()
    #expect(try environment.value(table, 1) == [1])
  }

  @Test func copiesAreWholeAndOverwriteNothing() throws {
    let environment = try Environment.create(path: path, options: options)
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    try environment.write { try $0.put(table, 1, [UInt8](repeating: 4, count: 50_000)) }
    let target = directory.file("copy")
    try environment.copy(to: target)
    #expect(code { try environment.copy(to: target) } == .alreadyExists)
    let copy = try Environment.open(path: target, options: options)
    #expect(try copy.value(numbers(of: copy), 1)?.count == 50_000)
    copy.close()
  }

  /// A copy that was cut off stood at its own path: a store with a part of the tables, which opened without complaint
  /// and could not be made again. And whoever had the process number of the one that was killed, as every process of a
  /// container may have, could not create at all.
  @Test func whatIsCutOffIsNoStoreAndCanBeMadeAgain() throws {
    let environment = try Environment.create(path: path, options: options)
    defer { environment.close() }
    try environment.write { try $0.put(numbers(of: environment), 1, [1]) }
    let target = directory.file("copy")
    var isThere = true
    try environment.copy(to: target) { _, _ in
      isThere = access(target, F_OK) == 0
      return true
    }
    #expect(!isThere)
    for purpose in ["create", "copy"] {
      let made = directory.file(purpose)
      unlink(made)
      let leftover = "\(made).\(purpose)-\(getpid())"
      try writeFile(leftover, [1])
      if purpose == "create" {
        try Environment.create(path: made, options: options).close()
      } else {
        try environment.copy(to: made)
      }
      #expect(access(made, F_OK) == 0 && access(leftover, F_OK) != 0)
    }
  }

  /// A file whose maker was killed while it got its name had two, and could be opened for writing alone.
  @Test func aNameIsGivenInOneStep() throws {
    let (draft, taken) = (directory.file("draft"), directory.file("taken"))
    try writeFile(draft, [1])
    try writeFile(taken, [2])
    #expect(DurableFile.giveName(taken, to: draft) == EEXIST)
    #expect(DurableFile.giveName(directory.file("no/where"), to: draft) == ENOENT)
    #expect(DurableFile.publish(draft, as: path) == 0)
    #expect(access(draft, F_OK) != 0 && FileStatus(path: path)?.linkCount == 1)
    #expect(try readFile(taken) == [2] && readFile(path) == [1])
  }

  private func numbers(of environment: Environment) -> Table<UInt32> { environment.table("a") }

  @Test func whatCrashesLeaveIsRemovedAtOpen() throws {
    try Environment.create(path: path, options: options).close()
    let names = ["store.compact-123", "store.copy-9", "store.create-77", "store.create-77-lock"]
    let leftovers = names.map(directory.file)
    for leftover in leftovers { try writeFile(leftover, [1]) }
    let others = ["store.compact-me", "store.create-", "other.compact-1"].map(directory.file)
    for other in others { try writeFile(other, [1]) }
    // A crash while the finished draft got its name: the file has two.
    #expect(link(path, directory.file("store.create-5")) == 0)
    try Environment.open(path: path, options: options).close()
    for leftover in leftovers { #expect(access(leftover, F_OK) != 0, "\(leftover)") }
    for other in others.dropFirst(2) { #expect(access(other, F_OK) == 0, "\(other)") }
    #expect(access(others[0], F_OK) == 0)
    #expect(access(directory.file("store.create-5"), F_OK) != 0)
  }

  @Test func readOnlyOpensReadAndRefuseWrites() throws {
    let writable = try Environment.create(path: path, options: options)
    try writable.write { try $0.put(writable.table("a", key: UInt32.self), 1, [1]) }
    writable.close()
    var readOnly = options
    readOnly.readOnly = true
    let environment = try Environment.open(path: path, options: readOnly)
    defer { environment.close() }
    #expect(try environment.value(environment.table("a", key: UInt32.self), 1) == [1])
    #expect(code { try environment.write { _ in } } == .readOnly)
    #expect(code { try environment.compact() } == .readOnly)
    #expect(code { _ = try Environment.open(path: path, options: options) } == .busy)
  }

  /// A commit may leave pages at the end that are used up and free again, and never written: the file is then
  /// rightly shorter than its header says. Made here by cutting off pages that are in the list of free ones.
  @Test func aFileMayEndBeforeItsFreePages() throws {
    let environment = try Environment.create(path: path, options: options)
    let table = environment.table("a", key: UInt32.self)
    try environment.write { try $0.put(table, 1, [1]) }
    try environment.write { try $0.put(table, 2, [UInt8](repeating: 2, count: 400_000)) }
    try environment.write { try $0.delete(table, 2) }
    // Later commits move what is still used into the free pages before.
    for round in 0..<10 as Range<UInt8> { try environment.write { try $0.put(table, 1, [round]) } }
    try environment.write { try $0.put(table, 1, [1]) }
    let used = try environment.info.usedBytes
    environment.close()
    #expect(truncate(path, off_t(used - 10 * 4096)) == 0)
    let shorter = try Environment.open(path: path, options: options)
    #expect(try shorter.value(numbers(of: shorter), 1) == [1])
    try shorter.write { try $0.put(numbers(of: shorter), 2, [UInt8](repeating: 3, count: 400_000)) }
    #expect(try shorter.value(numbers(of: shorter), 2) == [UInt8](repeating: 3, count: 400_000))
    shorter.close()
    #expect(truncate(path, 8 * 4096) == 0)
    #expect(code { _ = try Environment.open(path: path, options: options) } == .truncated)
  }
}
