import Platform
import VectorMath

/// The memory of one search, kept between searches so that a query allocates nothing.
///
/// One search at a time may use a context.
// Sendable: a context is lent to one search, and so to one thread, at a time.
package final class SearchContext: @unchecked Sendable {
  /// The mark of each slot: visited in this search when equal to `epoch`.
  var visited: UnsafeMutablePointer<UInt8>
  private var visitedCapacity: Int
  var epoch: UInt8 = 0
  /// The beam: candidates best first, in two parallel arrays; bit 31 of a slot marks it as expanded.
  var beamDistances: UnsafeMutablePointer<Float>
  var beamSlots: UnsafeMutablePointer<UInt32>
  private(set) var beamCapacity: Int
  package internal(set) var beamCount = 0
  /// The links of one hop.
  let links: UnsafeMutablePointer<UInt32>
  /// The unvisited neighbors of one hop.
  let batchSlots: UnsafeMutablePointer<UInt32>
  let batchRows: UnsafeMutablePointer<UnsafeRawPointer?>
  let batchDistances: UnsafeMutablePointer<Float>
  let batchCapacity: Int
  private var queryBytes: UnsafeMutableRawPointer
  private var queryCapacity = 0
  /// Distances computed since the caller last reset it.
  package var distanceComputations = 0
  /// Whether the last search gave up: the beam was too short for what lay between the admitted candidates, or it had
  /// computed as many distances as it might.
  package internal(set) var isCutShort = false

  /// - Parameter m0: the most links of a node that will be met.
  package init(m0: Int) {
    batchCapacity = max(64, m0)
    visitedCapacity = 0
    visited = allocateZeroed(1)
    beamCapacity = 0
    beamDistances = .allocate(capacity: 1)
    beamSlots = .allocate(capacity: 1)
    queryBytes = .allocate(byteCount: 1, alignment: RowLayout.alignmentBytes)
    links = .allocate(capacity: batchCapacity)
    batchSlots = .allocate(capacity: batchCapacity)
    batchRows = .allocate(capacity: batchCapacity)
    batchDistances = .allocate(capacity: batchCapacity)
  }

  deinit {
    free(visited)
    beamDistances.deallocate()
    beamSlots.deallocate()
    queryBytes.deallocate()
    links.deallocate()
    batchSlots.deallocate()
    batchRows.deallocate()
    batchDistances.deallocate()
  }

  /// Room for a prepared query, on a cache line; what was there is lost when it has to grow.
  package func query(byteCount: Int) -> UnsafeMutableRawPointer {
    if byteCount > queryCapacity {
      queryBytes.deallocate()
      queryCapacity = byteCount
      queryBytes = .allocate(byteCount: byteCount, alignment: RowLayout.alignmentBytes)
    }
    return queryBytes
  }

  /// Forgets the last search and makes room for one over `slotCount` slots with a beam of `capacity`.
  func begin(slotCount: Int, beamCapacity capacity: Int) {
    if slotCount > visitedCapacity {
      free(visited)
      visitedCapacity = slotCount + slotCount / 4 + 64
      visited = allocateZeroed(visitedCapacity)
      epoch = 0
    }
    if epoch == .max {
      visited.update(repeating: 0, count: visitedCapacity)
      epoch = 0
    }
    epoch += 1
    beamCount = 0
    isCutShort = false
    guard capacity > beamCapacity else { return }
    beamDistances.deallocate()
    beamSlots.deallocate()
    beamCapacity = capacity
    beamDistances = .allocate(capacity: capacity)
    beamSlots = .allocate(capacity: capacity)
  }

  /// The slot of candidate `index` of the last search's beam, best first.
  package func candidateSlot(_ index: Int) -> UInt32 { beamSlots[index] & 0x7FFF_FFFF }
  package func candidateDistance(_ index: Int) -> Float { beamDistances[index] }
}

/// Memory of zeros, to be given back with `free`: pages that are never touched cost nothing.
func allocateZeroed<Element: FixedWidthInteger>(_ count: Int) -> UnsafeMutablePointer<Element> {
  guard let memory = calloc(count, MemoryLayout<Element>.stride) else {
    // As any allocation of Swift's that fails.
    fatalError("out of memory: \(count) elements")
  }
  return memory.bindMemory(to: Element.self, capacity: count)
}
