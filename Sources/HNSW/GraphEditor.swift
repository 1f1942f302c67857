package import VectorMath

/// A graph being changed in memory: built from nothing, or begun from a snapshot by a merge.
///
/// Only the calling thread may use an editor; its methods use several threads inside.
package final class GraphEditor {
  package let parameters: GraphParameters
  /// The graphs that share the records, each with a section of its own.
  package let rules: [LinkRule]
  /// What distances are measured on, vectors or their codes, those of the nodes to come included.
  package let rows: BlockTable
  package let links: BlockStore
  /// How records of the base layer are laid out.
  package let linkFormat: LinkFormat
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
  ///   - rules: at least one; the last is the one that unreachable nodes are linked by.
  ///   - rows: a row for every slot that is or will be in the graph.
  ///   - links: the base layer, empty or begun from a snapshot.
  ///   - linkFormat: how its records are laid out, with bits enough for every slot there will be.
  ///   - upper: the upper layers, which the editor owns from now on.
  package init(
    parameters: GraphParameters, rules: [LinkRule], rows: BlockTable, links: BlockStore,
    linkFormat: LinkFormat, upper: UpperLayers,
    slotCount: Int = 0, nodeCount: Int = 0, entryPoint: Slot? = nil,
    maxLevel: Int = 0
  ) {
    precondition(!rules.isEmpty, "a graph needs a rule to choose links by")
    self.parameters = parameters
    self.rules = rules
    self.rows = rows
    self.links = links
    self.linkFormat = linkFormat
    self.upper = upper
    self.slotCount = slotCount
    self.nodeCount = nodeCount
    self.entryPoint = entryPoint
    self.maxLevel = maxLevel
  }

  /// The graph as it is now, all lists of it, measured by the first rule's distance; invalid after the next change.
  package var view: GraphView {
    view(rules[0].distance, rules.count == 1 ? rules[0].section : .both(m: parameters.m))
  }

  /// The same walked over other rows of the same slots, such as codes of them.
  package func view(over rows: BlockTable, _ distance: DistanceFunction) -> GraphView {
    let graph = view
    return GraphView(
      rows: rows, links: graph.links, linkFormat: linkFormat, upper: .edited(upper), distance: distance,
      slotCount: slotCount, entryPoint: entryPoint, maxLevel: maxLevel, section: graph.section)
  }

  /// The graph of one rule alone.
  func view(of rule: LinkRule) -> GraphView { view(rule.distance, rule.section) }

  func view(_ distance: DistanceFunction, _ section: LinkSection) -> GraphView {
    GraphView(
      rows: rows, links: links.table, linkFormat: linkFormat, upper: .edited(upper), distance: distance,
      slotCount: slotCount, entryPoint: entryPoint, maxLevel: maxLevel, section: section)
  }

  /// Workers for each rule, one to a thread.
  func crews(threads: Int, poolCapacity: Int) -> [[InsertWorker]] {
    rules.map { rule in
      (0..<max(1, threads)).map { _ in InsertWorker(editor: self, rule: rule, poolCapacity: poolCapacity) }
    }
  }

  func countDistances(of crews: [[InsertWorker]]) {
    for worker in crews.joined() {
      distanceComputations += worker.context.distanceComputations + worker.selection.distanceComputations
    }
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

/// What one thread needs while it links nodes by one rule.
final class InsertWorker: @unchecked Sendable {  // used by one thread at a time, handed out by worker number
  let rule: LinkRule
  let context: SearchContext
  let selection: NeighborSelection
  let query: UnsafeMutableRawPointer
  let poolSlots: UnsafeMutablePointer<UInt32>
  let poolDistances: UnsafeMutablePointer<Float>
  let poolCapacity: Int
  var reverseLinks: [ReverseLink] = []

  init(editor: GraphEditor, rule: LinkRule, poolCapacity: Int) {
    self.rule = rule
    context = SearchContext(m0: editor.parameters.m0)
    selection = NeighborSelection(
      rows: editor.rows, distance: rule.distance, limit: editor.parameters.m0)
    query = .allocate(byteCount: rule.distance.queryByteCount, alignment: RowLayout.alignmentBytes)
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
