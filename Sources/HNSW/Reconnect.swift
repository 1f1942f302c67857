/// The nodes that some path of links, of any layer, leads to, and for each the one that led to it first.
struct ReachedNodes {
  /// By slot; the sentinel where nothing leads.
  private var leaders: [UInt32]
  private var stack: [UInt32] = []

  init(slotCount: Int) { leaders = Array(repeating: noSlot, count: slotCount) }

  func contains(_ slot: UInt32) -> Bool { leaders[Int(slot)] != noSlot }

  /// Whether `slot` would still be reached without the links from `node`.
  func isReached(_ slot: UInt32, without node: UInt32) -> Bool {
    Int(slot) < leaders.count && leaders[Int(slot)] != node
  }

  /// Adds a node, reached from `leader`, and all that its links lead to; links out of range are passed over.
  /// - Returns: how many nodes were not there before.
  @discardableResult
  mutating func add(_ slot: UInt32, from leader: UInt32, in view: GraphView) -> Int {
    var count = mark(slot, from: leader) ? 1 : 0
    guard count > 0 else { return 0 }
    let base = view.baseLists()
    while let node = stack.popLast() {
      base.forEachLink(node) { link in
        if mark(link, from: node) { count += 1 }
        return true
      }
      let level = view.upper.level(of: node)
      for layer in stride(from: level, to: 0, by: -1) {
        view.upperLists(layer: layer).forEachLink(node) { link in
          if mark(link, from: node) { count += 1 }
          return true
        }
      }
    }
    return count
  }

  @inline(__always)
  private mutating func mark(_ slot: UInt32, from leader: UInt32) -> Bool {
    guard Int(slot) < leaders.count, !contains(slot) else { return false }
    leaders[Int(slot)] = leader
    stack.append(slot)
    return true
  }
}

extension GraphEditor {
  /// Links every node that no path leads to from a near one: HNSW's selection drops the last link to a node where
  /// others seem to lead there, which they need not, above all among many equal vectors.
  ///
  /// The last rule's distance decides what is near, and its section of the records takes the links.
  /// - Parameter isNode: whether a slot is in the graph.
  /// - Returns: links added.
  /// - Complexity: one pass over all links, and a search for each node that was not reached.
  @discardableResult
  package func reconnect(isNode: (Slot) -> Bool) throws(GraphError) -> Int {
    guard let entryPoint, let rule = rules.last else { return 0 }
    var reached = ReachedNodes(slotCount: slotCount)
    let entry = entryPoint.rawValue
    guard reached.add(entry, from: entry, in: view) < nodeCount else { return 0 }
    let worker = InsertWorker(editor: self, rule: rule, poolCapacity: parameters.m0)
    defer { countDistances(of: [[worker]]) }
    var added = 0
    for slot in 0..<UInt32(slotCount) where !reached.contains(slot) && isNode(Slot(slot)) {
      guard let (host, place) = try host(for: slot, reached, worker) else { continue }
      links.makePrivate(links.geometry.block(of: host))
      mutableLinks(host, rule.section.base, layer: 0)?[place] = slot
      added += 1
      reached.add(slot, from: host, in: view)
    }
    return added
  }

  /// The nearest reached node with room for one more link, or with one to spare where none near has room, and the
  /// place in its list.
  private func host(
    for slot: UInt32, _ reached: ReachedNodes, _ worker: InsertWorker
  ) throws(GraphError) -> (host: UInt32, place: Int)? {
    // All lists are walked, so that whatever is found is reached.
    let graph = view(worker.rule.distance, rules.count == 1 ? worker.rule.section : .both(m: parameters.m))
    let query = worker.selection.query(slot, in: worker.query)
    let context = worker.context
    var ef = parameters.efConstruction
    while true {
      try graph.search(query, efSearch: ef, admitting: AdmitAll(), context: context)
      let found = (0..<context.beamCount).lazy.map { context.candidateSlot($0) }
      for host in found { if let place = freePlace(host, worker.rule.section.base) { return (host, place) } }
      for host in found {
        if let place = sparePlace(host, worker.rule.section.base, reached) { return (host, place) }
      }
      if context.beamCount < ef { return nil }
      ef *= 4
    }
  }

  /// Where the list of `slot` ends, if it has room.
  private func freePlace(_ slot: UInt32, _ span: LinkSpan) -> Int? {
    guard let list = mutableLinks(slot, span, layer: 0), list[span.width - 1] == noSlot else { return nil }
    return (0..<span.width).first { list[$0] == noSlot }
  }

  /// The last link of `slot` that nothing depends on.
  private func sparePlace(_ slot: UInt32, _ span: LinkSpan, _ reached: ReachedNodes) -> Int? {
    guard let list = mutableLinks(slot, span, layer: 0) else { return nil }
    return (0..<span.width).last { reached.isReached(list[$0], without: slot) }
  }
}
