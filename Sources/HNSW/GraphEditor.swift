package import VectorMath

/// A graph being changed in memory: built from nothing, or begun from a snapshot by a merge.
///
/// Only the calling thread may use an editor; its methods use several threads inside.
package final class GraphEditor {
  package let parameters: GraphParameters
  package let distance: DistanceFunction
  /// What distances are measured on, vectors or their codes, those of the nodes to come included.
  package let rows: BlockTable
  package let links: BlockStore
  package let upper: UpperLayers
  package internal(set) var slotCount: Int
  package internal(set) var entryPoint: Slot?
  package internal(set) var maxLevel: Int
  /// Nodes in the graph, which slots freed by removals are not.
  package internal(set) var nodeCount: Int
  /// Distances computed by this editor so far.
  package internal(set) var distanceComputations = 0
  /// Upper-layer nodes whose links or level changed, for whoever stores them.
  package internal(set) var changedUpper: Set<UInt32> = []

  /// - Parameters:
  ///   - rows: a row for every slot that is or will be in the graph.
  ///   - links: the base layer, empty or begun from a snapshot.
  ///   - upper: the upper layers, which the editor owns from now on.
  package init(
    parameters: GraphParameters, distance: DistanceFunction, rows: BlockTable, links: BlockStore,
    upper: UpperLayers, slotCount: Int = 0, nodeCount: Int = 0, entryPoint: Slot? = nil,
    maxLevel: Int = 0
  ) {
    self.parameters = parameters
    self.distance = distance
    self.rows = rows
    self.links = links
    self.upper = upper
    self.slotCount = slotCount
    self.nodeCount = nodeCount
    self.entryPoint = entryPoint
    self.maxLevel = maxLevel
  }

  /// The graph as it is now; invalid after the next change.
  package var view: GraphView {
    GraphView(
      rows: rows, links: links.table, upper: upper, distance: distance, slotCount: slotCount,
      entryPoint: entryPoint, maxLevel: maxLevel)
  }
}

/// A link to add: from `target` back to the node `source` that chose it.
struct ReverseLink {
  var layer: UInt32
  var target: UInt32
  var source: UInt32
  var distance: Float

  @inline(__always) var key: UInt64 { UInt64(layer) << 32 | UInt64(target) }
}

/// What one thread needs while inserting.
final class InsertWorker: @unchecked Sendable {  // used by one thread at a time, handed out by worker number
  let context: SearchContext
  let selection: NeighborSelection
  let query: UnsafeMutableRawPointer
  let poolSlots: UnsafeMutablePointer<UInt32>
  let poolDistances: UnsafeMutablePointer<Float>
  let poolCapacity: Int
  var reverseLinks: [ReverseLink] = []
  var damage: GraphError?

  init(editor: GraphEditor, poolCapacity: Int) {
    context = SearchContext(m0: editor.parameters.m0)
    selection = NeighborSelection(
      rows: editor.rows, distance: editor.distance, limit: editor.parameters.m0)
    query = .allocate(byteCount: editor.distance.queryByteCount, alignment: RowLayout.alignmentBytes)
    self.poolCapacity = poolCapacity
    poolSlots = .allocate(capacity: poolCapacity)
    poolDistances = .allocate(capacity: poolCapacity)
  }

  deinit {
    query.deallocate()
    poolSlots.deallocate()
    poolDistances.deallocate()
  }
}
