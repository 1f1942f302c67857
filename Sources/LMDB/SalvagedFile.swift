import Basics
import Platform

/// A damaged file, of which all that can still be read is read, without the C library. Nothing that is read is trusted:
/// it is for the caller to compare what has a checksum.
package final class SalvagedFile {
  /// Keys of a table that were in pages that cannot be read: from `low` up to `high`, which is not among them.
  package struct LostRange: Sendable {
    let low: [UInt8]?
    let high: [UInt8]?

    func contains(_ key: [UInt8]) -> Bool {
      if let low, key.lexicographicallyPrecedes(low) { return false }
      if let high, !key.lexicographicallyPrecedes(high) { return false }
      return true
    }

    /// Whether a key with that prefix may be among them.
    func mayContain(prefix: [UInt8]) -> Bool {
      if let low, prefix.lexicographicallyPrecedes(low.prefix(prefix.count)) { return false }
      if let high, !prefix.lexicographicallyPrecedes(high) { return false }
      return true
    }
  }

  private let walk: SalvageWalk
  private let descriptor: Int32
  /// What is wrong in the pages, in words; the first hundred.
  package var problems: [String] { Array((headerProblems + walk.problems).prefix(100)) }
  private let headerProblems: [String]
  /// Whether it is certain that the last commit was read, and not one before it.
  package let isNewest: Bool

  /// Takes the file for itself, so that nobody writes while it is read, and finds its tables.
  /// - Parameter accepts: whether an entry (table, key, value) can be one of a table, for leaves that nothing leads to.
  /// - Throws: `.notFound`, `.empty`, `.foreign` for other things than damaged files of ours, `.corrupted` where no
  ///   list of tables is found, `.busy` where a process has the file open, `.permissionDenied`, `.ioError`.
  /// - Complexity: O(pages), one or two reads each; some bytes of memory for each page.
  package init(path: String, accepts: (String, [UInt8], [UInt8]?) -> Bool) throws(LMDBError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw LMDBError.from(status: errno, action: "opening for reading", path: path)
    }
    do throws(LMDBError) {
      var options = Environment.Options()
      options.allowNetworkFileSystem = true
      let status = try FileCheck.checkPlace(descriptor: descriptor, path: path, options: options)
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        throw LMDBError(.busy, "a process has the file open; close it there, then repair", path: path)
      }
      let found = try Self.find(descriptor, path, fileBytes: status.sizeBytes)
      (walk, headerProblems, isNewest) = (found.walk, found.problems, found.isNewest)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    walk.findLooseLeaves(accepts)
  }

  deinit { close(descriptor) }

  /// The walk from the newest header page that leads to tables, or where none does from a list of tables that is found.
  private static func find(
    _ descriptor: Int32, _ path: String, fileBytes: Int
  ) throws(LMDBError) -> Found {
    let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    let count = (fileBytes + pageSize - 1) / pageSize
    func pages() -> PageReader { PageReader(descriptor: descriptor, path: path, pageSizeBytes: pageSize) }
    var (headers, problems) = ([(meta: MetaPage, isSound: Bool)](), [String]())
    for index in 0...1 as ClosedRange<UInt64> {
      do throws(LMDBError) { headers.append((try FileCheck.checkedMeta(index, pages()), true)) } catch {
        problems.append(error.message)
        guard var meta = try? pages().meta(index) else { continue }
        // What is wrong in it may be no more than that.
        meta.lastPage = UInt64(max(count, 1) - 1)
        headers.append((meta, false))
      }
    }
    headers.sort { $0.meta.transactionID > $1.meta.transactionID }
    let newest = headers.first?.meta.transactionID
    // Each commit writes one of the pages: their numbers can only be right where they follow each other.
    let areInOrder =
      headers.count == 2 && headers[0].meta.transactionID - headers[1].meta.transactionID <= 1
    if !areInOrder { headers.sort { $0.isSound && !$1.isSound } }
    for (meta, isSound) in headers where isSound || areInOrder {
      let walk = SalvageWalk(pages(), meta, filePageCount: count)
      walk.walkTables()
      if !walk.trees.isEmpty {
        return Found(
          walk: walk, problems: problems, isNewest: areInOrder && meta.transactionID == newest)
      }
      problems.append("the list of tables of commit \(meta.transactionID) cannot be read")
    }
    guard let walk = searched(count, pages) else {
      guard headers.contains(where: { $0.meta.magic == MetaPage.magic }) else {
        throw LMDBError(
          .foreign, "not a store: it has neither a header page nor a list of tables", path: path)
      }
      throw LMDBError(
        .corrupted, "no list of tables is left: nothing can be saved; restore a backup", path: path)
    }
    problems.append("no header page leads to tables: read as of one of the last commits")
    return Found(walk: walk, problems: problems, isNewest: false)
  }

  private struct Found {
    let walk: SalvageWalk
    let problems: [String]
    let isNewest: Bool
  }

  /// Of the leaves that could be a list of tables, the one that leads to the most tables that are whole, and then to
  /// the most entries.
  private static func searched(_ pageCount: Int, _ pages: () -> PageReader) -> SalvageWalk? {
    var best: (walk: SalvageWalk, sound: Int, entries: UInt64)?
    let reader = pages()
    for page in 2..<UInt64(max(pageCount, 2)) {
      guard let bytes = try? reader.page(page, kind: .leaf),
        let nodes = try? reader.sortedNodes(in: bytes, page: page, level: 1),
        nodes.allSatisfy({ $0.flags == 2 && $0.dataByteCount == MetaPage.TableRecord.byteCount })
      else { continue }
      let walk = SalvageWalk(
        pages(), MetaPage(listOfTables: page, pageCount: pageCount), filePageCount: pageCount,
        knowsFreePages: false)
      walk.walkTables()
      let sound = walk.trees.values.filter(\.lost.isEmpty)
      let entries = sound.reduce(0) { $0 &+ $1.record.entries }
      if best.map({ (sound.count, entries) > ($0.sound, $0.entries) }) ?? !sound.isEmpty {
        best = (walk, sound.count, entries)
      }
    }
    return best?.walk
  }

  // MARK: Tables

  /// Entries that a table had by its own record; nil where it is not in the list of tables.
  package func entryCount(of table: String) -> Int? {
    walk.trees[table].map { Int(clamping: $0.record.entries) }
  }

  /// Whether pages of a table could not be read, or not all of their entries.
  /// - Parameter prefix: of the keys that matter.
  package func hasLost(_ table: String, prefix: [UInt8] = []) -> Bool {
    walk.trees[table].map { $0.lost.contains { $0.mayContain(prefix: prefix) } } ?? true
  }

  /// Visits what can be read of a table in the order of its keys; those of damaged pages may be out of order and wrong.
  /// - Parameters:
  ///   - prefix: what keys begin with.
  ///   - body: takes a key, and a function that reads its value: nil where its pages cannot be read.
  package func forEach(
    _ table: String, prefix: [UInt8] = [], _ body: (_ key: [UInt8], _ value: () -> [UInt8]?) throws -> Void
  ) rethrows {
    for leaf in walk.trees[table]?.leaves ?? [] {
      guard let bytes = walk.bytes(of: leaf) else { continue }
      for node in walk.nodes(of: leaf, bytes) where node.flags <= 1 && !node.keyRange.isEmpty {
        guard bytes[node.keyRange].starts(with: prefix) else { continue }
        try body(Array(bytes[node.keyRange])) { walk.value(of: node, in: bytes) }
      }
    }
  }

  /// Visits large values that no entry leads to any more, with what follows them in their last page, until `body`
  /// returns false.
  package func forEachLooseValue(_ body: ([UInt8]) throws -> Bool) rethrows {
    for page in walk.looseRuns {
      if let run = walk.looseRun(at: page), try !body(run) { return }
    }
  }
}
