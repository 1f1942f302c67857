import Basics
import LMDB
import Platform
import TestSupport
import Testing

/// The walk over the pages of a file, made without the C library: it passes what LMDB wrote, and finds what LMDB would
/// end the process for.
@Suite struct FileStructureTests {
  private let directory: TemporaryDirectory
  private let path: String
  private let options = Environment.Options.testing(["a", "b"])

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("store")
  }

  /// Two tables of some depth, with values on pages of their own, and pages that were freed.
  private func build(
    rounds: Int, seed: UInt64, check: (Environment, [String: Int]) throws -> Void = { _, _ in }
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let environment = try Environment.create(path: path, options: options)
    defer { environment.close() }
    var keys: [String: Set<UInt32>] = ["a": [], "b": []]
    for _ in 0..<rounds {
      try environment.write { transaction in
        for name in ["a", "b"] {
          let table = environment.table(name, key: UInt32.self)
          for _ in 0..<60 {
            let key = UInt32.random(in: 0..<1_500, using: &generator)
            if Int.random(in: 0..<4, using: &generator) == 0 {
              try transaction.delete(table, key)
              keys[name]?.remove(key)
            } else {
              let count = [3, 40, 400, 3_000, 9_000].randomElement(using: &generator) ?? 3
              try transaction.put(table, key, [UInt8](repeating: 7, count: count))
              keys[name]?.insert(key)
            }
          }
        }
      }
      try check(environment, keys.mapValues(\.count))
    }
  }

  @Test func whatLMDBWritesIsSound() throws {
    try build(rounds: 60, seed: 11) { environment, counts in
      let structure = try environment.structure()
      #expect(structure.problems == [])
      #expect(structure.entries == counts)
      #expect(try structure.usedPageCount + structure.freePageCount == environment.pageCount())
    }
    let closed = try FileStructure.check(path: path)
    #expect(closed.problems == [] && closed.freePageCount > 10)
  }

  @Test func missingAndForeignFilesAreRefused() throws {
    #expect(code { _ = try FileStructure.check(path: path) } == .notFound)
    try writeFile(path, [])
    #expect(code { _ = try FileStructure.check(path: path) } == .empty)
    try writeFile(path, [UInt8](repeating: 7, count: 9_000))
    #expect(code { _ = try FileStructure.check(path: path) } == .foreign)
  }

  /// Each fault by itself, in the page of a tree or of a value.
  @Test func plantedFaultsAreFound() throws {
    try build(rounds: 30, seed: 12)
    let good = try readFile(path)
    let file = PageFile(good)
    let (branch, leaf, overflow) = (file.page(flags: 1), file.page(flags: 2), file.page(flags: 4))
    let faults: [(String, (inout [UInt8]) -> Void)] = [
      ("a zeroed leaf", { $0.replaceSubrange(leaf..<leaf + 4_096, with: repeatElement(0, count: 4_096)) }),
      (
        "a leaf in place of another page",
        { $0.replaceSubrange(branch..<branch + 4_096, with: $0[leaf..<leaf + 4_096]) }
      ),
      ("a child that is its own parent", { file.setChild(0, of: branch, to: branch / 4_096, in: &$0) }),
      ("two children that are one", { file.setChild(1, of: branch, to: file.child(0, of: branch), in: &$0) }),
      ("a child behind the end", { file.setChild(0, of: branch, to: 1 << 40, in: &$0) }),
      ("an entry less", { $0[leaf + 12] -= 2 }),
      ("entries that begin later", { $0[leaf + 14] &+= 2 }),
      (
        "two keys exchanged",
        { bytes in
          let (first, second) = (leaf + 16, leaf + 18)
          for place in 0..<2 { bytes.swapAt(first + place, second + place) }
        }
      ),
      ("a value of more pages", { $0[overflow + 12] += 1 }),
      ("a value's page that says it is another", { $0[overflow] ^= 1 }),
      ("a key of the last place of a branch", { bytes in bytes[file.node(1, of: branch) + 8] = 0xFF }),
    ]
    for (name, plant) in faults {
      var bytes = good
      plant(&bytes)
      #expect(bytes != good, "\(name)")
      try writeFile(path, bytes)
      // What is found before the walk, as the root of a table, is thrown.
      let structure = try? FileStructure.check(path: path)
      #expect(structure?.problems.isEmpty != true, "\(name)")
    }
    try writeFile(path, good)
    #expect(try FileStructure.check(path: path).problems == [])
  }

  /// A page that is in use and in the list of free ones would be written over by the next commit.
  @Test func usedPagesInTheFreeListAreFound() throws {
    try build(rounds: 30, seed: 13)
    var bytes = try readFile(path)
    let file = PageFile(bytes)
    let list = try #require(file.freeList())
    // The largest is first. Between two of them that are not neighbors there are pages of others.
    let index = try #require((1..<list.numbers.count).first { list.numbers[$0] + 1 < list.numbers[$0 - 1] })
    let other = list.numbers[index] + 1
    file.set(other, at: list.place + 8 * (index + 1), in: &bytes)
    try writeFile(path, bytes)
    let problems = try FileStructure.check(path: path).problems
    #expect(
      problems.contains { $0.contains("page \(other) is") && $0.contains("was free already") }, "\(problems)")
  }

  @Test func lostPagesAndWrongCountsAreFound() throws {
    try build(rounds: 30, seed: 18)
    let good = try readFile(path)
    let file = PageFile(good)
    let list = try #require(file.freeList())
    let faults: [(problem: String, place: Int, value: UInt64)] = [
      (
        "1 pages are neither used nor free, the first is page \(list.numbers.last ?? 0)", list.place,
        UInt64(list.numbers.count - 1)
      ),
      ("where its record says 7 in", file.entryCount, 7),
    ]
    for fault in faults {
      var bytes = good
      file.set(fault.value, at: fault.place, in: &bytes)
      try writeFile(path, bytes)
      let problems = try FileStructure.check(path: path).problems
      #expect(problems.count == 1 && problems[0].contains(fault.problem), "\(problems)")
    }
  }

  /// A header without a commit that has free pages: the numbers of their commits are in no range, which ended the
  /// process that verified such a file.
  @Test func freePagesOfAFileWithoutCommitsAreFound() throws {
    try build(rounds: 30, seed: 19)
    var bytes = try readFile(path)
    let file = PageFile(bytes)
    for header in [0, 4_096] { file.set(0, at: header + 144, in: &bytes) }
    bytes.replaceSubrange(4_096 + 16..<4_096 + 144, with: Array(bytes[file.header + 16..<file.header + 144]))
    bytes.replaceSubrange(16..<144, with: Array(bytes[4_096 + 16..<4_096 + 144]))
    try writeFile(path, bytes)
    let problems = try FileStructure.check(path: path).problems
    #expect(problems.contains { $0.contains("of 0") }, "\(problems)")
  }

  /// Each commit writes one header page: numbers that do not follow each other would make an older commit the newest.
  @Test func headersOfCommitsFarApartAreRefused() throws {
    try build(rounds: 30, seed: 20)
    let good = try readFile(path)
    let file = PageFile(good)
    for change in [-4, 2, 64] {
      var bytes = good
      file.set(UInt64(Int(file.commit) + change), at: file.header + 144, in: &bytes)
      try writeFile(path, bytes)
      #expect(code { _ = try FileStructure.check(path: path) } == .corrupted, "\(change)")
      #expect(code { try Environment.open(path: path, options: options).close() } == .corrupted, "\(change)")
    }
  }

  /// An older header page whose number is raised by two is taken for the newest, and the last commit is lost without a
  /// word: of 98,782 damaged files eight were so. A commit lists what it freed under its own number.
  @Test func aHeaderWithTheNumberOfAnotherCommitIsFound() throws {
    try build(rounds: 30, seed: 20)
    var bytes = try readFile(path)
    let file = PageFile(bytes)
    file.set(UInt64(Int(file.commit) + 1), at: 4_096 - file.header + 144, in: &bytes)
    try writeFile(path, bytes)
    let problems = try FileStructure.check(path: path).problems
    #expect(problems.count == 1 && problems[0].contains("the last that freed pages is"), "\(problems)")
  }

  /// LMDB takes commit 0 for "nothing was read yet", and would hand the pages of such a list out twice.
  @Test(arguments: [0, 1 << 40]) func listsOfFreePagesOfNoCommitAreFound(commit: UInt64) throws {
    try build(rounds: 30, seed: 16)
    var bytes = try readFile(path)
    let file = PageFile(bytes)
    let list = try #require(file.freeList())
    file.set(commit, at: list.place - 8, in: &bytes)
    try writeFile(path, bytes)
    let problems = try FileStructure.check(path: path).problems
    #expect(
      problems.contains { $0.contains("free pages of commit \(commit)") || $0.contains("out of order") },
      "\(problems)")
  }

  /// A file that is compacted meanwhile is another one, and its header is written while it is read.
  @Test func whatOthersWriteMeanwhileIsNoDamage() async throws {
    try build(rounds: 10, seed: 17)
    let environment = try Environment.open(path: path, options: options)
    defer { environment.close() }
    let (path, table) = (path, environment.table("a", key: UInt32.self))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for round in 0..<300 as Range<UInt32> {
          try environment.write { transaction in
            for key in 0..<20 as Range<UInt32> {
              try transaction.put(table, (round &* 31 &+ key) % 1_500, [UInt8](repeating: 1, count: 5_000))
            }
          }
          // A walk at this moment has the file open.
          if round % 60 == 59 {
            do { _ = try environment.compact() } catch let error as LMDBError where error.code == .busy {}
          }
        }
      }
      group.addTask {
        for _ in 0..<60 {
          do {
            let structure = try FileStructure.check(path: path)
            #expect(structure.problems == [])
          } catch let error as LMDBError where error.code == .busy { continue }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Bytes anywhere, runs of zeros and of other pages: never a trap, whatever is found.
  @Test func damageAnywhereNeverTraps() throws {
    try build(rounds: 6, seed: 14)
    let good = try readFile(path)
    var generator = SeededGenerator(seed: 15)
    var found = 0
    for _ in 0..<1_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place / 4_096 * 4_096 + place % 32] = .random(in: 0...255, using: &generator)
        case 2:
          let (from, to) = (
            place / 4_096 * 4_096, Int.random(in: 0..<bytes.count / 4_096, using: &generator) * 4_096
          )
          bytes.replaceSubrange(to..<to + 4_096, with: bytes[from..<from + 4_096])
        default:
          let start = place / 512 * 512
          bytes.replaceSubrange(start..<start + 512, with: repeatElement(0, count: 512))
        }
      }
      try writeFile(path, bytes)
      if let structure = try? FileStructure.check(path: path), structure.problems.isEmpty { continue }
      found += 1
    }
    #expect(found > 250, "\(found)")
  }
}

