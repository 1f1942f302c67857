import Platform
import VectorMath

/// Algorithm 4 (SELECT-NEIGHBORS-HEURISTIC): keeps a candidate only where no neighbor kept before it is nearer to it
/// than the base is, so that links lead into different directions. Candidates left over are not kept, as in the
/// authors' own program: a list that is not full takes the next reverse links without a new selection.
///
/// Twins of the base, rows of the same bytes, take a quarter of a list at most: nothing shadows them, and a group of
/// more of them than a list is long would link to nothing else.
final class NeighborSelection {
  private let rows: BlockTable
  private let distance: DistanceFunction
  private let prepared: UnsafeMutableRawPointer
  /// The kept neighbors that are not twins.
  private var pairCount = 0
  private let pairRows: UnsafeMutablePointer<UnsafeRawPointer?>
  private let pairDistances: UnsafeMutablePointer<Float>
  /// The chosen neighbors, nearest first.
  let slots: UnsafeMutablePointer<UInt32>
  let distances: UnsafeMutablePointer<Float>
  private(set) var count = 0
  /// How many of them are twins of the base; these come first.
  private(set) var twinCount = 0
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

  /// In the slot of a candidate: it is kept whatever else is near.
  static let keptMark: UInt32 = 1 << 31

  /// Chooses up to `limit` of `candidateCount` candidates for the links of `base`, which come nearest first.
  /// - Parameter marked: how many of them bear `keptMark`, at most `limit`; nil where that bit means something else.
  func select(
    for base: UInt32, from candidateSlots: UnsafePointer<UInt32>, _ candidateDistances: UnsafePointer<Float>,
    _ candidateCount: Int, limit: Int, marked: Int? = nil
  ) {
    var room = limit &- (marked ?? 0)
    count = 0
    twinCount = 0
    pairCount = 0
    let twinLimit = max(1, limit / 4)
    let baseRow = rows.row(base)
    var index = 0
    while index < candidateCount && count < limit {
      let isKept = marked != nil && candidateSlots[index] & Self.keptMark != 0
      let slot = candidateSlots[index] & ~Self.keptMark
      let fromBase = candidateDistances[index]
      index &+= 1
      if !isKept && room == 0 { continue }
      let row = rows.row(slot)
      if areTwins(row, baseRow) {
        if twinCount == twinLimit { continue }
        twinCount &+= 1
      } else {
        if !isKept && isShadowed(slot, fromBase) { continue }
        pairRows[pairCount] = row
        pairCount &+= 1
      }
      slots[count] = slot
      distances[count] = fromBase
      count &+= 1
      if !isKept { room &-= 1 }
    }
  }

  @inline(__always)
  private func areTwins(_ one: UnsafeRawPointer, _ other: UnsafeRawPointer) -> Bool {
    one.load(as: UInt64.self) == other.load(as: UInt64.self)
      && memcmp(one, other, rows.geometry.strideBytes) == 0
  }

  /// Whether a kept neighbor, a twin aside, is nearer to `slot` than the base is.
  @inline(__always)
  private func isShadowed(_ slot: UInt32, _ fromBase: Float) -> Bool {
    guard pairCount > 0 else { return false }
    let query = query(slot, in: prepared)
    var first = 0
    while first < pairCount {
      let size = min(Self.group, pairCount &- first)
      distance(query: query, rows: pairRows + first, count: size, out: pairDistances)
      distanceComputations &+= size
      for index in 0..<size where pairDistances[index] < fromBase { return true }
      first &+= size
    }
    return false
  }
}
