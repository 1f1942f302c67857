import CKernels
import Records
import VectorMath

/// Which nodes a search may return. The others are walked through all the same.
package protocol Admission {
  /// Whether every node is admitted, so that the loop need not ask.
  static var admitsAll: Bool { get }
  func admits(_ slot: UInt32) -> Bool
}

/// Admits every node.
package struct AdmitAll: Admission {
  package init() {}
  package static var admitsAll: Bool { true }
  @inline(__always) package func admits(_ slot: UInt32) -> Bool { true }
}

/// Admits the nodes whose bit is set.
package struct AdmitBits: Admission, @unchecked Sendable {  // read-only words, kept alive by the caller
  let words: UnsafePointer<UInt64>
  /// - Parameter words: bit `n % 64` of word `n / 64` is set where slot `n` is admitted.
  package init(words: UnsafePointer<UInt64>) { self.words = words }
  package static var admitsAll: Bool { false }
  @inline(__always) package func admits(_ slot: UInt32) -> Bool {
    words[Int(slot >> 6)] & (1 << UInt64(slot & 63)) != 0
  }
}

/// Where a layer's links are found.
protocol LayerLinks {
  var format: LinkFormat { get }
  var span: LinkSpan { get }
  /// The record of a node; nil where it does not reach the layer.
  func record(_ slot: UInt32) -> UnsafeRawPointer?
  /// The links in the span of a record, read into `room` where they are not there as words.
  func links(in record: UnsafeRawPointer, _ room: UnsafeMutablePointer<UInt32>) -> UnsafePointer<UInt32>
}

extension LayerLinks {
  /// Visits the links of a node until `body` returns false.
  @inline(__always)
  func forEachLink(_ slot: UInt32, _ body: (UInt32) -> Bool) {
    guard let record = record(slot) else { return }
    var index = 0
    while index < span.width {
      let link = format.link(in: record, at: span.start &+ index)
      if link == noSlot {
        if index >= span.second { return }
        index = span.second
        continue
      }
      if !body(link) { return }
      index &+= 1
    }
  }
}

struct BaseLayerLinks: LayerLinks {
  let table: BlockTable
  let format: LinkFormat
  let span: LinkSpan
  @inline(__always) func record(_ slot: UInt32) -> UnsafeRawPointer? { table.row(slot) }
  @inline(__always) func links(
    in record: UnsafeRawPointer, _ room: UnsafeMutablePointer<UInt32>
  ) -> UnsafePointer<UInt32> {
    format.read(record, span, into: room)
    return UnsafePointer(room)
  }
}

struct UpperLayerLinks: LayerLinks {
  let upper: UpperLinks
  let layer: Int
  let format: LinkFormat
  let span: LinkSpan
  @inline(__always) func record(_ slot: UInt32) -> UnsafeRawPointer? {
    upper.links(of: slot, layer: layer).map { UnsafeRawPointer($0) }
  }
  @inline(__always) func links(
    in record: UnsafeRawPointer, _ room: UnsafeMutablePointer<UInt32>
  ) -> UnsafePointer<UInt32> {
    record.assumingMemoryBound(to: UInt32.self) + span.start
  }
}

extension GraphView {
  /// Algorithm 5 (K-NN-SEARCH): descends to the base layer and leaves its beam in `context`, best first.
  /// - Parameters:
  ///   - query: prepared by the graph's distance function, from a vector that is normalised where the metric wants it.
  ///   - efSearch: admitted candidates kept, at least 1; larger raises recall and time.
  ///   - passing: nodes that may lie in the beam without being admitted, at least; when more would, the context says
  ///     that the search was cut short.
  ///   - distanceLimit: under a filter, distances after which the search gives up and is cut short too.
  /// - Throws: `GraphError` when rows or links are not what was written.
  package func search<A: Admission>(
    _ query: UnsafeRawPointer, efSearch: Int, admitting admission: A, passing: Int = 0,
    distanceLimit: Int = .max, context: SearchContext
  ) throws(GraphError) {
    context.begin(slotCount: slotCount, beamCapacity: beamCapacity(ef: efSearch, passing: passing, A.self))
    guard let entryPoint else { return }
    let start = try descend(query, from: entryPoint, to: 0, context: context)
    try searchLayer(
      query, baseLists(), from: start, ef: efSearch, admission, linkCheck, distanceLimit: distanceLimit,
      context: context)
  }

