import CKernels
package import VectorMath

/// A graph as a search sees it: addresses, the entry point and how to measure distance.
///
/// Rows and links are borrowed; the owner keeps them alive and unchanged while a search runs.
package struct GraphView {
  @usableFromInline let rows: BlockTable
  @usableFromInline let links: BlockTable
  @usableFromInline let upper: UpperLayers
  /// Prepares queries and measures them against what is walked over.
  package let distance: DistanceFunction
  /// The part of the records that is walked over.
  let section: LinkSection
  /// Slots in use or used before; every link is below it.
  package let slotCount: Int
  /// The node a search begins at; nil for an empty graph.
  package let entryPoint: Slot?
  /// The layer of the entry point.
  package let maxLevel: Int
  @usableFromInline let rowCheck: RowCheck?
  @usableFromInline let linkCheck: FirstTouch?

  /// - Parameters:
  ///   - section: the part of the records to walk over; all of it as one list if nil.
  ///   - rowCheck: verifies a row before its first use; nil where the memory is our own.
  ///   - rowCheckUnit: what `rowCheck` counts.
  ///   - linkCheck: verifies a block of links (by block) before its first use.
  package init(
    rows: BlockTable, links: BlockTable, upper: UpperLayers, distance: DistanceFunction, slotCount: Int,
    entryPoint: Slot?, maxLevel: Int, section: LinkSection? = nil, rowCheck: FirstTouch? = nil,
    rowCheckUnit: RowCheck.Unit = .row, linkCheck: FirstTouch? = nil
  ) {
    self.rows = rows
    self.links = links
    self.upper = upper
    self.distance = distance
    self.slotCount = slotCount
    self.entryPoint = entryPoint
    self.maxLevel = maxLevel
    self.rowCheck = rowCheck.map { RowCheck(touched: $0, unit: rowCheckUnit, geometry: rows.geometry) }
    self.linkCheck = linkCheck
    self.section = section ?? .whole(m: upper.m)
  }

  /// The lists of links of a layer, the base being 0.
  @inline(__always)
  func baseLists() -> BaseLayerLinks { BaseLayerLinks(table: links, span: section.base) }

  @inline(__always)
  func upperLists(layer: Int) -> UpperLayerLinks {
    UpperLayerLinks(upper: upper, layer: layer, span: section.upper)
  }
}

/// Verifies rows before their first use, each alone or with the block that it lies in.
package struct RowCheck: Sendable {
  /// What carries a checksum.
  package enum Unit: Sendable { case row, block }
  let touched: FirstTouch
  let unit: Unit
  let geometry: BlockGeometry

  @inline(__always)
  func isSound(_ slot: UInt32) -> Bool {
    touched.isSound(unit == .row ? slot : UInt32(truncatingIfNeeded: geometry.block(of: slot)))
  }
}

/// Bytes that must be verified before they are first used, one bit each, shared by all searching threads.
///
/// Two threads may verify the same bytes at the same time; both come to the same result.
package final class FirstTouch: @unchecked Sendable {  // the bits are only changed by atomic operations
  @usableFromInline let bits: UnsafeMutablePointer<UInt32>
  private let wordCount: Int
  private let verify: @Sendable (UInt32) -> Bool

  /// - Parameters:
  ///   - count: how many things there are to verify.
  ///   - verified: what an earlier check of the same bytes has seen already, up to its count.
  ///   - verify: whether the bytes of one are as they were written.
  package init(count: Int, verify: @escaping @Sendable (UInt32) -> Bool) {
    wordCount = (count + 31) / 32
    bits = .allocate(capacity: max(1, wordCount))
    bits.initialize(repeating: 0, count: max(1, wordCount))
    self.verify = verify
  }

  deinit { bits.deallocate() }

  /// Whether the bytes of `index` are sound; verifies them at the first call.
  @inline(__always)
  package func isSound(_ index: UInt32) -> Bool {
    bits[Int(index >> 5)] & (1 << (index & 31)) != 0 || check(index)
  }

  @inline(never)
  func check(_ index: UInt32) -> Bool {
    guard verify(index) else { return false }
    kindred_atomic_fetch_or_u32(bits + Int(index >> 5), 1 << (index & 31))
    return true
  }
}

/// A graph's bytes were not what was written.
package enum GraphError: Error, Equatable {
  /// The row of this slot failed its check.
  case damagedRow(Slot)
  /// This block of links failed its check.
  case damagedLinks(block: Int)
  /// A link of `slot` leads outside the graph.
  case linkOutOfRange(slot: Slot, link: UInt32)
}

extension GraphView {
  /// The row of `slot`, which the caller knows to be in range.
  package func row(_ slot: Slot) -> UnsafeRawPointer { rows.row(slot.rawValue) }

  /// Whether the row of `slot` is as it was written.
  package func isRowSound(_ slot: Slot) -> Bool { rowCheck?.isSound(slot.rawValue) ?? true }

  /// Whether block `block` of the links is as it was written.
  package func areLinksSound(block: Int) -> Bool { linkCheck?.isSound(UInt32(block)) ?? true }

  /// The blocks of what is walked over.
  package var rowTable: BlockTable { rows }

  /// The blocks of links, for a merge to begin from.
  package var linkTable: BlockTable { links }

  /// The upper layers; copy them before a change.
  package var upperLayers: UpperLayers { upper }
}
