import Basics
import LMDB
import Platform
import TestSupport
import Testing

/// Files that LMDB must never see: each is refused, or harmless and wholly readable; never a signal.
@Suite struct DamageTests {
  let directory: TemporaryDirectory
  let path: String
  let options = Environment.Options.testing(["a"])
  let good: [UInt8]
  let entries: Int

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("store")
    let environment = try Environment.create(path: path, options: options)
    let table = environment.table("a", key: UInt32.self)
    for round in 0..<3 as Range<UInt32> {
      try environment.write { transaction in
        for key in 0..<100 as Range<UInt32> {
          try transaction.put(table, key, [UInt8](repeating: UInt8(round), count: key % 20 == 0 ? 9000 : 500))
        }
      }
    }
    environment.close()
    good = try readFile(path)
    entries = 100
  }

  /// The code of the refusal; nil when the file was opened and everything in it read.
  private func opening(_ bytes: some Sequence<UInt8>) throws -> LMDBError.Code? {
    try writeFile(path, bytes)
    return code {
      let environment = try Environment.open(path: path, options: options)
      defer { environment.close() }
      let contents = try environment.contents(environment.table("a", key: UInt32.self))
      #expect(contents.count == entries)
      #expect(contents.allSatisfy { $0.value.allSatisfy { $0 == 2 } })
    }
  }

  @Test func theWholeFileOpens() throws {
    #expect(try opening(good) == nil)
  }

  @Test func missingAndEmptyAreNotNewStores() throws {
    #expect(try opening([]) == .empty)
    unlink(path)
    #expect(code { _ = try Environment.open(path: path, options: options) } == .notFound)
    #expect(code { _ = try Environment.open(path: directory.path, options: options) } == .notFound)
    #expect(access(path, F_OK) != 0)
  }

  @Test func cutAtEveryPageAndBetween() throws {
    var generator = SeededGenerator(seed: 5)
    let boundaries = Array(stride(from: 4096, to: good.count, by: 4096))
    let others = (0..<100).map { _ in Int.random(in: 1..<good.count, using: &generator) }
    var harmless = 0
    for length in boundaries + others {
      let refusal = try opening(good[..<length])
      if refusal == nil {
        // Only pages that are in the list of free pages were cut off, and all entries were read.
        harmless += 1
        continue
      }
      #expect(refusal == .truncated || refusal == .foreign && length < 4096, "cut at \(length), \(generator)")
    }
    #expect(harmless < 5, "\(harmless) of \(boundaries.count) cuts opened")
  }

  @Test func otherFilesAreForeign() throws {
    var generator = SeededGenerator(seed: 6)
    for size in [1, 15, 151, 152, 4096, 8192, 100_000] {
      #expect(try opening(generator.bytes(size)) == .foreign)
      #expect(try opening([UInt8](repeating: 0, count: size)) == .foreign)
    }
    #expect(try opening("SQLite format 3\0".utf8) == .foreign)
  }

  /// Offset, bytes, refusal: see the table of `MetaPage`. Both header pages get the same bytes unless told.
  @Test func headerFieldsAreChecked() throws {
    func patched(_ offset: Int, _ bytes: [UInt8], pages: [Int] = [0, 1]) -> [UInt8] {
      var copy = good
      for page in pages {
        copy.replaceSubrange(page * 4096 + offset..<page * 4096 + offset + bytes.count, with: bytes)
      }
      return copy
    }
    let ones = [UInt8](repeating: 0xFF, count: 7)
    #expect(try opening(patched(16, [0xBE, 0xEF, 0xC0, 0xDE])) == .foreign, "other byte order")
    #expect(try opening(patched(20, [2])) == .foreign, "another format")
    #expect(try opening(patched(16, [0], pages: [0])) == .corrupted, "first header damaged")
    #expect(try opening(patched(16, [0], pages: [1])) == .corrupted, "second header damaged")
    #expect(try opening(patched(41, [0x20])) == .foreign, "page size 8192")
    #expect(try opening(patched(41, [0x11])) == .corrupted, "page size 4352")
    #expect(try opening(patched(44, [0x09])) == .corrupted, "fixed map address")
    #expect(try opening(patched(92, [0x04])) == .corrupted, "main table with duplicates")
    #expect(try opening(patched(94, [33])) == .corrupted, "depth")
    #expect(try opening(patched(128, [1])) == .corrupted, "root on a header page")
    #expect(try opening(patched(128, ones)) == .corrupted, "root beyond the file")
    #expect(try opening(patched(136, ones)) == .corrupted, "last page beyond counting")
    #expect(try opening(patched(136, ones.prefix(4) + [0, 0])) == .truncated, "last page beyond the file")
    #expect(try opening(patched(136, [0, 0])) == .corrupted, "last page 0")
    #expect(try opening(patched(0, [9])) == .corrupted, "page number")
    #expect(try opening(patched(10, [2])) == .corrupted, "page kind")
    // An enormous map size in the header must not be taken over.
    #expect(try opening(patched(32, ones + [0x7F])) == nil)
  }

  @Test func headerBytesFlippedAtRandom() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<300 {
      var copy = good
      let page = Int.random(in: 0...1, using: &generator)
      let offset = Int.random(in: 0..<152, using: &generator)
      copy[page * 4096 + offset] ^= UInt8.random(in: 1...255, using: &generator)
      // Opened or refused, with a typed error; most single flips in counts are harmless.
      try writeFile(path, copy)
      let refusal = code { try Environment.open(path: path, options: options).close() }
      #expect(
        refusal == nil || Self.refusals.contains(refusal ?? .other),
        "\(offset) \(generator) \(refusal as Any)")
    }
  }

  static let refusals: Set<LMDBError.Code> = [.foreign, .corrupted, .truncated]

  @Test func missingTablesAndTablesOfOthersAreForeign() throws {
    let wanted = Environment.Options.testing(["a", "b"])
    #expect(code { _ = try Environment.open(path: path, options: wanted) } == .foreign)
  }

  @Test func linkedFilesAreRefused() throws {
    #expect(link(path, directory.file("second-name")) == 0)
    #expect(code { _ = try Environment.open(path: path, options: options) } == .unsupported)
    unlink(directory.file("second-name"))
    try Environment.open(path: path, options: options).close()
  }
}
