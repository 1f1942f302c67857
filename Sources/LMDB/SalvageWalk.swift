import Basics

/// The leaves of a damaged file's tables that can be read, walked from the list of tables of one commit.
///
/// Unlike `StructureWalk` it goes on behind a page that cannot be right: the keys of that page are noted as lost, and
/// leaves that nothing leads to any more are looked for in the pages that no tree and no list of free pages names.
final class SalvageWalk {
  /// A leaf with entries of a table.
  struct Leaf {
    let page: UInt64
    /// The keys that a damaged leaf may have; nil where all entries lie as they were written.
    var range: SalvagedFile.LostRange?
  }

  struct Tree {
    var record: MetaPage.TableRecord
    var leaves: [Leaf] = []
    var lost: [SalvagedFile.LostRange] = []
  }

  private let pages: PageReader
  private let pageCount: Int
  private let meta: MetaPage
  private var isClaimed: [Bool]
  private var isFreeListWhole: Bool
  private(set) var trees: [String: Tree] = [:]
  private(set) var problems: [String] = []
  /// First pages of runs of large values that no leaf leads to.
  private(set) var looseRuns: [UInt64] = []

  /// - Parameter knowsFreePages: whether `meta` is a header page, and not only where a list of tables was found.
  init(_ pages: consuming PageReader, _ meta: MetaPage, filePageCount: Int, knowsFreePages: Bool = true) {
    self.pages = pages
    self.meta = meta
    isFreeListWhole = knowsFreePages
    pageCount = Int(min(meta.lastPage, UInt64(max(filePageCount, 1) - 1))) + 1
    isClaimed = Array(repeating: false, count: pageCount)
  }

  /// Walks all tables of the commit.
  func walkTables() {
    var main = Tree(record: meta.mainTable)
    walk(&main, "main")
    for leaf in main.leaves {
      guard let bytes = try? pages.run(of: 1, from: leaf.page) else { continue }
      for node in nodes(of: leaf, bytes)
      where node.flags == 2 && node.dataByteCount == MetaPage.TableRecord.byteCount {
        let name = String(decoding: bytes[node.keyRange], as: UTF8.self)
        let record = bytes.withUnsafeBytes { MetaPage.TableRecord($0, at: node.dataRange.lowerBound) }
        var tree = Tree(record: record)
        walk(&tree, name)
        trees[name] = tree
      }
    }
  }

