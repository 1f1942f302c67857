import Records

/// The upper layers of a graph: in memory where it is being changed, or as they are stored.
package enum UpperLinks {
  case edited(UpperLayers)
  case stored(UpperBlocks)

  package var m: Int {
    switch self {
    case .edited(let layers): layers.m
    case .stored(let blocks): blocks.m
    }
  }

  /// Whether what is stored of `slot` is as it was written; to be asked before anything else about it.
  @inline(__always)
  package func isSound(_ slot: UInt32) -> Bool {
    switch self {
    case .edited: true
    case .stored(let blocks): blocks.isSound(slot)
    }
  }

  /// The top layer of `slot`; 0 for a node of the base only.
  package func level(of slot: UInt32) -> Int {
    switch self {
    case .edited(let layers): layers.level(of: slot)
    case .stored(let blocks): blocks.node(slot)?.level ?? 0
    }
  }

  /// The links of `slot` in `layer` ≥ 1, or nil where the node does not reach so high.
  @inline(__always)
  package func links(of slot: UInt32, layer: Int) -> UnsafePointer<UInt32>? {
    switch self {
    case .edited(let layers): return layers.links(of: slot, layer: layer).map { UnsafePointer($0) }
    case .stored(let blocks):
      guard let node = blocks.node(slot), layer >= 1, layer <= node.level else { return nil }
      return node.links + (layer - 1) * blocks.m
    }
  }

  /// Visits every node with its level.
  /// - Throws: `.damagedUpper`.
  package func forEach(_ body: (UInt32, Int) -> Void) throws(GraphError) {
    switch self {
    case .edited(let layers): layers.forEach(body)
    case .stored(let blocks):
      for (number, base) in blocks.bases.enumerated() {
        guard let base else { continue }
        guard blocks.check.isSound(UInt32(number)) else { throw .damagedUpper(block: number) }
        let first = UInt32(number) * UpperBlock.slotsPerBlock
        UpperBlock.forEachSlot(base) { body(first + $0, level(of: first + $0)) }
      }
    }
  }

  /// An independent copy in memory, for a merge to change.
  /// - Throws: `.damagedUpper`.
  package func copy() throws(GraphError) -> UpperLayers {
    var nodes: [(slot: UInt32, level: Int)] = []
    try forEach { nodes.append(($0, $1)) }
    let copy = UpperLayers(m: m, expected: nodes.count)
    for (slot, level) in nodes {
      let room = copy.add(slot, level: level)
      if let source = links(of: slot, layer: 1) { room.update(from: source, count: level * m) }
    }
    return copy
  }
}
