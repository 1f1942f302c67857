package import VectorMath

/// A graph as a search sees it: addresses, the entry point and how to measure distance.
///
/// Rows and links are borrowed; the owner keeps them alive and unchanged while a search runs.
package struct GraphView {
  /// The blocks of what is walked over.
  @usableFromInline package let rows: BlockTable
  /// The blocks of links.
  @usableFromInline package let links: BlockTable
  /// How records of the base layer are laid out.
  package let linkFormat: LinkFormat
  package let upper: UpperLinks
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
  @usableFromInline let rowCheck: RecordCheck?
  @usableFromInline let linkCheck: RecordCheck?

  /// - Parameters:
  ///   - section: the part of the records to walk over; all of it as one list if nil.
  ///   - rowCheck: verifies a row before its first use; nil where the memory is our own.
  ///   - linkCheck: verifies a node's links before their first use.
  package init(
    rows: BlockTable, links: BlockTable, linkFormat: LinkFormat, upper: UpperLinks,
    distance: DistanceFunction, slotCount: Int,
    entryPoint: Slot?, maxLevel: Int, section: LinkSection? = nil, rowCheck: RecordCheck? = nil,
    linkCheck: RecordCheck? = nil
  ) {
    self.rows = rows
    self.links = links
    self.linkFormat = linkFormat
    self.upper = upper
    self.distance = distance
    self.slotCount = slotCount
    self.entryPoint = entryPoint
    self.maxLevel = maxLevel
    self.rowCheck = rowCheck
    self.linkCheck = linkCheck
    self.section = section ?? .whole(m: upper.m)
  }

  /// The lists of links of a layer, the base being 0.
  @inline(__always)
  func baseLists() -> BaseLayerLinks { baseLists(section.base) }

  @inline(__always)
  func baseLists(_ span: LinkSpan) -> BaseLayerLinks {
    BaseLayerLinks(table: links, format: linkFormat, span: span)
  }

  @inline(__always)
  func upperLists(layer: Int) -> UpperLayerLinks { upperLists(section.upper, layer: layer) }

  @inline(__always)
  func upperLists(_ span: LinkSpan, layer: Int) -> UpperLayerLinks {
    UpperLayerLinks(upper: upper, layer: layer, format: .upper(m: upper.m), span: span)
  }
}

/// A graph's bytes were not what was written.
package enum GraphError: Error, Equatable {
  /// The row of this slot failed its check.
  case damagedRow(Slot)
  /// This block of links failed its check.
  case damagedLinks(block: Int)
  /// This block of the upper layers failed its check.
  case damagedUpper(block: Int)
  /// A link of `slot` leads outside the graph.
  case linkOutOfRange(slot: Slot, link: UInt32)
}

extension GraphView {
  /// Whether the row of `slot` is as it was written.
  package func isRowSound(_ slot: Slot) -> Bool { rowCheck?.isSound(slot.rawValue) ?? true }

  /// Whether block `block` of the links is as it was written.
  package func areLinksSound(block: Int) -> Bool { linkCheck?.isSound(block: block) ?? true }
}