  /// Gives leaves that nothing leads to any more to the tables that have lost their keys.
  /// - Parameter accepts: whether an entry can be one of a table.
  func findLooseLeaves(_ accepts: (String, [UInt8], [UInt8]?) -> Bool) {
    guard trees.values.contains(where: { !$0.lost.isEmpty }) else { return }
    claimFreePages()
    // What the last commits have freed looks like what is missing, and is older.
    guard isFreeListWhole else {
      return problems.append(
        "the list of free pages is damaged: pages that nothing leads to may be old, and are left out")
    }
    for page in 2..<UInt64(max(pageCount, 2)) where !isClaimed[Int(page)] {
      guard let bytes = try? pages.run(of: 1, from: page) else { continue }
      let kind = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 10, as: UInt16.self) }
      if kind == PageReader.Kind.overflow.rawValue { looseRuns.append(page) }
      guard kind == PageReader.Kind.leaf.rawValue,
        let nodes = try? pages.sortedNodes(in: bytes, page: page, level: 1),
        let first = nodes.first, let last = nodes.last
      else { continue }
      let keys = (Array(bytes[first.keyRange]), Array(bytes[last.keyRange]))
      let counts = trees.filter { $0.value.lost.contains { $0.contains(keys.0) && $0.contains(keys.1) } }
        .mapValues { _ in 0 }
        .map { name, _ in
          (
            name: name,
            count: nodes.count { accepts(name, Array(bytes[$0.keyRange]), value(of: $0, in: bytes)) }
          )
        }
        .filter { $0.count > 0 }
      guard let best = counts.max(by: { $0.count < $1.count }) else { continue }
      guard counts.count(where: { $0.count == best.count }) == 1 else {
        problems.append("page \(page) has entries of one of \(counts.map(\.name).sorted()), and is left out")
        continue
      }
      trees[best.name]?.leaves.append(Leaf(page: page))
      for node in nodes { claimValue(of: node) }
    }
    looseRuns.removeAll { isClaimed[Int($0)] }
    for name in trees.keys { sortLeaves(of: name) }
  }

  /// The entries of a leaf.
  func nodes(of leaf: Leaf, _ bytes: [UInt8]) -> [PageReader.Node] {
    guard let range = leaf.range else {
      return (try? pages.nodes(in: bytes, page: leaf.page, isBranch: false)) ?? []
    }
    return pages.readableNodes(in: bytes).filter { range.contains(Array(bytes[$0.keyRange])) }
  }

  func bytes(of leaf: Leaf) -> [UInt8]? { try? pages.run(of: 1, from: leaf.page) }

  /// The value of an entry; nil where its pages cannot be read. The header of a large value is not looked at: its
  /// content has a checksum of its own.
  func value(of node: PageReader.Node, in bytes: [UInt8]) -> [UInt8]? {
    guard node.isOverflowing else { return Array(bytes[node.dataRange]) }
    let count = pages.pageCount(ofOverflowing: node.dataByteCount)
    guard node.dataByteCount <= Limits.valueBytes, node.overflowPage >= 2,
      let run = try? pages.run(of: count, from: node.overflowPage)
    else { return nil }
    return Array(run[PageReader.headerByteCount...].prefix(node.dataByteCount))
  }

  /// The bytes of a run of pages behind its header, as many as it says to have; nil where that cannot be.
  func looseRun(at page: UInt64) -> [UInt8]? {
    guard let count = try? pages.overflowPageCount(page),
      count >= 1, count * pages.pageSizeBytes <= Limits.valueBytes + pages.pageSizeBytes,
      let run = try? pages.run(of: count, from: page)
    else { return nil }
    return Array(run[PageReader.headerByteCount...])
  }

  // MARK: Trees

  private func walk(_ tree: inout Tree, _ name: String) {
    let record = tree.record
    guard record.root != MetaPage.noPage else {
      if record.entries != 0 { lose("table \(name) has entries and no pages", (nil, nil), &tree) }
      return
    }
    guard (1...PageReader.maxDepth).contains(Int(record.depth)) else {
      return lose("table \(name): depth \(record.depth)", (nil, nil), &tree)
    }
    visit(record.root, level: Int(record.depth), name, within: (nil, nil), &tree)
  }

  private func visit(
    _ page: UInt64, level: Int, _ name: String, within bounds: ([UInt8]?, [UInt8]?), _ tree: inout Tree
  ) {
    func lose(_ what: String) { self.lose("table \(name): \(what)", bounds, &tree) }
    guard (2..<UInt64(pageCount)).contains(page) else {
      return lose("page \(page), of a file of \(pageCount) pages")
    }
    guard !isClaimed[Int(page)] else { return lose("page \(page) belongs to two tables or twice to one") }
    do {
      let bytes = try level > 1 ? pages.page(page, kind: .branch) : leafBytes(page)
      do {
        let nodes = try pages.sortedNodes(in: bytes, page: page, level: level, within: bounds)
        isClaimed[Int(page)] = true
        guard level > 1 else {
          tree.leaves.append(Leaf(page: page))
          for node in nodes { claimValue(of: node) }
          return
        }
        for (index, node) in nodes.enumerated() {
          let low = index == 0 ? bounds.0 : Array(bytes[node.keyRange])
          let high = index + 1 < nodes.count ? Array(bytes[nodes[index + 1].keyRange]) : bounds.1
          visit(node.childPage, level: level - 1, name, within: (low, high), &tree)
        }
      } catch {
        // A branch that is wrong somewhere leads anywhere; entries of a leaf are each checked.
        let leaf = Leaf(page: page, range: .init(low: bounds.0, high: bounds.1))
        let nodes = level == 1 ? nodes(of: leaf, bytes) : []
        if !nodes.isEmpty {
          isClaimed[Int(page)] = true
          tree.leaves.append(leaf)
          for node in nodes { claimValue(of: node) }
        }
        throw error
      }
    } catch let error as LMDBError {
      lose(error.message)
    } catch {
      lose("page \(page): \((error as? PageDamage)?.what ?? "\(error)")")
    }
  }

  /// A leaf whose header has its number; what it says to be is looked at no further where its entries are a leaf's.
  private func leafBytes(_ page: UInt64) throws -> [UInt8] {
    let bytes = try pages.run(of: 1, from: page)
    guard bytes.withUnsafeBytes({ $0.loadUnaligned(as: UInt64.self) }) == page,
      (try? pages.sortedNodes(in: bytes, page: page, level: 1)) != nil
    else { return try pages.page(page, kind: .leaf) }
    return bytes
  }

  private func lose(_ problem: String, _ bounds: ([UInt8]?, [UInt8]?), _ tree: inout Tree) {
    tree.lost.append(SalvagedFile.LostRange(low: bounds.0, high: bounds.1))
    if problems.count < 100 { problems.append(problem) }
  }

  private func claimValue(of node: PageReader.Node) {
    guard node.isOverflowing, node.overflowPage < UInt64(pageCount) else { return }
    let (first, count) = (Int(node.overflowPage), pages.pageCount(ofOverflowing: node.dataByteCount))
    for page in first..<min(pageCount, first + count) { isClaimed[page] = true }
  }

  private func claimFreePages() {
    guard meta.freeTable.root != MetaPage.noPage else { return }
    guard (1...PageReader.maxDepth).contains(Int(meta.freeTable.depth)) else {
      return isFreeListWhole = false
    }
    do { try claimFreePages(meta.freeTable.root, level: Int(meta.freeTable.depth)) } catch {
      isFreeListWhole = false
    }
  }

  private func claimFreePages(_ page: UInt64, level: Int) throws {
    guard (2..<UInt64(pageCount)).contains(page), !isClaimed[Int(page)] else {
      throw PageDamage(what: "page \(page)")
    }
    isClaimed[Int(page)] = true
    let bytes = try pages.page(page, kind: level > 1 ? .branch : .leaf)
    let order = PageReader.KeyOrder.commits(upTo: meta.transactionID)
    for node in try pages.sortedNodes(in: bytes, page: page, level: level, order) {
      if level > 1 {
        try claimFreePages(node.childPage, level: level - 1)
        continue
      }
      guard let list = value(of: node, in: bytes) else { throw PageDamage(what: "page \(page)") }
      claimValue(of: node)
      for free in try pages.freePages(in: list[...], page: page) where free < UInt64(pageCount) {
        isClaimed[Int(free)] = true
      }
    }
  }

  private func sortLeaves(of name: String) {
    guard let leaves = trees[name]?.leaves else { return }
    let keyed = leaves.map { leaf -> (key: [UInt8], leaf: Leaf) in
      guard let bytes = bytes(of: leaf), let first = nodes(of: leaf, bytes).first else { return ([], leaf) }
      return (Array(bytes[first.keyRange]), leaf)
    }
    trees[name]?.leaves = keyed.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.leaf)
  }
}
