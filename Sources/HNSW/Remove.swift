import Basics

extension GraphEditor {
  /// Behind dead nodes lie others, and where a tenth of all is dead there is no end to them. So the new neighbors of a
  /// node are chosen from two full lists and this many candidates more for each of its links that is lost, up to
  /// `listsOfCandidates` lists.
  private static let candidatesPerLoss = 128
  private static let listsOfCandidates = 64

  /// Takes nodes out of the graph: every node that links to one is linked to what lies behind it instead, then the
  /// slots' records are emptied and may be used again.
  /// - Parameters:
  ///   - dead: the slots to remove; those not in the graph are ignored.
  ///   - threads: threads to use, at least 1.
  ///   - isNode: whether a slot is in the graph, for the choice of a new entry point among nodes without links.
  /// - Complexity: one pass over all links, and a selection for each node that linked to a removed one.
  package func remove(
    _ dead: Set<UInt32>, threads: Int, isNode: (Slot) -> Bool
  ) throws(GraphError) {
    guard !dead.isEmpty else { return }
    let poolCapacity = parameters.m0 * Self.listsOfCandidates
    let dead = DeadSlots(slots: dead, slotCount: slotCount)
    let crews = crews(threads: threads, poolCapacity: poolCapacity)
    let levels = dead.slots.map { upper.level(of: $0) }.max() ?? 0
    for workers in crews {
      for layer in stride(from: levels, through: 0, by: -1) {
        bypass(dead, layer: layer, workers: workers)
        addReverseLinks(workers: workers)
      }
    }
    for slot in dead.slots where slot < UInt32(slotCount) {
      links.makePrivate(links.geometry.block(of: slot))
      let record = LinkSection.whole(m: parameters.m).base
      mutableLinks(slot, record, layer: 0)?.removeAll()
      if upper.level(of: slot) > 0 {
        upper.remove(slot)
        changedUpper.insert(slot)
      }
      nodeCount -= 1
    }
    if let entryPoint, dead.contains(entryPoint.rawValue) { chooseEntryPoint(except: dead, isNode: isNode) }
    countDistances(of: crews)
  }

  /// Links the nodes of one layer around the dead ones.
  private func bypass(_ dead: DeadSlots, layer: Int, workers: [InsertWorker]) {
    let rule = workers[0].rule
    let affected = nodesLinking(to: dead, rule.section.span(layer: layer), layer: layer)
    for slot in affected {
      if layer == 0 { links.makePrivate(links.geometry.block(of: slot)) } else { changedUpper.insert(slot) }
    }
    let frozen = FrozenEditor(editor: self, view: view(of: rule))
    parallelFor(count: affected.count, threads: workers.count, chunk: 16) { number, range in
      for index in range {
        frozen.editor.bypass(dead, around: affected[index], layer: layer, worker: workers[number])
      }
    }
  }

  /// The living nodes of a layer with a link to a dead one, ascending.
  private func nodesLinking(to dead: DeadSlots, _ span: LinkSpan, layer: Int) -> [UInt32] {
    var found: [UInt32] = []
    let list = UnsafeMutablePointer<UInt32>.allocate(capacity: span.width)
    defer { list.deallocate() }
    func visit(_ slot: UInt32) {
      guard !dead.contains(slot), let links = mutableLinks(slot, span, layer: layer) else { return }
      let count = links.copy(to: list)
      if (0..<count).contains(where: { dead.contains(list[$0]) }) { found.append(slot) }
    }
    if layer == 0 {
      for slot in 0..<UInt32(slotCount) { visit(slot) }
    } else {
      upper.forEach { slot, level in if level >= layer { visit(slot) } }
      found.sort()
    }
    return found
  }

  /// Selects new neighbors for `slot` from those behind its dead ones, beside its living ones. Only the lists of
  /// dead nodes are read beside its own, and no thread writes those.
  private func bypass(_ dead: DeadSlots, around slot: UInt32, layer: Int, worker: InsertWorker) {
    let span = worker.rule.section.span(layer: layer)
    let width = span.width
    guard let own = mutableLinks(slot, span, layer: layer) else { return }
    let context = worker.context
    context.begin(slotCount: slotCount, beamCapacity: 1)
    let (visited, epoch) = (context.visited, context.epoch)
    visited[Int(slot)] = epoch
    var pool: [UInt32] = []
    var behind: [UInt32] = []
    func take(_ list: LinkList) {
      for link in UnsafeBufferPointer(start: context.links, count: list.copy(to: context.links)) {
        guard link < UInt32(slotCount), visited[Int(link)] != epoch else { continue }
        visited[Int(link)] = epoch
        if dead.contains(link) { behind.append(link) } else { pool.append(link) }
      }
    }
    take(own)
    let before = pool
    let enough = min(worker.poolCapacity - width, 2 * width + Self.candidatesPerLoss * behind.count)
    var next = 0
    while next < behind.count && pool.count <= enough {
      mutableLinks(behind[next], span, layer: layer).map(take)
      next += 1
    }
    rank(pool, from: slot, worker: worker)
    for index in pool.indices where before.contains(worker.poolSlots[index]) {
      worker.poolSlots[index] |= NeighborSelection.keptMark
    }
    worker.selection.select(
      for: slot, from: worker.poolSlots, worker.poolDistances, pool.count, limit: width, marked: before.count)
    write(worker.selection, to: slot, span: span, layer: layer)
    for index in 0..<worker.selection.count where !before.contains(worker.selection.slots[index]) {
      worker.reverseLinks.append(
        ReverseLink(
          layer: UInt32(layer), target: worker.selection.slots[index], source: slot,
          distance: worker.selection.distances[index]))
    }
  }

  /// Begins searches at the highest node left, the lowest slot among equals.
  private func chooseEntryPoint(except dead: DeadSlots, isNode: (Slot) -> Bool) {
    entryPoint = nil
    maxLevel = 0
    var best: UInt32 = noSlot
    upper.forEach { slot, level in
      if level > maxLevel || (level == maxLevel && slot < best) { (maxLevel, best) = (level, slot) }
    }
    if best == noSlot {
      best = (0..<UInt32(slotCount)).first { !dead.contains($0) && isNode(Slot($0)) } ?? noSlot
    }
    if best != noSlot { entryPoint = Slot(best) }
  }
}

/// Slots to remove, and a bit for each slot that says whether it is one of them.
private struct DeadSlots {
  let slots: Set<UInt32>
  private var words: [UInt64]

  init(slots: Set<UInt32>, slotCount: Int) {
    self.slots = slots
    words = Array(repeating: 0, count: (slotCount + 63) / 64)
    for slot in slots where Int(slot) < slotCount { words[Int(slot >> 6)] |= 1 << UInt64(slot & 63) }
  }

  func contains(_ slot: UInt32) -> Bool {
    Int(slot >> 6) < words.count && words[Int(slot >> 6)] & (1 << UInt64(slot & 63)) != 0
  }
}
