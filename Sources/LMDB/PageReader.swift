import Platform

/// Reads pages of an LMDB file with `pread`: a file that shrinks gives an error, not a signal.
struct PageReader: ~Copyable {
  enum Kind: UInt16 {
    case branch = 0x01
    case leaf = 0x02
    case overflow = 0x04
  }

  /// What this library writes; 999 and 2, 3 are other branches of LMDB.
  static let formatVersion: UInt32 = 1
  /// LMDB's cursors have room for this many levels.
  static let maxDepth = 32
  static let headerByteCount = 16

  let descriptor: Int32
  let path: String
  let pageSizeBytes: Int

  /// Reads the page size from the first header page, or the second where the first is damaged.
  /// - Throws: `.foreign` when neither can be a header, `.truncated`, `.ioError`.
  init(descriptor: Int32, path: String) throws(LMDBError) {
    self.descriptor = descriptor
    self.path = path
    let systemPageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = try Self.read(descriptor, path: path, count: MetaPage.byteCount, at: 0)
    guard let meta = first.withUnsafeBytes({ MetaPage($0) }) else {
      let isBeginning =
        first.count >= 20
        && first.withUnsafeBytes {
          $0.loadUnaligned(fromByteOffset: MetaPage.magicOffset, as: UInt32.self) == MetaPage.magic
        }
      throw isBeginning
        ? LMDBError(
          .truncated, "the file is cut off after \(first.count) bytes; restore a backup", path: path)
        : LMDBError(
          .foreign, "not a store: \(first.count) bytes are too few for one", path: path)
    }
    if meta.magic == MetaPage.magic.byteSwapped {
      throw LMDBError(.foreign, "written on a machine with the other byte order", path: path)
    }
    guard meta.magic == MetaPage.magic else {
      // A damaged first page of a real store is recognised by the second one.
      let second = try Self.read(descriptor, path: path, count: MetaPage.byteCount, at: systemPageSize)
      if second.withUnsafeBytes({ MetaPage($0)?.magic }) == MetaPage.magic {
        throw LMDBError(
          .corrupted, "header page 0 is damaged; restore a backup or repair a copy from header page 1",
          path: path)
      }
      throw LMDBError(.foreign, "not a store (no LMDB header)", path: path)
    }
    guard meta.version == Self.formatVersion else {
      throw LMDBError(
        .foreign, "LMDB format \(meta.version); this library reads format \(Self.formatVersion)", path: path)
    }
    let size = Int(meta.pageSize)
    guard size.nonzeroBitCount == 1, (256...65536).contains(size) else {
      throw LMDBError(.corrupted, "page size \(size) in the header; restore a backup", path: path)
    }
    guard size == systemPageSize else {
      throw LMDBError(
        .foreign,
        "page size \(size), this machine has \(systemPageSize); export it on the machine that made it",
        path: path)
    }
    pageSizeBytes = size
  }

  /// Reads pages of a given size, whatever the header pages say.
  init(descriptor: Int32, path: String, pageSizeBytes: Int) {
    self.descriptor = descriptor
    self.path = path
    self.pageSizeBytes = pageSizeBytes
  }

  func meta(_ index: UInt64) throws(LMDBError) -> MetaPage {
    let bytes = try Self.read(
      descriptor, path: path, count: MetaPage.byteCount, at: Int(index) * pageSizeBytes)
    guard let meta = bytes.withUnsafeBytes({ MetaPage($0) }) else {
      throw LMDBError(.truncated, "header page \(index) is cut off; restore a backup", path: path)
    }
    return meta
  }

  /// The bytes of a page whose header names that page and kind.
  /// - Throws: `.truncated` when it is not wholly in the file, `.corrupted`.
  func page(_ number: UInt64, kind: Kind) throws(LMDBError) -> [UInt8] {
    let bytes = try run(of: 1, from: number)
    let found = bytes.withUnsafeBytes { raw in
      (
        number: raw.loadUnaligned(as: UInt64.self),
        flags: raw.loadUnaligned(fromByteOffset: 10, as: UInt16.self)
      )
    }
    guard found.number == number, found.flags == kind.rawValue else {
      throw LMDBError(
        .corrupted, "page \(number) says it is page \(found.number) of kind \(found.flags), expected \(kind)",
        path: path)
    }
    return bytes
  }

  /// Pages that a value takes which does not fit into a page of a tree.
  func pageCount(ofOverflowing byteCount: Int) -> Int {
    (Self.headerByteCount + byteCount - 1) / pageSizeBytes + 1
  }

  /// How many pages a run of overflow pages has, by the header of its first.
  /// - Throws: `.truncated`, `.corrupted`.
  func overflowPageCount(_ number: UInt64) throws(LMDBError) -> Int {
    let bytes = try page(number, kind: .overflow)
    return bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 12, as: UInt32.self)) }
  }

  /// The bytes of `count` pages.
  func run(of count: Int, from number: UInt64) throws(LMDBError) -> [UInt8] {
    let (length, lengthOverflow) = count.multipliedReportingOverflow(by: pageSizeBytes)
    let (offset, offsetOverflow) = Int(clamping: number).multipliedReportingOverflow(by: pageSizeBytes)
    guard !lengthOverflow, !offsetOverflow else {
      throw LMDBError(.corrupted, "page \(number) with \(count) pages lies beyond any file", path: path)
    }
    let bytes = try Self.read(descriptor, path: path, count: length, at: offset)
    guard bytes.count == length else {
      throw LMDBError(
        .truncated, "the file ends inside page \(number); restore a backup", path: path)
    }
    return bytes
  }

  /// Up to `count` bytes; fewer only at the end of the file.
  private static func read(
    _ descriptor: Int32, path: String, count: Int, at offset: Int
  ) throws(LMDBError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, offset + filled)
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        filled += got
      }
    }
    guard failure == 0 else { throw LMDBError.from(status: failure, action: "reading the file", path: path) }
    return bytes
  }
}
