/// One of the two header pages of an LMDB 0.9 file on a 64-bit machine, decoded from bytes.
///
/// | offset | bytes | content |
/// |---|---|---|
/// | 0 | 16 | page header: number (8), padding (2), flags (2), bounds (4) |
/// | 16 | 4 | magic 0xBEEFC0DE |
/// | 20 | 4 | format version |
/// | 24 | 8 | fixed map address |
/// | 32 | 8 | map size |
/// | 40 | 48 | table of free pages; its padding field holds the page size |
/// | 88 | 48 | main table |
/// | 136 | 8 | last page used |
/// | 144 | 8 | transaction number |
struct MetaPage: Equatable, Sendable {
  static let byteCount = 152
  static let magicOffset = 16
  static let magic: UInt32 = 0xBEEF_C0DE
  static let metaFlag: UInt16 = 0x08
  /// No page: the root of an empty table.
  static let noPage = UInt64.max

  /// The description of a table inside the header.
  struct TableRecord: Equatable, Sendable {
    static let byteCount = 48

    var padding: UInt32
    var flags: UInt16
    var depth: UInt16
    var branchPages: UInt64
    var leafPages: UInt64
    var overflowPages: UInt64
    var entries: UInt64
    var root: UInt64

    /// A table of one leaf.
    fileprivate init(leaf: UInt64) {
      (padding, flags, depth, branchPages, leafPages) = (0, 0, 1, 0, 1)
      (overflowPages, entries, root) = (0, 0, leaf)
    }

    /// - Precondition: 48 bytes from `offset` are inside.
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
      padding = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      flags = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt16.self)
      depth = bytes.loadUnaligned(fromByteOffset: offset + 6, as: UInt16.self)
      branchPages = bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
      leafPages = bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self)
      overflowPages = bytes.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self)
      entries = bytes.loadUnaligned(fromByteOffset: offset + 32, as: UInt64.self)
      root = bytes.loadUnaligned(fromByteOffset: offset + 40, as: UInt64.self)
    }
  }

  var pageNumber: UInt64
  var pageFlags: UInt16
  var magic: UInt32
  var version: UInt32
  var mapSize: UInt64
  var freeTable: TableRecord
  var mainTable: TableRecord
  var lastPage: UInt64
  var transactionID: UInt64

  var pageSize: UInt32 { freeTable.padding }

  /// nil when there are fewer than 152 bytes.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.byteCount else { return nil }
    pageNumber = bytes.loadUnaligned(as: UInt64.self)
    pageFlags = bytes.loadUnaligned(fromByteOffset: 10, as: UInt16.self)
    magic = bytes.loadUnaligned(fromByteOffset: Self.magicOffset, as: UInt32.self)
    version = bytes.loadUnaligned(fromByteOffset: 20, as: UInt32.self)
    mapSize = bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
    freeTable = TableRecord(bytes, at: 40)
    mainTable = TableRecord(bytes, at: 88)
    lastPage = bytes.loadUnaligned(fromByteOffset: 136, as: UInt64.self)
    transactionID = bytes.loadUnaligned(fromByteOffset: 144, as: UInt64.self)
  }

  /// What a header page would say, had the file one, of a list of tables that is all in one leaf.
  init(listOfTables leaf: UInt64, pageCount: Int) {
    (pageNumber, pageFlags, magic, version) = (0, Self.metaFlag, Self.magic, PageReader.formatVersion)
    (mapSize, lastPage, transactionID) = (0, UInt64(max(pageCount, 1) - 1), 0)
    freeTable = TableRecord(leaf: Self.noPage)
    mainTable = TableRecord(leaf: leaf)
  }
}
