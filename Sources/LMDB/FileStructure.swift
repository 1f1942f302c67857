import Basics
import Platform

/// What a walk over all pages of a file found, made without the C library: LMDB trusts its own pages, and what is
/// damaged in them would end the process or hide entries.
package struct FileStructure: Sendable {
  /// The commit whose pages they are.
  package let transactionID: Int
  /// Entries of each named table.
  package internal(set) var entries: [String: Int] = [:]
  /// Pages of tables and of their large values; the two header pages are among them.
  package internal(set) var usedPageCount = 2
  /// Pages that later writes take.
  package internal(set) var freePageCount = 0
  /// What is wrong, in words; the first hundred.
  package internal(set) var problems: [String] = []
  /// Whether the main table has what no store has: entries that are no tables, or tables with flags.
  package internal(set) var hasForeignEntries = false

  mutating func report(_ problem: String) {
    if problems.count < 100 { problems.append(problem) }
  }
}

extension FileStructure {
  /// Walks a file that need not be open, and that LMDB has not seen.
  /// - Throws: as `Environment.open` for what is found before any page of a table is read; `.busy` where other
  ///   processes commit faster than the walk is.
  /// - Complexity: O(pages), one read each; a byte of memory for each page.
  package static func check(path: String) throws(LMDBError) -> FileStructure {
    var failureCount = 0
    for attempt in 1...attemptLimit {
      do throws(LMDBError) {
        if let found = try checkOnce(path) { return found }
      } catch {
        // As for opening: the file may be exchanged or its header written at this moment. A file that was exchanged is
        // there, and is walked or found busy.
        if error.code != .replaced { failureCount += 1 }
        guard failureCount < OpenFile.attemptLimits[error.code] ?? 1 else { throw error }
      }
      Clock.sleep(milliseconds: 2 * min(attempt, 5))
    }
    throw LMDBError(.busy, "written to all the while; verify the file when less is written", path: path)
  }

  /// Walks a file that nobody writes to meanwhile, by its descriptor: no name, no lock and no second attempt.
  /// - Throws: as `check(path:)`, but for `.busy`.
  package static func check(descriptor: Int32, path: String) throws(LMDBError) -> FileStructure {
    guard let status = FileStatus(descriptor: descriptor) else {
      throw LMDBError.from(status: errno, action: "reading the file", path: path)
    }
    _ = try FileCheck.runOnPages(of: descriptor, path: path, status)
    guard let found = try walk(descriptor, path) else {
      throw LMDBError(.busy, "written to while it was walked", path: path)
    }
    return found
  }

  private static let attemptLimit = 20

  private static func checkOnce(_ path: String) throws(LMDBError) -> FileStructure? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw LMDBError.from(status: errno, action: "opening for reading", path: path)
    }
    defer { close(descriptor) }
    let options = Environment.Options()
    try OpenFile.lockShared(descriptor, path: path, timeoutSeconds: options.busyTimeoutSeconds)
    _ = try FileCheck.run(descriptor: descriptor, path: path, options: options)
    return try walk(descriptor, path)
  }

  /// The pages of the newest commit; nil where it is not the one that is asked for, and where problems were found and a
  /// newer commit has been made since, which may have written over pages that the walked one alone names.
  fileprivate static func walk(
    _ descriptor: Int32, _ path: String, commit: Int? = nil
  ) throws(LMDBError) -> FileStructure? {
    let limit = Environment.Options().maxMapSizeBytes
    let pages = try PageReader(descriptor: descriptor, path: path)
    let meta = try FileCheck.newerMeta(pages)
    if let commit, meta.transactionID != commit { return nil }
    guard meta.lastPage < UInt64(limit / pages.pageSizeBytes) else {
      throw LMDBError(
        .corrupted, "last page \(meta.lastPage), of a file of \(limit) bytes at most", path: path)
    }
    let found = try StructureWalk(pages, meta).run()
    if found.problems.isEmpty { return found }
    return try FileCheck.newerMeta(PageReader(descriptor: descriptor, path: path)) == meta ? found : nil
  }
}

extension Environment {
  /// Walks the pages of the newest commit, which a read transaction keeps as they are.
  /// - Throws: as `beginRead`; `.corrupted` for header pages that cannot be used; `.busy` where other processes commit
  ///   faster than a header page is read.
  package func structure() throws(LMDBError) -> FileStructure {
    for _ in 0..<100 {
      let transaction = try beginRead()
      let found = try pinned { file throws(LMDBError) -> FileStructure? in
        try FileStructure.walk(file.descriptor, path, commit: transaction.id)
      }
      withExtendedLifetime(transaction) {}
      if let found { return found }
    }
    throw LMDBError(.busy, "written to all the while; verify the file when less is written", path: path)
  }
}
