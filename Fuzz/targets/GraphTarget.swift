import HNSW
import Records
import VectorMath

extension FuzzTarget {
  /// Blocks of upper layers and links, and a search over them: whatever the links are, the search ends with slots of
  /// the graph or an error that names the place.
  static let graph = FuzzTarget("graph") { bytes in
    var input = FuzzInput(bytes)
    let m = 2 + input.below(5)
    let slotCount = 1 + input.below(48)
    let bits = max(8 + input.below(25), (63 + 2 * m) / (2 * m))
    let entry = UInt32(input.below(slotCount))
    let level = input.below(5)
    let hasTwoLists = input.below(2) == 1
    let ef = 1 + input.below(20)
    let body = ExactBytes(input.take(Int(input.number(UInt16.self) % 2_048)))
    let isWellFormed = UpperBlock.isWellFormed(body.bytes, m: m)
    if isWellFormed { try checkUpper(body, m: m) }

    let format = LinkFormat(count: 2 * m, bits: bits)
    guard format.holds(slotCount: slotCount) else { return }
    let links = ExactBytes(input.take(slotCount * format.byteCount), count: slotCount * format.byteCount)
    let layout = try RowLayout(dimension: 16, encoding: .float32)
    let rows = ExactBytes(input.rest, count: slotCount * layout.strideBytes)
    guard let linkBase = links.bytes.baseAddress, let rowBase = rows.bytes.baseAddress else { return }
    let bases = [linkBase, rowBase]
    let query = ExactBytes(rows.bytes.prefix(layout.strideBytes).reversed(), count: layout.strideBytes)
    guard let queryBase = query.bytes.baseAddress else { return }
    // A block that is not well formed is never asked: its check fails.
    let check = FirstTouch(count: 1) { _ in isWellFormed }
    let upperBases: [UnsafeRawPointer?] = [body.bytes.isEmpty ? nil : body.bytes.baseAddress]
    try bases.withUnsafeBufferPointer { bases in
      try upperBases.withUnsafeBufferPointer { upperBases in
        guard let first = bases.baseAddress else { return }
        let view = GraphView(
          rows: BlockTable(
            geometry: BlockGeometry(rowsPerBlock: slotCount, strideBytes: layout.strideBytes),
            bases: first + 1, blockCount: 1),
          links: BlockTable(
            geometry: BlockGeometry(rowsPerBlock: slotCount, strideBytes: format.byteCount), bases: first,
            blockCount: 1),
          linkFormat: format, upper: .stored(UpperBlocks(m: m, bases: upperBases, check: check)),
          distance: DistanceFunction(metric: .l2, layout: layout, kernels: .best), slotCount: slotCount,
          entryPoint: Slot(entry), maxLevel: level,
          section: hasTwoLists ? .both(m: m) : .whole(m: m))
        try search(view, queryBase, ef: ef)
        let copy = try accepted(GraphError.self) { try view.upper.copy() }
        try hold((copy != nil) == (isWellFormed || body.bytes.isEmpty), "a copy of other upper layers")
        var isInside = true
        copy?.forEach { slot, level in isInside = isInside && slot < UpperBlock.slotsPerBlock && level >= 1 }
        try hold(isInside, "a copy with other slots")
      }
    }
    withExtendedLifetime(check) {}
  } samples: {
    let m = 3
    let links = (0..<64).map { UInt32($0 % 7) }
    let upper = links.withUnsafeBufferPointer { links in
      UpperBlock.encode(
        number: 0, m: m, level: { [2: 2, 5: 1, 6: 3][$0] ?? 0 }, links: { _ in links.baseAddress })
    }
    let body = (upper ?? []).dropFirst(BlockHeader.byteCount)
    let rows = (0..<7 * 64).map { UInt8(truncatingIfNeeded: $0 % 4 == 3 ? 63 : $0 * 7) }
    func choices(_ lists: UInt8, _ ef: UInt8) -> [UInt8] {
      // m 3, 7 slots, 11 bits, entry 6, level 3.
      [1, 6, 3, 6, 3, lists, ef, UInt8(body.count & 255), UInt8(body.count >> 8)]
    }
    let records = [UInt8](repeating: 0, count: 7 * 9)
    return [
      choices(0, 9) + body + records + rows, choices(1, 1) + body + records.map { _ in 0xFF } + rows,
      [1, 6, 3, 6, 0, 0, 5, 0, 0] + records + rows,
    ]
  }

  /// Every slot of a block that is well formed leads to links inside it.
  private static func checkUpper(_ body: ExactBytes, m: Int) throws {
    guard let base = body.bytes.baseAddress else { return }
    var sum: UInt32 = 0
    var slots: [UInt32] = []
    UpperBlock.forEachSlot(base) { slots.append($0) }
    for slot in 0..<UpperBlock.slotsPerBlock {
      let node = UpperBlock.node(base, slot, m: m)
      try hold((node != nil) == slots.contains(slot), "slot \(slot) has a level by one way only")
      guard let node else { continue }
      try hold((1...UpperBlock.levelLimit).contains(node.level), "level \(node.level) of slot \(slot)")
      for index in 0..<m * node.level { sum &+= node.links[index] }
    }
    let encoded = UpperBlock.encode(
      number: 0, m: m, level: { UpperBlock.node(base, $0, m: m)?.level ?? 0 },
      links: { UpperBlock.node(base, $0, m: m)?.links })
    let again = encoded.map { Array($0.dropFirst(BlockHeader.byteCount)) } ?? []
    // Bytes that make no whole word may follow.
    try hold(body.bytes.starts(with: again) && body.bytes.count - again.count < 4, "another block: \(sum)")
  }

  private static func search(_ view: GraphView, _ query: UnsafeRawPointer, ef: Int) throws {
    let context = SearchContext(m0: 2 * view.upper.m)
    let found: Void? = try accepted(GraphError.self) {
      try view.search(query, efSearch: ef, admitting: AdmitAll(), context: context)
    }
    guard found != nil else { return }
    try hold((1...ef).contains(context.beamCount), "\(context.beamCount) candidates of \(ef)")
    var slots: Set<UInt32> = []
    for index in 0..<context.beamCount {
      let slot = context.candidateSlot(index)
      try hold(Int(slot) < view.slotCount && slots.insert(slot).inserted, "slot \(slot)")
    }
    try hold(
      context.distanceComputations <= 2 * view.slotCount + 4_096, "\(context.distanceComputations) distances")
  }
}
