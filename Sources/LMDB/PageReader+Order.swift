import Basics

/// A page is not what LMDB would have written.
struct PageDamage: Error {
  let what: String
}

extension PageReader {
  /// How the keys of a table are ordered.
  enum KeyOrder {
    case bytes
    /// Numbers of commits from 1 on, as the keys of the table of free pages are.
    case commits(upTo: UInt64)
  }

  /// The entries of a page of a tree: side by side behind its list of them, with keys in order and within bounds.
  /// - Parameters:
  ///   - level: 1 for a leaf.
  ///   - bounds: the least key that the page may have, and the least that it may not have any more; nil for none.
  /// - Throws: `PageDamage`, `LMDBError` `.corrupted`.
  func sortedNodes(
    in bytes: [UInt8], page number: UInt64, level: Int, _ order: KeyOrder = .bytes,
    within bounds: ([UInt8]?, [UInt8]?) = (nil, nil)
  ) throws -> [Node] {
    let nodes = try nodes(in: bytes, page: number, isBranch: level > 1)
    // LMDB stops the process at a branch with one child.
    guard nodes.count >= (level > 1 ? 2 : 1) else { throw PageDamage(what: "\(nodes.count) entries") }
    var place = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 14, as: UInt16.self)) }
    for node in nodes.sorted(by: { $0.start < $1.start }) {
      guard node.start == place else {
        throw PageDamage(what: "an entry at \(node.start), where \(place) is free")
      }
      place += node.byteCount
    }
    guard place == bytes.count else { throw PageDamage(what: "entries up to \(place)") }
    var last: [UInt8]?
    for (index, node) in nodes.enumerated() where level == 1 || index > 0 {
      let key = Array(bytes[node.keyRange])
      try order.check(key)
      if let last, !order.isBelow(last, key) { throw PageDamage(what: "keys out of order") }
      if let low = bounds.0, order.isBelow(key, low) {
        throw PageDamage(what: "a key before those of the page")
      }
      if let high = bounds.1, !order.isBelow(key, high) {
        throw PageDamage(what: "a key behind those of the page")
      }
      last = key
    }
    return nodes
  }
}

extension PageReader.KeyOrder {
  fileprivate func isBelow(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    switch self {
    case .bytes: left.lexicographicallyPrecedes(right)
    case .commits: Self.commit(left) < Self.commit(right)
    }
  }

  fileprivate func check(_ key: [UInt8]) throws(PageDamage) {
    switch self {
    case .bytes:
      guard (1...Limits.keyBytes).contains(key.count) else {
        throw PageDamage(what: "a key of \(key.count) bytes")
      }
    case .commits(let last):
      guard key.count == 8 else { throw PageDamage(what: "a key of \(key.count) bytes") }
      // LMDB takes number 0 for "nothing was read yet", and never comes to a list of a later commit.
      let commit = Self.commit(key)
      guard commit >= 1, commit <= last else {
        throw PageDamage(what: "free pages of commit \(commit) of \(last)")
      }
    }
  }

  private static func commit(_ key: [UInt8]) -> UInt64 {
    key.withUnsafeBytes { $0.count == 8 ? $0.loadUnaligned(as: UInt64.self) : 0 }
  }
}
