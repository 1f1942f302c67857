import LMDB
import Records

/// Page blocks changed in this transaction, written once at its end.
struct PageCache {
  private struct Key: Hashable {
    let kind: BlockKind
    let prefix: UInt32
    let block: UInt32
  }
  private final class Page {
    let bytes: UnsafeMutableRawBufferPointer = .allocate(byteCount: PageBlock.byteCount, alignment: 16)
    var isChanged = false
    deinit { bytes.deallocate() }
  }
  private var pages: [Key: Page] = [:]
  private var tables: [BlockKind: Table<BlockKey>] = [:]
  private var last: (key: Key, page: Page)?

  /// The bytes of a block: as changed before, as stored, or new with `fill` in every byte.
  /// - Parameter changing: whether the caller writes them, so that they must be stored at the end.
  mutating func page(
    _ kind: BlockKind, _ table: Table<BlockKey>, prefix: UInt32, block: UInt32, fill: UInt8, changing: Bool,
    _ transaction: borrowing WriteTransaction
  ) throws -> UnsafeMutableRawBufferPointer {
    let key = Key(kind: kind, prefix: prefix, block: block)
    let page: Page
    if let last, last.key == key {
      page = last.page
    } else {
      page = try pages[key] ?? load(key, table, fill, transaction)
      last = (key, page)
    }
    if changing { page.isChanged = true }
    return page.bytes
  }

  private mutating func load(
    _ key: Key, _ table: Table<BlockKey>, _ fill: UInt8, _ transaction: borrowing WriteTransaction
  ) throws -> Page {
    let page = Page()
    if let stored = try transaction.get(table, PairKey(key.prefix, key.block)) {
      try checkPageBlock(stored, key.kind, key.prefix, key.block)
      page.bytes.copyMemory(from: stored)
    } else {
      _ = page.bytes.initializeMemory(as: UInt8.self, repeating: fill)
    }
    pages[key] = page
    tables[key.kind] = table
    return page
  }

  /// Stores every page, in key order.
  mutating func flush(_ transaction: borrowing WriteTransaction) throws {
    let ordered = pages.sorted {
      ($0.key.kind.rawValue, $0.key.prefix, $0.key.block) < (
        $1.key.kind.rawValue, $1.key.prefix, $1.key.block
      )
    }
    for (key, page) in ordered where page.isChanged {
      BlockHeader.seal(page.bytes, kind: key.kind, generation: key.prefix, number: key.block)
      guard let table = tables[key.kind] else { continue }
      try transaction.put(table, PairKey(key.prefix, key.block), UnsafeRawBufferPointer(page.bytes))
    }
    pages.removeAll()
    last = nil
  }
}
