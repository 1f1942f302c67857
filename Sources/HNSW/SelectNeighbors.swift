import VectorMath

/// Algorithm 4 (SELECT-NEIGHBORS-HEURISTIC): keeps a candidate only where no neighbor kept before it is nearer to it
/// than the base is, so that links lead into different directions. Candidates left over are not kept, as in the
/// authors' own program: a list that is not full takes the next reverse links without a new selection.
final class NeighborSelection {
  private let rows: BlockTable
  private let distance: DistanceFunction
  private let prepared: UnsafeMutableRawPointer
  private let pairRows: UnsafeMutablePointer<UnsafeRawPointer?>
  private let pairDistances: UnsafeMutablePointer<Float>
  /// The chosen neighbors, nearest first.
  let slots: UnsafeMutablePointer<UInt32>
  let distances: UnsafeMutablePointer<Float>
  private(set) var count = 0
  private(set) var distanceComputations = 0
  /// Kept neighbors compared with a candidate in one call: enough to overlap the loads, few enough to stop early.
  private static let group = 4

  init(rows: BlockTable, distance: DistanceFunction, limit: Int) {
    self.rows = rows
    self.distance = distance
    prepared = .allocate(byteCount: distance.queryByteCount, alignment: RowLayout.alignmentBytes)
    pairRows = .allocate(capacity: max(limit, Self.group))
    pairDistances = .allocate(capacity: max(limit, Self.group))
    slots = .allocate(capacity: limit)
    distances = .allocate(capacity: limit)
  }

  deinit {
    prepared.deallocate()
    pairRows.deallocate()
    pairDistances.deallocate()
    slots.deallocate()
    distances.deallocate()
  }

  /// The row of `slot` as a query.
  @inline(__always)
  func query(_ slot: UInt32, in buffer: UnsafeMutableRawPointer) -> UnsafeRawPointer {
    distance.prepare(row: rows.row(slot), in: buffer)
  }

  /// Chooses up to `limit` of `candidateCount` candidates, which come nearest first.
  func select(
    from candidateSlots: UnsafePointer<UInt32>, _ candidateDistances: UnsafePointer<Float>,
    _ candidateCount: Int,
    limit: Int
  ) {
    count = 0
    var index = 0
    while index < candidateCount && count < limit {
      let slot = candidateSlots[index] & 0x7FFF_FFFF
      let fromBase = candidateDistances[index]
      index &+= 1
      if isShadowed(slot, fromBase) { continue }
      slots[count] = slot
      distances[count] = fromBase
      pairRows[count] = rows.row(slot)
      count &+= 1
    }
  }

  /// Whether a kept neighbor is nearer to `slot` than the base is.
  @inline(__always)
  private func isShadowed(_ slot: UInt32, _ fromBase: Float) -> Bool {
    guard count > 0 else { return false }
    let query = query(slot, in: prepared)
    var first = 0
    while first < count {
      let size = min(Self.group, count &- first)
      distance(query: query, rows: pairRows + first, count: size, out: pairDistances)
      distanceComputations &+= size
      for index in 0..<size where pairDistances[index] < fromBase { return true }
      first &+= size
    }
    return false
  }
}
