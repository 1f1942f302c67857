import Basics
import Platform

/// What must be true of a file before LMDB may see it, read with `pread`, never through a map.
///
/// LMDB makes a new store of an empty file without a word, answers a cut one with SIGBUS and trusts every
/// number in the header. A writer in another process may be at work meanwhile: it writes data pages first and
/// the header last, so whatever a header names is there.
enum FileCheck {
  struct Header: Sendable {
    var status: FileStatus
    var pageSizeBytes: Int
    /// Of the newer header page.
    var usedBytes: Int
  }

  /// - Throws: `.notFound` for a directory, `.unsupported`, `.empty`, `.truncated`, `.foreign`, `.corrupted`,
  ///   `.replaced`, `.ioError`.
  static func run(
    descriptor: Int32, path: String, options: Environment.Options
  ) throws(LMDBError) -> Header {
    try runOnPages(
      of: descriptor, path: path, checkPlace(descriptor: descriptor, path: path, options: options))
  }

  /// As `run`, of what is in the file alone.
  static func runOnPages(
    of descriptor: Int32, path: String, _ status: FileStatus
  ) throws(LMDBError) -> Header {
    let pages = try PageReader(descriptor: descriptor, path: path)
    let meta = try newerMeta(pages)
    // In range: `checkedMeta` bounded the last page.
    let needed = Int(meta.lastPage + 1) * pages.pageSizeBytes
    if status.sizeBytes < needed {
      // The length is asked for again: it may have grown since.
      let sizeBytes = FileStatus(descriptor: descriptor)?.sizeBytes ?? status.sizeBytes
      if sizeBytes < needed { try FreeTail.check(meta, pages, fileBytes: sizeBytes, neededBytes: needed) }
    }
    try checkRoot(meta.freeTable, "free pages", meta, pages)
    try checkRoot(meta.mainTable, "main", meta, pages)
    try checkTables(meta, pages)
    return Header(status: status, pageSizeBytes: pages.pageSizeBytes, usedBytes: needed)
  }

  /// The file as a thing in a file system.
  static func checkPlace(
    descriptor: Int32, path: String, options: Environment.Options
  ) throws(LMDBError) -> FileStatus {
    guard let status = FileStatus(descriptor: descriptor) else {
      throw LMDBError.from(status: errno, action: "open", path: path)
    }
    guard !status.isDirectory else { throw LMDBError(.notFound, "a directory, not a store file", path: path) }
    guard status.isRegular else { throw LMDBError(.foreign, "not a store: not a regular file", path: path) }
    guard status.sizeBytes > 0 else {
      throw LMDBError(
        .empty, "the file has no bytes; a store file is never empty: restore it from a backup", path: path)
    }
    guard FileStatus(path: path)?.identity == status.identity else {
      throw LMDBError(.replaced, "the file was replaced while it was being opened; try again", path: path)
    }
    // The lock file goes by the name: under two names two processes would not see each other's locks.
    guard status.linkCount == 1 else {
      throw LMDBError(
        .unsupported,
        "the file has \(status.linkCount) names (hard links), so its locks cannot work; copy it instead",
        path: path)
    }
    if !options.allowNetworkFileSystem, let name = NetworkFileSystem.name(descriptor: descriptor) {
      throw LMDBError(
        .unsupported, "on a \(name) file system, where locks and maps cannot be trusted; use a local disk",
        path: path)
    }
    return status
  }

  static func newerMeta(_ pages: borrowing PageReader) throws(LMDBError) -> MetaPage {
    var (low, high) = (UInt64(0), UInt64(0))
    // A writer may be at work between the two readings.
    for _ in 0..<10 {
      let first = try checkedMeta(0, pages)
      let second = try checkedMeta(1, pages)
      low = min(first.transactionID, second.transactionID)
      high = max(first.transactionID, second.transactionID)
      // Each commit writes one of them; a number that was changed would make an older commit the newest.
      if high - low <= 1 { return second.transactionID > first.transactionID ? second : first }
    }
    throw LMDBError(
      .corrupted, "the header pages are of commits \(low) and \(high); verify the file or restore a backup",
      path: pages.path)
  }

  static func checkedMeta(
    _ index: UInt64, _ pages: borrowing PageReader
  ) throws(LMDBError) -> MetaPage {
    let meta = try pages.meta(index)
    func corrupted(_ what: String) -> LMDBError {
      LMDBError(
        .corrupted, "header page \(index): \(what); verify the file or restore a backup", path: pages.path)
    }
    guard meta.magic == MetaPage.magic, meta.version == PageReader.formatVersion else {
      throw corrupted("magic \(meta.magic), version \(meta.version), but the other page is good")
    }
    guard meta.pageNumber == index, meta.pageFlags == MetaPage.metaFlag else {
      throw corrupted("page number \(meta.pageNumber), flags \(meta.pageFlags)")
    }
    guard meta.pageSize == UInt32(pages.pageSizeBytes) else { throw corrupted("page size \(meta.pageSize)") }
    // Bit 0 would have LMDB map the file at an address taken from it; bit 3 marks integer keys (free pages).
    guard meta.freeTable.flags & 0x0F == 0x08, meta.mainTable.flags == 0 else {
      throw corrupted("flags \(meta.freeTable.flags) and \(meta.mainTable.flags)")
    }
    // Commits alternate between the pages by their number's lowest bit.
    guard meta.transactionID == 0 || meta.transactionID & 1 == index, meta.transactionID < 1 << 62
    else {
      throw corrupted("transaction number \(meta.transactionID)")
    }
    guard meta.lastPage >= 1, meta.lastPage < UInt64(Int.max) / UInt64(pages.pageSizeBytes) - 1 else {
      throw corrupted("last page \(meta.lastPage)")
    }
    return meta
  }

  /// The root of every named table: as far as can be looked at for a page each. All pages are for
  /// `FileStructure.check`.
  private static func checkTables(_ meta: MetaPage, _ pages: borrowing PageReader) throws(LMDBError) {
    guard meta.mainTable.depth == 1 else { return }
    let bytes = try pages.page(meta.mainTable.root, kind: .leaf)
    for node in try pages.nodes(in: bytes, page: meta.mainTable.root) where node.flags == 2 {
      guard node.dataByteCount == MetaPage.TableRecord.byteCount else { continue }
      let table = bytes.withUnsafeBytes { MetaPage.TableRecord($0, at: node.dataRange.lowerBound) }
      try checkRoot(table, String(decoding: bytes[node.keyRange], as: UTF8.self), meta, pages)
    }
  }

  static func checkRoot(
    _ table: MetaPage.TableRecord, _ name: String, _ meta: MetaPage, _ pages: borrowing PageReader
  ) throws(LMDBError) {
    func corrupted(_ what: String) -> LMDBError {
      LMDBError(.corrupted, "table \(name): \(what); verify the file or restore a backup", path: pages.path)
    }
    guard table.root != MetaPage.noPage else {
      guard table.depth == 0, table.entries == 0 else { throw corrupted("no root, but entries") }
      return
    }
    guard table.root >= 2, table.root <= meta.lastPage else {
      throw corrupted("root page \(table.root) of \(meta.lastPage)")
    }
    guard (1...PageReader.maxDepth).contains(Int(table.depth)) else {
      throw corrupted("depth \(table.depth)")
    }
    let kind: PageReader.Kind = table.depth == 1 ? .leaf : .branch
    _ = try pages.page(table.root, kind: kind)
  }
}
