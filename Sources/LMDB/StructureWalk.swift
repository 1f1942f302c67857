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

  /// A page has a problem that is reported, and what lies below it cannot be walked.
  private struct Damage: Error {
    let what: String
  }

  private let pages: PageReader
  private let meta: MetaPage
  private var uses: [Use]
  private var found: FileStructure

  init(_ pages: consuming PageReader, _ meta: MetaPage) {
    self.pages = pages
    self.meta = meta
    found = FileStructure(transactionID: Int(meta.transactionID))
    uses = Array(repeating: .none, count: Int(meta.lastPage) + 1)
  }

  func run() -> FileStructure {
    walk(meta.freeTable, "free pages", .free)
    walk(meta.mainTable, "main", .main)
    let lost = uses.indices.dropFirst(2).filter { uses[$0] == .none }
    if let first = lost.first {
      found.report("\(lost.count) pages are neither used nor free, the first is page \(first)")
    }
    return found
  }

  private func walk(_ table: MetaPage.TableRecord, _ name: String, _ kind: TableKind) {
    if kind == .named { found.entries[name] = Int(clamping: table.entries) }
    do throws(LMDBError) { try FileCheck.checkRoot(table, name, meta, pages) } catch {
      return found.report(error.message)
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
      let nodes = try sortedNodes(bytes, number, level: level, kind, within: bounds)
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
      for node in nodes { try look(at: node, in: bytes, kind, &counts) }
    } catch let damage as Damage {
      found.report("table \(name): page \(number): \(damage.what)")
    } catch {
      found.report("table \(name): page \(number): \((error as? LMDBError)?.message ?? "\(error)")")
    }
  }

  private func look(
    at node: PageReader.Node, in bytes: [UInt8], _ kind: TableKind, _ counts: inout Counts
  ) throws {
    switch node.flags {
    case 0:
      if kind == .main { throw foreign("an entry that is no table") }
      if kind == .free { try takeFree(bytes[node.dataRange]) }
    case 1:
      if kind == .main { throw foreign("an entry that is no table") }
      let needed = pages.pageCount(ofOverflowing: node.dataByteCount)
      // A value that replaced a longer one in the same transaction has kept all of its pages.
      let count = try pages.overflowPageCount(node.overflowPage)
      guard count >= needed else { throw Damage(what: "a value of \(needed) pages on \(count)") }
      try claim(node.overflowPage, count: count)
      counts.overflowPages += UInt64(count)
      if kind == .free {
        let run = try pages.run(of: needed, from: node.overflowPage)
        try takeFree(run[PageReader.headerByteCount...].prefix(node.dataByteCount))
      }
    case 2 where kind == .main:
      guard node.dataByteCount == MetaPage.TableRecord.byteCount else {
        throw Damage(what: "a cut record of a table")
      }
      let table = bytes.withUnsafeBytes { MetaPage.TableRecord($0, at: node.dataRange.lowerBound) }
      let name = String(decoding: bytes[node.keyRange], as: UTF8.self)
      guard table.flags == 0 else { throw foreign("table \(name) has flags \(table.flags)") }
      walk(table, name, .named)
    default: throw Damage(what: "an entry with flags \(node.flags)")
    }
  }

  private func takeFree(_ list: ArraySlice<UInt8>) throws {
    for number in try pages.freePages(in: list) { try claim(number, count: 1, as: .free) }
  }

  private func foreign(_ what: String) -> Damage {
    found.hasForeignEntries = true
    return Damage(what: what)
  }

  private func claim(_ number: UInt64, count: Int, as use: Use = .used) throws {
    guard number >= 2, number <= meta.lastPage, UInt64(count) <= meta.lastPage + 1 - number else {
      throw Damage(what: "pages \(number) and \(count - 1) more, of \(meta.lastPage)")
    }
    for place in Int(number)..<(Int(number) + count) {
      guard uses[place] == .none else {
        throw Damage(what: "page \(place) is \(use) and was \(uses[place]) already")
      }
      uses[place] = use
    }
    if use == .free { found.freePageCount += count } else { found.usedPageCount += count }
  }

  /// The entries of a page: side by side behind its list of them, with keys in order and within bounds.
  private func sortedNodes(
    _ bytes: [UInt8], _ number: UInt64, level: Int, _ kind: TableKind, within bounds: ([UInt8]?, [UInt8]?)
  ) throws -> [PageReader.Node] {
    let nodes = try pages.nodes(in: bytes, page: number)
    // LMDB stops the process at a branch with one child.
    guard nodes.count >= (level > 1 ? 2 : 1) else {
      throw Damage(what: "\(nodes.count) entries")
    }
    var place = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 14, as: UInt16.self)) }
    for node in nodes.sorted(by: { $0.start < $1.start }) {
      guard node.start == place else {
        throw Damage(what: "an entry at \(node.start), where \(place) is free")
      }
      place += node.byteCount
    }
    guard place == bytes.count else { throw Damage(what: "entries up to \(place)") }
    var last: [UInt8]?
    for (index, node) in nodes.enumerated() where level == 1 || index > 0 {
      let key = Array(bytes[node.keyRange])
      guard (1...511).contains(key.count), kind != .free || key.count == 8 else {
        throw Damage(what: "a key of \(key.count) bytes")
      }
      // LMDB takes number 0 for "nothing was read yet", and never comes to a list of a later commit.
      guard kind != .free || (1...meta.transactionID).contains(commit(key)) else {
        throw Damage(what: "free pages of commit \(commit(key)) of \(meta.transactionID)")
      }
      func isBelow(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        kind == .free ? commit(a) < commit(b) : a.lexicographicallyPrecedes(b)
      }
      if let last, !isBelow(last, key) { throw Damage(what: "keys out of order") }
      if let low = bounds.0, isBelow(key, low) { throw Damage(what: "a key before those of the page") }
      if let high = bounds.1, !isBelow(key, high) { throw Damage(what: "a key behind those of the page") }
      last = key
    }
    return nodes
  }

  private func commit(_ key: [UInt8]) -> UInt64 {
    key.withUnsafeBytes { $0.count == 8 ? $0.loadUnaligned(as: UInt64.self) : 0 }
  }
}
