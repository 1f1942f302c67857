import Basics
import CKernels
import VectorMath

extension GraphEditor {
  /// The largest number of nodes inserted against one state of the graph.
  private static let batchLimit = 2_048
  /// A batch is at most this part of the graph, so that few true neighbors are in the same batch and missed
  /// (prefix doubling with a bound, as Manohar et al., ParlayANN, 2024).
  private static let batchDivisor = 50

  /// Algorithm 1 (INSERT) in batches: the nodes of a batch look for their neighbors in the graph as it was before the
  /// batch, then every node that was chosen takes its reverse links at once. No thread ever waits for a lock and the
  /// result does not depend on the number of threads.
  /// - Parameters:
  ///   - slots: nodes that have a row and are not in the graph, in the order of insertion.
  ///   - threads: threads to use, at least 1.
  ///   - progress: receives the number inserted after each batch; returning false ends the work early.
  /// - Throws: `GraphError` if the graph it began from is damaged.
  package func insert(
    _ slots: [Slot], threads: Int, progress: ((Int) -> Bool)? = nil
  ) throws(GraphError) {
    guard let highest = slots.max() else { return }
    precondition(
      linkFormat.holds(slotCount: Int(highest.rawValue) + 1) && Int(highest.rawValue) < Limits.slotCount,
      "slot out of range")
    links.grow(toSlots: Int(highest.rawValue) + 1)
    slotCount = max(slotCount, Int(highest.rawValue) + 1)
    let poolCapacity = parameters.m0 + Self.batchLimit
    let crews = crews(threads: threads, poolCapacity: poolCapacity)
    var done = 0
    while done < slots.count {
      let batch = nextBatch(of: slots, from: done)
      try insertBatch(Array(batch), crews: crews)
      done = batch.endIndex
      if let progress, !progress(done) { break }
    }
    countDistances(of: crews)
  }

  /// A node that rises above the graph is a batch of its own: two in one batch could not link to each other.
  private func nextBatch(of slots: [Slot], from first: Int) -> ArraySlice<Slot> {
    let size = min(Self.batchLimit, max(1, nodeCount / Self.batchDivisor))
    var end = min(slots.count, first + size)
    for index in first..<end where parameters.level(of: slots[index]) > maxLevel {
      end = max(first + 1, index)
      break
    }
    return slots[first..<end]
  }

  private func insertBatch(_ batch: [Slot], crews: [[InsertWorker]]) throws(GraphError) {
    for slot in batch {
      links.makePrivate(links.geometry.block(of: slot.rawValue))
      let level = parameters.level(of: slot)
      if level > 0 {
        upper.add(slot.rawValue, level: level)
        changedUpper.insert(slot.rawValue)
      }
    }
    if entryPoint != nil {
      for workers in crews {
        try findNeighbors(batch, workers: workers)
        addReverseLinks(workers: workers)
      }
    }
    nodeCount += batch.count
    for slot in batch {
      let level = parameters.level(of: slot)
      if entryPoint == nil || level > maxLevel {
        entryPoint = slot
        maxLevel = level
      }
    }
  }

  /// First half of a batch: each node searches the graph and writes its own links.
  private func findNeighbors(_ batch: [Slot], workers: [InsertWorker]) throws(GraphError) {
    let frozen = FrozenEditor(editor: self, view: view(of: workers[0].rule))
    try parallelFor(count: batch.count, threads: workers.count) { number, range throws(GraphError) in
      for index in range {
        try frozen.editor.findNeighbors(of: batch[index], in: frozen.view, worker: workers[number])
      }
    }
  }

  private func findNeighbors(of slot: Slot, in view: GraphView, worker: InsertWorker) throws(GraphError) {
    guard let entryPoint else { return }
    let query = worker.selection.query(slot.rawValue, in: worker.query)
    let level = min(parameters.level(of: slot), maxLevel)
    let ef = parameters.efConstruction
    var start = try view.descend(query, from: entryPoint, to: level, context: worker.context)
    for layer in stride(from: level, through: 0, by: -1) {
      worker.context.begin(slotCount: slotCount, beamCapacity: ef + 1)
      if layer == 0 {
        try view.searchLayer(
          query, view.baseLists(), from: start, ef: ef, AdmitAll(), view.linkCheck, context: worker.context)
      } else {
        try view.searchLayer(
          query, view.upperLists(layer: layer), from: start, ef: ef, AdmitAll(), nil, context: worker.context)
      }
      let context = worker.context
      start = context.candidateSlot(0)
      let limit = parameters.chosenLinks(layer: layer, in: worker.rule.section)
      worker.selection.select(
        for: slot.rawValue, from: context.beamSlots, context.beamDistances, context.beamCount, limit: limit)
      if worker.selection.twinCount > 0, worker.selection.twinCount == worker.selection.count {
        selectBehindTwins(of: slot.rawValue, layer: layer, limit: limit, worker: worker)
      }
      write(worker.selection, to: slot.rawValue, span: worker.rule.section.span(layer: layer), layer: layer)
      for index in 0..<worker.selection.count {
        worker.reverseLinks.append(
          ReverseLink(
            layer: UInt32(layer), target: worker.selection.slots[index], source: slot.rawValue,
            distance: worker.selection.distances[index]))
      }
    }
  }