/// Reads and changes pages of a file that is known to be sound.
private struct PageFile {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private func number(_ place: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
  }

  /// The number of the newest commit.
  var commit: UInt64 { number(header + 144, 8) }

  /// The newer header page.
  var header: Int { number(144, 8) > number(4_096 + 144, 8) ? 0 : 4_096 }

  /// Where the record of the first named table has its number of entries.
  var entryCount: Int { node(0, of: Int(number(header + 88 + 40, 8)) * 4_096) + 8 + 1 + 32 }

  /// The first page of a kind in use that the root of the larger named table leads to.
  func page(flags: UInt64) -> Int {
    let main = Int(number(header + 88 + 40, 8)) * 4_096
    var place = Int(number(node(0, of: main) + 8 + 1 + 40, 8)) * 4_096
    guard flags != 1 else { return place }
    while number(place + 10, 2) == 1 { place = Int(child(0, of: place)) * 4_096 }
    guard flags == 4 else { return place }
    for index in 0..<Int(number(place + 12, 2) - 16) / 2 where number(node(index, of: place) + 4, 2) == 1 {
      return Int(number(node(index, of: place) + 8 + 4, 8)) * 4_096
    }
    return place
  }

  /// The place of an entry of a page.
  func node(_ index: Int, of page: Int) -> Int { page + Int(number(page + 16 + 2 * index, 2)) }

