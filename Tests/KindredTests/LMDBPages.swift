/// Tells the bytes that LMDB keeps for itself from those of our records, which carry checksums.
struct LMDBPages {
  private static let pageSize = 4_096
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private func number(_ place: Int) -> Int { Int(bytes[place]) | Int(bytes[place + 1]) << 8 }

  /// Whether the byte belongs to a tree: a page's header, its list of nodes, a node's header, key or reference.
  func isStructure(_ place: Int) -> Bool {
    let page = place / Self.pageSize * Self.pageSize
    // Large values run over pages without headers; only a tree's pages begin with their own number.
    let own = (0..<8).reduce(0) { $0 | Int(bytes[page + $1]) << (8 * $1) }
    let flags = number(page + 10)
    let (lower, upper) = (number(page + 12), number(page + 14))
    guard own == page / Self.pageSize, flags == 1 || flags == 2, lower <= upper, upper <= Self.pageSize else {
      return false
    }
    if flags == 1 || place < page + lower { return true }
    for pointer in stride(from: page + 16, to: page + lower, by: 2) {
      let node = page + number(pointer)
      let dataSize = number(node) | number(node + 2) << 16
      let (nodeFlags, data) = (number(node + 4), node + 8 + number(node + 6))
      if (node..<data).contains(place) { return true }
      if nodeFlags != 0, (data..<data + (nodeFlags == 1 ? 8 : dataSize)).contains(place) { return true }
    }
    return false
  }
}
