/// The layers above the base, in memory: about one node in `m` has any.
///
/// Each node keeps `m` links for every layer from 1 to its level, ended by a sentinel where not full.
package final class UpperLayers {
  package let m: Int
  package private(set) var count = 0
  private var keys: UnsafeMutablePointer<UInt32>
  private var offsets: UnsafeMutablePointer<UInt32>
  private var mask: Int
  private var links: UnsafeMutablePointer<UInt32>
  private var linksUsed = 0
  private var linksCapacity: Int

  /// - Parameters:
  ///   - m: links a node may have in each layer.
  ///   - expected: how many nodes to make room for; more may come.
  package init(m: Int, expected: Int = 64) {
    self.m = m
    let slots = UpperLayers.tableSize(for: expected)
    mask = slots - 1
    keys = .allocate(capacity: slots)
    keys.initialize(repeating: noSlot, count: slots)
    offsets = .allocate(capacity: slots)
    linksCapacity = max(64, expected) * (m + 1)
    links = .allocate(capacity: linksCapacity)
  }

  deinit {
    keys.deallocate()
    offsets.deallocate()
    links.deallocate()
  }

  private static func tableSize(for count: Int) -> Int {
    var size = 64
    while size < count * 2 { size *= 2 }
    return size
  }

  @inline(__always)
  private func position(of slot: UInt32) -> Int {
    var position = Int(truncatingIfNeeded: (slot &* 0x9E37_79B1) >> 4) & mask
    while keys[position] != slot && keys[position] != noSlot { position = (position &+ 1) & mask }
    return position
  }

  /// The top layer of `slot`; 0 for a node of the base only.
  package func level(of slot: UInt32) -> Int {
    let position = position(of: slot)
    return keys[position] == slot ? Int(links[Int(offsets[position])]) : 0
  }

  /// The links of `slot` in `layer` ≥ 1, or nil where the node does not reach so high. Room for `m` links.
  package func links(of slot: UInt32, layer: Int) -> UnsafeMutablePointer<UInt32>? {
    let position = position(of: slot)
    guard keys[position] == slot else { return nil }
    let start = links + Int(offsets[position])
    return layer >= 1 && layer <= Int(start[0]) ? start + 1 + (layer - 1) * m : nil
  }

  /// Adds a node without links.
  /// - Returns: room for the links of its layers, one after the other.
  /// - Precondition: `level` ≥ 1 and the node is not there.
  @discardableResult
  package func add(_ slot: UInt32, level: Int) -> UnsafeMutablePointer<UInt32> {
    precondition(level >= 1, "a node of the base only has no upper layers")
    if (count + 1) * 2 > mask { growTable() }
    reserve(1 + level * m)
    let position = position(of: slot)
    precondition(keys[position] == noSlot, "slot \(slot) is in the upper layers already")
    keys[position] = slot
    offsets[position] = UInt32(linksUsed)
    links[linksUsed] = UInt32(level)
    let room = links + linksUsed + 1
    room.update(repeating: noSlot, count: level * m)
    linksUsed += 1 + level * m
    count += 1
    return room
  }

  /// Removes a node; others' links to it are the caller's care.
  package func remove(_ slot: UInt32) {
    var hole = position(of: slot)
    guard keys[hole] == slot else { return }
    count -= 1
    // Deletion by shifting back, so that searches need no tombstones (Knuth 6.4, algorithm R).
    var next = (hole + 1) & mask
    while keys[next] != noSlot {
      let home = Int(truncatingIfNeeded: (keys[next] &* 0x9E37_79B1) >> 4) & mask
      if (next - home) & mask >= (next - hole) & mask {
        keys[hole] = keys[next]
        offsets[hole] = offsets[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    keys[hole] = noSlot
  }

  /// Visits every node with its level, in no particular order.
  package func forEach(_ body: (UInt32, Int) -> Void) {
    for position in 0...mask where keys[position] != noSlot {
      body(keys[position], Int(links[Int(offsets[position])]))
    }
  }

  private func reserve(_ needed: Int) {
    guard linksUsed + needed > linksCapacity else { return }
    linksCapacity = (linksUsed + needed) * 2
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: linksCapacity)
    larger.update(from: links, count: linksUsed)
    links.deallocate()
    links = larger
  }

  private func growTable() {
    let (oldKeys, oldOffsets, oldMask) = (keys, offsets, mask)
    let size = (mask + 1) * 2
    mask = size - 1
    keys = .allocate(capacity: size)
    keys.initialize(repeating: noSlot, count: size)
    offsets = .allocate(capacity: size)
    for old in 0...oldMask where oldKeys[old] != noSlot {
      let position = position(of: oldKeys[old])
      keys[position] = oldKeys[old]
      offsets[position] = oldOffsets[old]
    }
    oldKeys.deallocate()
    oldOffsets.deallocate()
  }
}
