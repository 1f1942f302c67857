import Platform

/// The upper layers of the nodes in 2,048 slots, laid out so that a search finds a node's links without reading the
/// rest.
///
/// `32 × u64` with a bit for each slot that has any, `32 × u32` nodes before each of those words, `(nodes + 1) × u32`
/// where the links of each node begin, in words behind this list, and the links. A node's links are those of layer 1,
/// then 2, …, m for each; nodes go by ascending slot.
package enum UpperBlock {
  @inlinable package static var slotsPerBlock: UInt32 { 2_048 }
  /// The highest layer that a node may reach; not reached below 10¹⁵ nodes at m 2.
  package static let levelLimit = 50
  @inlinable static var wordCount: Int { Int(slotsPerBlock / 64) }
  @inlinable static var countsOffset: Int { wordCount * 8 }
  @inlinable static var startsOffset: Int { countsOffset + wordCount * 4 }

  /// Lays out the nodes of block `number`, behind as many zero bytes as a header has; nil where there are no nodes.
  /// - Parameters:
  ///   - level: the top layer of a slot, 0 for one without upper layers.
  ///   - links: of such a slot, `m` for each layer from 1 on.
  package static func encode(
    number: UInt32, m: Int, level: (UInt32) -> Int, links: (UInt32) -> UnsafePointer<UInt32>?
  ) -> [UInt8]? {
    let headerBytes = BlockHeader.byteCount
    let first = number * slotsPerBlock
    let nodes = (first..<first + slotsPerBlock).map { (slot: $0, level: level($0)) }.filter { $0.level > 0 }
    guard !nodes.isEmpty else { return nil }
    let size = nodes.reduce(startsOffset + 4) { $0 + 4 + 4 * m * $1.level }
    return [UInt8](unsafeUninitializedCapacity: headerBytes + size) { bytes, count in
      count = headerBytes + size
      guard let start = bytes.baseAddress else { return }
      memset(start, 0, headerBytes + startsOffset)
      let body = UnsafeMutableRawPointer(start + headerBytes)
      var words = [UInt64](repeating: 0, count: wordCount)
      for node in nodes { words[Int(node.slot - first) / 64] |= 1 << UInt64(node.slot % 64) }
      var before: UInt32 = 0
      for (index, word) in words.enumerated() {
        body.storeBytes(of: word.littleEndian, toByteOffset: 8 * index, as: UInt64.self)
        body.storeBytes(of: before.littleEndian, toByteOffset: countsOffset + 4 * index, as: UInt32.self)
        before += UInt32(word.nonzeroBitCount)
      }
      let starts = body + startsOffset
      let target = starts + 4 * (nodes.count + 1)
      var used = 0
      for (index, node) in nodes.enumerated() {
        starts.storeBytes(of: UInt32(used).littleEndian, toByteOffset: 4 * index, as: UInt32.self)
        let wordsOfNode = node.level * m
        if let source = links(node.slot) { memcpy(target + 4 * used, source, 4 * wordsOfNode) }
        used += wordsOfNode
      }
      starts.storeBytes(of: UInt32(used).littleEndian, toByteOffset: 4 * nodes.count, as: UInt32.self)
    }
  }

  /// Whether every place that a search may look at lies inside the block.
  package static func isWellFormed(_ body: UnsafeRawBufferPointer, m: Int) -> Bool {
    guard body.count >= startsOffset + 4, let base = body.baseAddress else { return false }
    var nodes = 0
    for index in 0..<wordCount {
      guard base.load(fromByteOffset: countsOffset + 4 * index, as: UInt32.self) == UInt32(nodes) else {
        return false
      }
      nodes += base.load(fromByteOffset: 8 * index, as: UInt64.self).nonzeroBitCount
    }
    // Compared as bytes: divided, one to three missing bytes would count as none.
    let roomBytes = body.count - startsOffset - 4 * (nodes + 1)
    guard roomBytes >= 0, nodes > 0 else { return false }
    let room = roomBytes / 4
    let starts = (base + startsOffset).assumingMemoryBound(to: UInt32.self)
    guard starts[0] == 0, Int(starts[nodes]) == room else { return false }
    return (0..<nodes).allSatisfy { index in
      let words = Int(starts[index + 1]) - Int(starts[index])
      return words > 0 && words % m == 0 && words / m <= levelLimit
    }
  }

  /// The links of a slot from layer 1 on, and its top layer; nil where it has none.
  @inlinable @inline(__always)
  package static func node(_ base: UnsafeRawPointer, _ slot: UInt32, m: Int) -> (
    links: UnsafePointer<UInt32>, level: Int
  )? {
    let index = Int(slot % slotsPerBlock)
    let word = base.load(fromByteOffset: index / 64 * 8, as: UInt64.self)
    let bit: UInt64 = 1 << UInt64(index % 64)
    guard word & bit != 0 else { return nil }
    let counts = (base + countsOffset).assumingMemoryBound(to: UInt32.self)
    let starts = (base + startsOffset).assumingMemoryBound(to: UInt32.self)
    let place = Int(counts[index / 64]) + (word & (bit - 1)).nonzeroBitCount
    let nodes =
      Int(counts[wordCount - 1])
      + base.load(fromByteOffset: 8 * (wordCount - 1), as: UInt64.self).nonzeroBitCount
    return (starts + nodes + 1 + Int(starts[place]), Int(starts[place + 1] - starts[place]) / m)
  }

  /// Visits the slots that have upper layers.
  package static func forEachSlot(_ base: UnsafeRawPointer, _ body: (UInt32) -> Void) {
    for index in 0..<wordCount {
      var word = base.load(fromByteOffset: 8 * index, as: UInt64.self)
      while word != 0 {
        body(UInt32(64 * index + word.trailingZeroBitCount))
        word &= word - 1
      }
    }
  }
}
