extension PageReader {
  /// An entry of a branch or leaf page, its place checked against the page.
  ///
  /// | offset | bytes | leaf | branch |
  /// |---|---|---|---|
  /// | 0 | 4 | size of the data | child page, low 32 bits |
  /// | 4 | 2 | flags (1: data on overflow pages) | child page, high 16 bits |
  /// | 6 | 2 | size of the key | size of the key |
  /// | 8 | – | key, then data or the number of its first overflow page | key |
  struct Node {
    /// Where in the page it begins.
    var start: Int
    /// Bytes that it takes of the page, an even number.
    var byteCount: Int
    /// Of an entry of a leaf: 1 for data on overflow pages, 2 for the record of a table.
    var flags: UInt16
    var keyRange: Range<Int>
    var childPage: UInt64
    var isOverflowing: Bool
    var dataByteCount: Int
    /// Inside the page's bytes; empty for branches and overflowing data.
    var dataRange: Range<Int>
    var overflowPage: UInt64
  }

  private static let nodeHeaderByteCount = 8

  /// The entries of a page.
  /// - Parameter isBranch: nil for what the page says itself.
  /// - Throws: `.corrupted` for one that is not wholly inside the page.
  func nodes(in bytes: [UInt8], page number: UInt64, isBranch: Bool? = nil) throws(LMDBError) -> [Node] {
    let result: [Node]? = bytes.withUnsafeBytes { raw in
      let isBranch =
        isBranch ?? (raw.loadUnaligned(fromByteOffset: 10, as: UInt16.self) == Kind.branch.rawValue)
      let (lower, upper) = Self.bounds(raw)
      guard lower >= Self.headerByteCount, lower % 2 == 0, lower <= upper, upper <= raw.count else {
        return nil
      }
      var nodes: [Node] = []
      for position in stride(from: Self.headerByteCount, to: lower, by: 2) {
        let start = Int(raw.loadUnaligned(fromByteOffset: position, as: UInt16.self))
        guard let node = Self.node(raw, at: start, isBranch: isBranch) else { return nil }
        nodes.append(node)
      }
      return nodes
    }
    guard let result else {
      throw LMDBError(.corrupted, "page \(number) has entries outside itself; restore a backup", path: path)
    }
    return result
  }

  /// The entries of a damaged leaf that lie inside it; nothing is known of their order, nor whether they are entries.
  func readableNodes(in bytes: [UInt8]) -> [Node] {
    bytes.withUnsafeBytes { raw in
      let end = min(Self.bounds(raw).lower, raw.count - 1)
      return stride(from: Self.headerByteCount, to: end, by: 2).compactMap { position in
        Self.node(
          raw, at: Int(raw.loadUnaligned(fromByteOffset: position, as: UInt16.self)), isBranch: false)
      }
    }
  }

  /// Where the list of entries ends and where the entries begin.
  private static func bounds(_ raw: UnsafeRawBufferPointer) -> (lower: Int, upper: Int) {
    (
      Int(raw.loadUnaligned(fromByteOffset: 12, as: UInt16.self)),
      Int(raw.loadUnaligned(fromByteOffset: 14, as: UInt16.self))
    )
  }

  /// The numbers in a list of free pages: a count, and that many, the largest first.
  /// - Throws: `.corrupted`.
  func freePages(in list: ArraySlice<UInt8>, page number: UInt64) throws(LMDBError) -> [UInt64] {
    let numbers: [UInt64]? = list.withUnsafeBytes { raw in
      guard raw.count >= 8, raw.count % 8 == 0 else { return nil }
      let count = raw.loadUnaligned(as: UInt64.self)
      guard count <= UInt64(raw.count / 8 - 1) else { return nil }
      return (0..<Int(count)).map { raw.loadUnaligned(fromByteOffset: 8 * ($0 + 1), as: UInt64.self) }
    }
    guard let numbers, zip(numbers, numbers.dropFirst()).allSatisfy({ $0 > $1 }) else {
      throw LMDBError(
        .corrupted,
        "page \(number) has a list of free pages of \(list.count) bytes or out of order; restore a backup",
        path: path)
    }
    return numbers
  }

  private static func node(_ raw: UnsafeRawBufferPointer, at start: Int, isBranch: Bool) -> Node? {
    guard start >= headerByteCount, start + nodeHeaderByteCount <= raw.count else { return nil }
    let low = raw.loadUnaligned(fromByteOffset: start, as: UInt32.self)
    let flags = raw.loadUnaligned(fromByteOffset: start + 4, as: UInt16.self)
    let keySize = Int(raw.loadUnaligned(fromByteOffset: start + 6, as: UInt16.self))
    let data = start + nodeHeaderByteCount + keySize
    guard data <= raw.count else { return nil }
    var node = Node(
      start: start, byteCount: (data - start + 1) & ~1, flags: flags,
      keyRange: (start + nodeHeaderByteCount)..<data, childPage: UInt64(low) | UInt64(flags) << 32,
      isOverflowing: false, dataByteCount: Int(low), dataRange: 0..<0, overflowPage: 0)
    if isBranch { return node }
    node.isOverflowing = flags & 1 != 0
    let end = data + (node.isOverflowing ? 8 : node.dataByteCount)
    guard end <= raw.count else { return nil }
    node.byteCount = (end - start + 1) & ~1
    if node.isOverflowing {
      node.overflowPage = raw.loadUnaligned(fromByteOffset: data, as: UInt64.self)
    } else {
      node.dataRange = data..<data + node.dataByteCount
    }
    return node
  }
}