  /// Room for the admitted candidates and, under a filter, for the nodes walked through between them.
  private func beamCapacity<A: Admission>(ef: Int, passing: Int, _: A.Type) -> Int {
    A.admitsAll ? ef + 1 : min(slotCount, max(passing, 16 * ef + 1024)) + ef + 1
  }

  /// Greedy walk from `entry` through the layers above `layer`.
  func descend(
    _ query: UnsafeRawPointer, from entry: Slot, to layer: Int, context: SearchContext
  ) throws(GraphError) -> UInt32 {
    var nearest = entry.rawValue
    guard maxLevel > layer else { return nearest }
    if let rowCheck, !rowCheck.isSound(nearest) { throw .damagedRow(entry) }
    var nearestDistance = measure(query, nearest, context)
    for upperLayer in stride(from: maxLevel, to: layer, by: -1) {
      var moved = true
      while moved {
        moved = false
        let count = try gather(upperLists(layer: upperLayer), of: nearest, context: context)
        distance(query: query, rows: context.batchRows, count: count, out: context.batchDistances)
        context.distanceComputations &+= count
        for index in 0..<count where context.batchDistances[index] < nearestDistance {
          nearestDistance = context.batchDistances[index]
          nearest = context.batchSlots[index]
          moved = true
        }
      }
    }
    return nearest
  }

  @inline(__always)
  private func measure(_ query: UnsafeRawPointer, _ slot: UInt32, _ context: SearchContext) -> Float {
    context.batchRows[0] = rows.row(slot)
    distance(query: query, rows: context.batchRows, count: 1, out: context.batchDistances)
    context.distanceComputations &+= 1
    return context.batchDistances[0]
  }

  /// Puts all links of a node into the batch.
  private func gather(
    _ lists: UpperLayerLinks, of slot: UInt32, context: SearchContext
  ) throws(GraphError) -> Int {
    guard upper.isSound(slot) else { throw .damagedUpper(block: Int(slot / UpperBlock.slotsPerBlock)) }
    var count = 0
    var damage: GraphError?
    lists.forEachLink(slot) { link in
      if link >= slotCount {
        damage = .linkOutOfRange(slot: Slot(slot), link: link)
      } else if let rowCheck, !rowCheck.isSound(link) {
        damage = .damagedRow(Slot(link))
      } else {
        context.batchSlots[count] = link
        context.batchRows[count] = rows.row(link)
        count += 1
      }
      return damage == nil
    }
    if let damage { throw damage }
    return count
  }

