/// A file may rightly end before its last used page: pages that a commit took at the end and freed again are
/// never written. Only pages in the list of free pages can be such; any other missing page means a cut file.
enum FreeTail {
  /// - Throws: `.truncated` when a missing page is not free, `.corrupted` for a list that cannot be.
  /// - Complexity: O(pages of the list); nothing is allocated for page numbers the file merely claims.
  static func check(
    _ meta: MetaPage, _ pages: borrowing PageReader, fileBytes: Int, neededBytes: Int
  ) throws(LMDBError) {
    let firstMissing = UInt64(fileBytes / pages.pageSizeBytes)
    let missingCount = meta.lastPage + 1 - firstMissing
    var collector = FreePageCollector(
      wanted: firstMissing...meta.lastPage, pageBudget: fileBytes / pages.pageSizeBytes)
    do throws(LMDBError) {
      if meta.freeTable.root != MetaPage.noPage, meta.freeTable.root < firstMissing {
        try collector.collect(meta.freeTable.root, depth: Int(meta.freeTable.depth), pages)
      }
    } catch {
      // The list itself lies in what is missing, or is damaged: both are reported as what is certain.
      guard error.code == .truncated || error.code == .corrupted else { throw error }
      collector.found.removeAll()
    }
    guard UInt64(collector.found.count) == missingCount else {
      throw LMDBError(
        .truncated,
        "\(fileBytes) bytes long, but \(neededBytes) bytes are in use; the file was cut: restore a backup",
        path: pages.path)
    }
  }
}

/// Walks the table of free pages: keys are commit numbers, values a count and that many page numbers.
private struct FreePageCollector {
  let wanted: ClosedRange<UInt64>
  /// Pages that may still be read: a tree that reads more than the file has goes in circles.
  var pageBudget: Int
  var found: Set<UInt64> = []

  mutating func collect(_ number: UInt64, depth: Int, _ pages: borrowing PageReader) throws(LMDBError) {
    try spend(1, pages)
    let bytes = try pages.page(number, kind: depth > 1 ? .branch : .leaf)
    let nodes = try pages.nodes(in: bytes, page: number)
    for node in nodes {
      if depth > 1 {
        try collect(node.childPage, depth: depth - 1, pages)
      } else if node.isOverflowing {
        try collectOverflow(node, pages)
      } else {
        found.formUnion(try pages.freePages(in: bytes[node.dataRange], page: number).filter(wanted.contains))
      }
    }
  }

  private mutating func collectOverflow(
    _ node: PageReader.Node, _ pages: borrowing PageReader
  ) throws(LMDBError) {
    let pageCount = pages.pageCount(ofOverflowing: node.dataByteCount)
    try spend(pageCount, pages)
    let run = try pages.run(of: pageCount, from: node.overflowPage)
    let list = run[PageReader.headerByteCount...].prefix(node.dataByteCount)
    found.formUnion(try pages.freePages(in: list, page: node.overflowPage).filter(wanted.contains))
  }

  private mutating func spend(_ count: Int, _ pages: borrowing PageReader) throws(LMDBError) {
    pageBudget -= count
    guard pageBudget >= 0 else {
      throw LMDBError(
        .corrupted, "the list of free pages goes in circles; restore a backup", path: pages.path)
    }
  }
}
