/// The pages of one commit, each looked at once.
final class StructureWalk {
  private enum Use: UInt8 {
    case none
    case used
    case free
  }

  /// What a table's record says of it, counted.
  private struct Counts {
    var branchPages: UInt64 = 0
    var leafPages: UInt64 = 0
    var overflowPages: UInt64 = 0
    var entries: UInt64 = 0
  }

  private enum TableKind {
    case main
    case named
    /// Its keys are numbers of commits, its values lists of pages.
    case free
  }

  private let pages: PageReader
  private let meta: MetaPage
  private var uses: [Use]
  private var found: FileStructure
  /// The last commit that has a list of the pages it freed.
  private var lastFreeing: UInt64?
  private var systemFailure: LMDBError?

  init(_ pages: consuming PageReader, _ meta: MetaPage) {
    self.pages = pages
    self.meta = meta
    found = FileStructure(transactionID: Int(meta.transactionID))
    uses = Array(repeating: .none, count: Int(meta.lastPage) + 1)
  }

  /// - Throws: where the system fails, which says nothing of the file.
  func run() throws(LMDBError) -> FileStructure {
    walk(meta.freeTable, "free pages", .free)
    // A commit frees at least the root that it replaced, and lists that under its own number: a header page with
    // another number is one of an earlier commit. (The first commit of a file has nothing to free.)
    if let lastFreeing, lastFreeing != meta.transactionID, found.problems.isEmpty {
      found.report(
        "header page \(meta.pageNumber): commit \(meta.transactionID), but the last that freed pages is \(lastFreeing)"
      )
    }
    walk(meta.mainTable, "main", .main)
    let lost = uses.indices.dropFirst(2).filter { uses[$0] == .none }
    if let first = lost.first {
      found.report("\(lost.count) pages are neither used nor free, the first is page \(first)")
    }
    if let systemFailure { throw systemFailure }
    return found
  }

  /// Reports what is wrong with a page, or keeps what is wrong with the system.
  private func note(_ error: LMDBError, _ place: String) {
    switch error.code {
    case .ioError, .outOfMemory, .tooManyFiles: systemFailure = systemFailure ?? error
    default: found.report(place + error.message)
    }
  }

  private func walk(_ table: MetaPage.TableRecord, _ name: String, _ kind: TableKind) {
    if kind == .named { found.entries[name] = Int(clamping: table.entries) }
    do throws(LMDBError) { try FileCheck.checkRoot(table, name, meta, pages) } catch {
      return note(error, "")
    }
    guard table.root != MetaPage.noPage else { return }
    var counts = Counts()
    let problemCount = found.problems.count
    visit(table.root, level: Int(table.depth), name, kind, within: (nil, nil), &counts)
    // Where pages could not be read the counts are wrong for that reason.
    guard found.problems.count == problemCount else { return }
    if counts.branchPages != table.branchPages || counts.leafPages != table.leafPages
      || counts.overflowPages != table.overflowPages || counts.entries != table.entries
    {
      found.report(
        "table \(name): \(counts.entries) entries in \(counts.branchPages), \(counts.leafPages) and "
          + "\(counts.overflowPages) pages, where its record says \(table.entries) in \(table.branchPages), "
          + "\(table.leafPages) and \(table.overflowPages)")
    }
  }

  private func visit(
    _ number: UInt64, level: Int, _ name: String, _ kind: TableKind, within bounds: ([UInt8]?, [UInt8]?),
    _ counts: inout Counts
  ) {
    do {
      try claim(number, count: 1)
      let bytes = try pages.page(number, kind: level > 1 ? .branch : .leaf)
      let order: PageReader.KeyOrder = kind == .free ? .commits(upTo: meta.transactionID) : .bytes
      let nodes = try pages.sortedNodes(in: bytes, page: number, level: level, order, within: bounds)
      if level > 1 {
        counts.branchPages += 1
        for (index, node) in nodes.enumerated() {
          let low = index == 0 ? bounds.0 : Array(bytes[node.keyRange])
          let high = index + 1 < nodes.count ? Array(bytes[nodes[index + 1].keyRange]) : bounds.1
          visit(node.childPage, level: level - 1, name, kind, within: (low, high), &counts)
        }
        return
      }
      counts.leafPages += 1
      counts.entries += UInt64(nodes.count)
      if kind == .free, let last = nodes.last, last.keyRange.count == 8 {
        lastFreeing = bytes.withUnsafeBytes {
          $0.loadUnaligned(fromByteOffset: last.keyRange.lowerBound, as: UInt64.self)
        }
      }
      for node in nodes { try look(at: node, in: bytes, of: number, kind, &counts) }
    } catch let error as LMDBError {
      // It names the page, which may be one that this page leads to.
      note(error, "table \(name): ")
    } catch {
      found.report("table \(name): page \(number): \((error as? PageDamage)?.what ?? "\(error)")")
    }
  }

  private func look(
    at node: PageReader.Node, in bytes: [UInt8], of number: UInt64, _ kind: TableKind, _ counts: inout Counts
  ) throws {
    switch node.flags {
    case 0:
      if kind == .main { throw foreign("an entry that is no table") }
      if kind == .free { try takeFree(bytes[node.dataRange], number) }
    case 1:
      if kind == .main { throw foreign("an entry that is no table") }
      let needed = pages.pageCount(ofOverflowing: node.dataByteCount)
      // A value that replaced a longer one in the same transaction has kept all of its pages.
      let count = try pages.overflowPageCount(node.overflowPage)
      guard count >= needed else { throw PageDamage(what: "a value of \(needed) pages on \(count)") }
      try claim(node.overflowPage, count: count)
      counts.overflowPages += UInt64(count)
      if kind == .free {
        let run = try pages.run(of: needed, from: node.overflowPage)
        try takeFree(run[PageReader.headerByteCount...].prefix(node.dataByteCount), node.overflowPage)
      }
    case 2 where kind == .main:
      guard node.dataByteCount == MetaPage.TableRecord.byteCount else {
        throw PageDamage(what: "a cut record of a table")
      }
      let table = bytes.withUnsafeBytes { MetaPage.TableRecord($0, at: node.dataRange.lowerBound) }
      let name = String(decoding: bytes[node.keyRange], as: UTF8.self)
      guard table.flags == 0 else { throw foreign("table \(name) has flags \(table.flags)") }
      walk(table, name, .named)
    default: throw PageDamage(what: "an entry with flags \(node.flags)")
    }
  }

  private func takeFree(_ list: ArraySlice<UInt8>, _ page: UInt64) throws {
    for number in try pages.freePages(in: list, page: page) { try claim(number, count: 1, as: .free) }
  }

  private func foreign(_ what: String) -> PageDamage {
    found.hasForeignEntries = true
    return PageDamage(what: what)
  }

  private func claim(_ number: UInt64, count: Int, as use: Use = .used) throws {
    guard number >= 2, number <= meta.lastPage, UInt64(count) <= meta.lastPage + 1 - number else {
      throw PageDamage(what: "pages \(number) and \(count - 1) more, of \(meta.lastPage)")
    }
    for place in Int(number)..<(Int(number) + count) {
      guard uses[place] == .none else {
        throw PageDamage(what: "page \(place) is \(use) and was \(uses[place]) already")
      }
      uses[place] = use
    }
    if use == .free { found.freePageCount += count } else { found.usedPageCount += count }
  }
}