  /// Selects again for a node that found nothing but twins, which fill a beam where there are many: from what those
  /// lead to.
  private func selectBehindTwins(of slot: UInt32, layer: Int, limit: Int, worker: InsertWorker) {
    let span = worker.rule.section.span(layer: layer)
    var seen: Set<UInt32> = [slot]
    var pool: [UInt32] = []
    for index in 0..<worker.context.beamCount {
      let twin = worker.context.candidateSlot(index)
      if seen.insert(twin).inserted { pool.append(twin) }
      guard let list = mutableLinks(twin, span, layer: layer) else { continue }
      let count = list.copy(to: worker.context.links)
      for link in UnsafeBufferPointer(start: worker.context.links, count: count)
      where seen.insert(link).inserted { pool.append(link) }
      if pool.count > worker.poolCapacity - parameters.m0 { break }
    }
    rank(pool, from: slot, worker: worker)
    worker.selection.select(
      for: slot, from: worker.poolSlots, worker.poolDistances, pool.count, limit: limit)
  }

  /// Leaves `pool`, nearest to `slot` first, in the worker's pool.
  func rank(_ pool: [UInt32], from slot: UInt32, worker: InsertWorker) {
    let query = worker.selection.query(slot, in: worker.query)
    let context = worker.context
    var first = 0
    while first < pool.count {
      let size = min(context.batchCapacity, pool.count - first)
      for index in 0..<size { context.batchRows[index] = rows.row(pool[first + index]) }
      worker.rule.distance(
        query: query, rows: context.batchRows, count: size, out: worker.poolDistances + first)
      for index in 0..<size { worker.poolSlots[first + index] = pool[first + index] }
      first += size
    }
    context.distanceComputations += pool.count
    sortNearestFirst(worker.poolSlots, worker.poolDistances, count: pool.count)
  }

  /// The writable links of `slot` in a span of its record of `layer`.
  package func mutableLinks(_ slot: UInt32, _ span: LinkSpan, layer: Int) -> LinkList? {
    guard layer > 0 else { return LinkList(record: links.mutableRow(slot), format: linkFormat, span: span) }
    return upper.links(of: slot, layer: layer).map {
      LinkList(record: UnsafeMutableRawPointer($0), format: .upper(m: upper.m), span: span)
    }
  }

  /// Replaces the links of `slot` in a span of its record of `layer` by a selection.
  func write(_ selection: NeighborSelection, to slot: UInt32, span: LinkSpan, layer: Int) {
    mutableLinks(slot, span, layer: layer)?.replace(with: selection.slots, count: selection.count)
  }

  /// Second half of a batch: each chosen node takes the links back to those who chose it.
  func addReverseLinks(workers: [InsertWorker]) {
    var all: [ReverseLink] = []
    for worker in workers {
      all.append(contentsOf: worker.reverseLinks)
      worker.reverseLinks.removeAll(keepingCapacity: true)
    }
    all.sort { ($0.key, $0.source) < ($1.key, $1.source) }
    var groups: [Range<Int>] = []
    var first = 0
    while first < all.count {
      var end = first + 1
      while end < all.count && all[end].key == all[first].key { end += 1 }
      groups.append(first..<end)
      if all[first].layer == 0 {
        links.makePrivate(links.geometry.block(of: all[first].target))
      } else {
        changedUpper.insert(all[first].target)
      }
      first = end
    }
    let frozen = FrozenEditor(editor: self, view: view(of: workers[0].rule))
    let (sorted, ranges) = (all, groups)
    parallelFor(count: ranges.count, threads: workers.count, chunk: 16) { number, range in
      for index in range { frozen.editor.addLinks(sorted[ranges[index]], worker: workers[number]) }
    }
  }

  /// Adds reverse links to one node, selecting among all where they do not all fit.
  private func addLinks(_ incoming: ArraySlice<ReverseLink>, worker: InsertWorker) {
    guard let head = incoming.first else { return }
    let layer = Int(head.layer)
    let span = worker.rule.section.span(layer: layer)
    let width = span.width
    guard width > 0, let links = mutableLinks(head.target, span, layer: layer) else { return }
    let context = worker.context
    var count = links.copy(to: context.links)
    let present = UnsafeBufferPointer(start: context.links, count: count)
    let new = incoming.filter { !present.contains($0.source) }
    if count + new.count <= width {
      for link in new {
        links[count] = link.source
        count += 1
      }
      return
    }
    for index in 0..<count { context.batchRows[index] = rows.row(context.links[index]) }
    let query = worker.selection.query(head.target, in: worker.query)
    worker.rule.distance(query: query, rows: context.batchRows, count: count, out: context.batchDistances)
    context.distanceComputations += count
    for index in 0..<count {
      worker.poolSlots[index] = context.links[index]
      worker.poolDistances[index] = context.batchDistances[index]
    }
    // More than there is room for comes only where all of a space leads to one node; the first come are as good as any.
    let poolCount = min(count + new.count, worker.poolCapacity)
    for (index, link) in new.prefix(poolCount - count).enumerated() {
      worker.poolSlots[count + index] = link.source
      worker.poolDistances[count + index] = link.distance
    }
    sortNearestFirst(worker.poolSlots, worker.poolDistances, count: poolCount)
    worker.selection.select(
      for: head.target, from: worker.poolSlots, worker.poolDistances, poolCount, limit: width)
    write(worker.selection, to: head.target, span: span, layer: layer)
  }
}

/// An editor lent to several threads for one phase, in which each thread writes only the nodes it was given.
// phases partition the nodes; nothing is read that another thread writes
struct FrozenEditor: @unchecked Sendable {
  let editor: GraphEditor
  let view: GraphView
}