  /// Algorithm 2 (SEARCH-LAYER) with one sorted beam in place of two heaps: the nearest candidate not yet expanded
  /// is expanded until none is left within the `ef` best admitted. Not admitted nodes stay in the beam, uncounted,
  /// for as long as they are nearer than the last admitted one.
  @inline(__always)
  func searchLayer<Links: LayerLinks, A: Admission>(
    _ query: UnsafeRawPointer, _ layer: Links, from start: UInt32, ef: Int, _ admission: A,
    _ linkCheck: RecordCheck?, distanceLimit: Int = .max, context: SearchContext
  ) throws(GraphError) {
    let visited = context.visited
    let epoch = context.epoch
    let beamDistances = context.beamDistances
    let beamSlots = context.beamSlots
    let batchSlots = context.batchSlots
    let batchRows = context.batchRows
    let batchDistances = context.batchDistances
    let capacity = A.admitsAll ? ef : context.beamCapacity
    let slotLimit = UInt32(truncatingIfNeeded: slotCount)
    let rows = self.rows
    let distance = self.distance
    let (width, second) = (layer.span.width, layer.span.second)
    let recordBytes = layer.format.byteCount

    if let rowCheck, !rowCheck.isSound(start) { throw .damagedRow(Slot(start)) }
    visited[Int(start)] = epoch
    beamDistances[0] = measure(query, start, context)
    beamSlots[0] = start
    var count = 1
    var admitted = A.admitsAll || admission.admits(start) ? 1 : 0
    var cursor = 0
    var computed = 0
    var isCutShort = false

    while cursor < count {
      let node = beamSlots[cursor]
      beamSlots[cursor] = node | expandedBit
      if cursor &+ 1 < count, beamSlots[cursor &+ 1] & expandedBit == 0,
        let record = layer.record(beamSlots[cursor &+ 1])
      {
        kindred_prefetch_row(record, recordBytes)
      }
      if let linkCheck, !linkCheck.isSound(node) {
        throw .damagedLinks(block: links.geometry.block(of: node))
      }
      guard let record = layer.record(node) else { cursor &+= 1; continue }
      let nodeLinks = layer.links(in: record, context.links)
      var batch = 0
      var index = 0
      while index < width {
        let link = nodeLinks[index]
        if link >= slotLimit {
          if link == noSlot {
            if index >= second { break }
            index = second
            continue
          }
          throw .linkOutOfRange(slot: Slot(node), link: link)
        }
        index &+= 1
        // Written whether or not it is new, counted only if it is: no branch to mispredict.
        batchSlots[batch] = link
        batch &+= visited[Int(link)] == epoch ? 0 : 1
        visited[Int(link)] = epoch
      }
      index = 0
      while index < batch {
        let link = batchSlots[index]
        if let rowCheck, !rowCheck.isSound(link) { throw .damagedRow(Slot(link)) }
        batchRows[index] = rows.row(link)
        index &+= 1
      }
      distance(query: query, rows: batchRows, count: batch, out: batchDistances)
      computed &+= batch
      if !A.admitsAll && computed > distanceLimit {
        isCutShort = true
        break
      }
      // Everything before the cursor is expanded; an insertion before it moves it back.
      cursor &+= 1
      var candidate = 0
      while candidate < batch {
        let candidateDistance = batchDistances[candidate]
        let slot = batchSlots[candidate]
        candidate &+= 1
        let full = admitted >= ef
        if full && candidateDistance >= beamDistances[count &- 1] { continue }
        if !A.admitsAll && count == capacity {
          isCutShort = true
          if candidateDistance >= beamDistances[count &- 1] { continue }
          count &-= 1
          if admission.admits(beamSlots[count] & ~expandedBit) { admitted &-= 1 }
        }
        if A.admitsAll && full {
          count &-= 1
        }
        var low = 0
        var high = count
        while low < high {
          let middle = (low &+ high) &>> 1
          if beamDistances[middle] <= candidateDistance { low = middle &+ 1 } else { high = middle }
        }
        (beamDistances + (low &+ 1)).update(from: beamDistances + low, count: count &- low)
        (beamSlots + (low &+ 1)).update(from: beamSlots + low, count: count &- low)
        beamDistances[low] = candidateDistance
        beamSlots[low] = slot
        count &+= 1
        if low <= cursor {
          // The next to be expanded, for all that is known now: its links arrive while the others are sorted in.
          if let record = layer.record(slot) { kindred_prefetch_row(record, recordBytes) }
          cursor = low
        }
        if A.admitsAll {
          admitted = count
        } else if admission.admits(slot) {
          admitted &+= 1
          if admitted > ef { (count, admitted) = trim(admission, beamSlots, count, admitted, ef) }
        }
      }
      while cursor < count && beamSlots[cursor] & expandedBit != 0 { cursor &+= 1 }
    }
    context.beamCount = count
    context.isCutShort = isCutShort
    context.distanceComputations &+= computed
  }

  /// Cuts the beam behind its `ef`-th admitted candidate.
  private func trim<A: Admission>(
    _ admission: A, _ slots: UnsafePointer<UInt32>, _ count: Int, _ admitted: Int, _ ef: Int
  ) -> (count: Int, admitted: Int) {
    var (count, admitted) = (count, admitted)
    while count > 0 && (admitted > ef || !admission.admits(slots[count &- 1] & ~expandedBit)) {
      if admission.admits(slots[count &- 1] & ~expandedBit) { admitted &-= 1 }
      count &-= 1
    }
    return (count, admitted)
  }
}

/// Marks a candidate of the beam whose neighbors have been examined.
private let expandedBit: UInt32 = 1 << 31