  func child(_ index: Int, of page: Int) -> UInt64 { number(node(index, of: page), 6) }

  func setChild(_ index: Int, of page: Int, to child: some BinaryInteger, in bytes: inout [UInt8]) {
    for byte in 0..<6 {
      bytes[node(index, of: page) + byte] = UInt8(truncatingIfNeeded: UInt64(child) >> UInt64(8 * byte))
    }
  }

  func set(_ value: UInt64, at place: Int, in bytes: inout [UInt8]) {
    for byte in 0..<8 { bytes[place + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)) }
  }

  /// The first list of free pages: where its count is, and the pages.
  func freeList() -> (place: Int, numbers: [UInt64])? {
    var place = Int(number(header + 40 + 40, 8)) * 4_096
    while number(place + 10, 2) == 1 { place = Int(child(0, of: place)) * 4_096 }
    for index in 0..<Int(number(place + 12, 2) - 16) / 2 {
      let entry = node(index, of: place)
      let value = entry + 8 + 8
      guard number(entry + 4, 2) == 0, number(value, 8) > 0 else { continue }
      return (value, (1...Int(number(value, 8))).map { number(value + 8 * $0, 8) })
    }
    return nil
  }
}

extension Environment {
  /// Pages up to the last one in use.
  fileprivate func pageCount() throws -> Int {
    let info = try info
    return info.usedBytes / info.pageSizeBytes
  }
}
