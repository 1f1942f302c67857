package import Filters
package import Records
import Synchronization

/// What passes a filter, kept for as long as no attribute changes.
package final class FilterMatches: Sendable {
  /// The ordinals that pass.
  package let ordinals: Bitmap
  /// How many.
  package let count: Int
  /// The state of the attributes it was made from; nil where it was not made from stored ones.
  let attributeVersion: UInt64?

  private struct Places {
    var generation: UInt32
    var graphVersion: UInt64
    var slots: [UInt32]
  }
  /// Where those that pass lie in the graphs that were asked about last.
  private let places = Mutex<[Places]>([])
  private static let placesLimit = 2
  /// Of more than every sixteenth slot the places are not kept: a scan of that many costs more than finding them.
  private static let slotsForEachKept = 16

  package init(_ ordinals: Bitmap, attributeVersion: UInt64? = nil) {
    self.ordinals = ordinals
    self.attributeVersion = attributeVersion
    count = ordinals.populationCount
  }

  package func contains(_ ordinal: Ordinal) -> Bool { ordinals.contains(ordinal.rawValue) }

  /// The slots of a graph whose owners pass, ascending; deleted ones are among them.
  /// - Throws: `.corrupted`.
  func slots(in graph: SpaceGraph) throws -> [UInt32] {
    let known = places.withLock { places in
      places.first { $0.generation == graph.generation && $0.graphVersion == graph.version }?.slots
    }
    if let known { return known }
    try graph.verifyOwners()
    var slots: [UInt32] = []
    slots.reserveCapacity(min(count, graph.slotCount))
    for slot in 0..<UInt32(graph.slotCount) {
      if let ordinal = graph.ownerKnownSound(slot), contains(ordinal) { slots.append(slot) }
    }
    guard slots.count <= graph.slotCount / Self.slotsForEachKept else { return slots }
    let found = Places(generation: graph.generation, graphVersion: graph.version, slots: slots)
    places.withLock { places in
      if places.count == Self.placesLimit { places.removeFirst() }
      places.append(found)
    }
    return slots
  }
}
