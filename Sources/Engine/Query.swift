import Filters
import HNSW
package import Records
import VectorMath

/// How hard a query looks.
package enum Effort: Sendable, Equatable {
  /// Every vector is compared.
  case exact
  /// A graph search with a beam of this width.
  case beam(Int)
}

/// One vector that a query found.
package struct Hit: Sendable, Equatable {
  package var ordinal: Ordinal
  package var id: String
  /// The metric's internal distance: smaller is nearer.
  package var distance: Float
}

/// What may be answered: the ordinals that pass the filter, less some.
package struct Restriction: Sendable {
  package let allowed: FilterMatches?
  package let excluded: Set<Ordinal>
  /// The excluded ones as bits: a scan asks for every vector.
  private let excludedBits: Bitmap?

  package init(allowed: FilterMatches? = nil, excluded: Set<Ordinal> = []) {
    self.allowed = allowed
    self.excluded = excluded
    excludedBits = excluded.max().map { last in
      Bitmap(count: Int(last.rawValue) + 1, ordinals: excluded.map(\.rawValue))
    }
  }

  @inline(__always)
  func admits(_ ordinal: Ordinal) -> Bool {
    if let allowed, !allowed.contains(ordinal) { return false }
    return !excludes(ordinal)
  }

  @inline(__always)
  func excludes(_ ordinal: Ordinal) -> Bool { excludedBits?.contains(ordinal.rawValue) ?? false }
}

extension Snapshot {
  /// The `k` nearest vectors of a space, nearest first, ties by id.
  /// - Parameters:
  ///   - query: the space's dimension of components, normalised for cosine.
  ///   - restriction: min(k, vectors that it admits) hits come back.
  ///   - distanceComputations: is raised by the number of distances computed.
  /// - Throws: `.corrupted` when a row or link that was needed is not what was written.
  package func nearest(
    to query: UnsafePointer<Float>, in view: SpaceView, k: Int, effort: Effort,
    restriction: Restriction = .init(),
    distanceComputations: inout Int
  ) throws -> [Hit] {
    guard k > 0, view.record.liveCount > 0 else { return [] }
    let plan = view.plan(k: k, effort: effort, restriction)
    var found: [Candidate]
    switch plan.strategy {
    case .exact, .exactMatches:
      found = try scanGraph(query, view, restriction, &distanceComputations)
    case .graph, .filteredGraph:
      let walk = try searchGraph(query, view, k: k, effort: effort, restriction, plan, &distanceComputations)
      found = walk.found
      if walk.isCutShort || found.count < k && found.count < view.record.nodeCount - view.record.deadCount {
        // The walk ended before it met enough that may be returned, because of a filter or of deleted nodes all around:
        // the promise is kept by looking at all of them.
        found = try scanGraph(query, view, restriction, &distanceComputations)
      }
    }
    try scanTail(query, view, restriction, &found, &distanceComputations)
    return try resolve(found, view, k: k)
  }

  private struct Candidate {
    var ordinal: Ordinal
    var distance: Float
  }

  private func searchGraph(
    _ vector: UnsafePointer<Float>, _ view: SpaceView, k: Int, effort: Effort, _ restriction: Restriction,
    _ plan: QueryPlan, _ computed: inout Int
  ) throws -> (found: [Candidate], isCutShort: Bool) {
    guard case .beam(let width) = effort else { return ([], false) }
    let graph = view.graph
    let distance = graph.view.distance
    // Room for what is left out among the first, and one more, so that ties at the end are decided by id.
    let ef = max(width, k + restriction.excluded.count + 1)
    // Room for twice what a filter that has nothing to do with the query needs. One that turns away all that is near
    // ends the walk when it has cost as much as the scan that then answers.
    let passing = 2 * (plan.expectedGraphDistances ?? 0)
    if restriction.allowed != nil { try graph.verifyOwners() }
    return try engine.contexts.with(m0: view.record.definition.m * 2) { context in
      let before = context.distanceComputations
      defer { computed += context.distanceComputations - before }
      let query = distance.prepare(vector, in: context.query(byteCount: distance.queryByteCount))
      do throws(GraphError) {
        if restriction.allowed != nil {
          let admission = AdmitOwners(view: view, restriction: restriction)
          try graph.view.search(
            query, efSearch: ef, admitting: admission, passing: passing,
            distanceLimit: plan.expectedScanDistances,
            context: context)
        } else if let live = view.live {
          try graph.view.search(
            query, efSearch: ef, admitting: AdmitBits(words: live.words), context: context)
        } else {
          try graph.view.search(query, efSearch: ef, admitting: AdmitAll(), context: context)
        }
      } catch { throw EngineError.damagedGraph(view.record.name, error) }
      if context.isCutShort { return ([], true) }
      let wanted = Self.rerankCount(k: k, ef: ef, view.record.shape.encoding.codeWidth)
      var found: [Candidate] = []
      var slots: [UInt32] = []
      found.reserveCapacity(wanted + 16)
      for index in 0..<context.beamCount {
        let distance = context.candidateDistance(index)
        // All that are as near as the last one stay: among them the id decides.
        if found.count >= wanted, distance > found[wanted - 1].distance { break }
        let slot = context.candidateSlot(index)
        guard view.isLive(slot), let ordinal = try graph.owner(of: slot), restriction.admits(ordinal) else {
          continue
        }
        found.append(Candidate(ordinal: ordinal, distance: distance))
        slots.append(slot)
      }
      return (graph.codes == nil ? found : try rank(found, slots, for: vector, view, &computed), false)
    }
  }

  /// Candidates of a walk over codes whose exact distances decide the best `k`: errors of 8-bit codes move a vector by
  /// a few places (measured: with 2k + 12 recall@10 is that of a walk over whole vectors to the fourth digit), those of
  /// 4-bit codes by so many that a wide beam gains nothing where only its first few are ranked.
  static func rerankCount(k: Int, ef: Int, _ width: CodeWidth?) -> Int {
    switch width {
    case nil: k
    case .eight: 2 * k + 16
    case .four: max(4 * k + 24, ef / 2)
    }
  }

  /// Gives the candidates the distances of their whole vectors.
  private func rank(
    _ candidates: [Candidate], _ slots: [UInt32], for query: UnsafePointer<Float>, _ view: SpaceView,
    _ computed: inout Int
  ) throws -> [Candidate] {
    var batch = DistanceBatch(query: query, distance: view.distance)
    for (candidate, slot) in zip(candidates, slots) {
      batch.add(candidate.ordinal, try view.row(slot))
    }
    return finish(batch, &computed)
  }

  /// Compares every live vector of the graph that is admitted.
  private func scanGraph(
    _ query: UnsafePointer<Float>, _ view: SpaceView, _ restriction: Restriction, _ computed: inout Int
  ) throws -> [Candidate] {
    var batch = DistanceBatch(query: query, distance: view.distance)
    if let allowed = restriction.allowed {
      for slot in try allowed.slots(in: view.graph) { try add(slot, view, restriction, to: &batch) }
    } else {
      try view.graph.verifyOwners()
      for slot in 0..<UInt32(view.graph.slotCount) { try add(slot, view, restriction, to: &batch) }
    }
    return finish(batch, &computed)
  }

  /// Adds what lies in a slot, if it is live and not excluded; the filter and the owners are the caller's.
  @inline(__always)
  private func add(
    _ slot: UInt32, _ view: SpaceView, _ restriction: Restriction, to batch: inout DistanceBatch
  ) throws {
    guard view.isLive(slot), let ordinal = view.graph.ownerKnownSound(slot), !restriction.excludes(ordinal)
    else { return }
    batch.add(ordinal, try view.row(slot))
  }

  /// Adds every admitted row of the tail.
  private func scanTail(
    _ query: UnsafePointer<Float>, _ view: SpaceView, _ restriction: Restriction, _ found: inout [Candidate],
    _ computed: inout Int
  ) throws {
    guard view.tail.count > 0 else { return }
    var batch = DistanceBatch(query: query, distance: view.distance)
    for index in 0..<view.tail.count {
      guard restriction.admits(view.tail.ordinals[index]), let row = view.tail.rows[index] else { continue }
      batch.add(view.tail.ordinals[index], row)
    }
    found += finish(batch, &computed)
  }

  private func finish(_ batch: consuming DistanceBatch, _ computed: inout Int) -> [Candidate] {
    batch.flush()
    computed += batch.ordinals.count
    return zip(batch.ordinals, batch.distances).map { Candidate(ordinal: $0, distance: $1) }
  }

  /// The best `k` with their ids; among equal distances the smaller id comes first.
  private func resolve(_ found: [Candidate], _ view: SpaceView, k: Int) throws -> [Hit] {
    guard !found.isEmpty else { return [] }
    var best = found
    if best.count > 4 * k {
      best = smallest(k, of: best)
    } else {
      best.sort { $0.distance < $1.distance }
    }
    let last = best[min(k, best.count) - 1].distance
    if let end = best.firstIndex(where: { $0.distance > last }) { best.removeSubrange(end...) }
    var hits = try reading { transaction, tables in
      try best.map { candidate in
        Hit(
          ordinal: candidate.ordinal, id: try transaction.id(of: candidate.ordinal, view.record.kind, tables),
          distance: candidate.distance)
      }
    }
    hits.sort {
      $0.distance < $1.distance
        || ($0.distance == $1.distance && $0.id.utf8.lexicographicallyPrecedes($1.id.utf8))
    }
    return Array(hits.prefix(k))
  }

  /// The candidates not behind the `k`-th, in order: one pass with a bounded heap, not a sort of everything.
  private func smallest(_ k: Int, of candidates: [Candidate]) -> [Candidate] {
    var top = TopK(k: k)
    for (index, candidate) in candidates.enumerated() {
      top.insert(distance: candidate.distance, id: UInt32(index))
    }
    let worst = top.worst
    return candidates.filter { $0.distance <= worst }.sorted { $0.distance < $1.distance }
  }
}

/// Rows gathered for the batch kernel.
private struct DistanceBatch {
  private static let size = 256
  let query: UnsafePointer<Float>
  let distance: DistanceFunction
  private(set) var ordinals: [Ordinal] = []
  private(set) var distances: [Float] = []
  private var rows: [UnsafeRawPointer?] = []

  init(query: UnsafePointer<Float>, distance: DistanceFunction) {
    self.query = query
    self.distance = distance
    rows.reserveCapacity(Self.size)
  }

  @inline(__always)
  mutating func add(_ ordinal: Ordinal, _ row: UnsafeRawPointer) {
    ordinals.append(ordinal)
    rows.append(row)
    if rows.count == Self.size { flush() }
  }

  mutating func flush() {
    guard !rows.isEmpty else { return }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count) { out in
      guard let start = out.baseAddress else { return }
      rows.withUnsafeBufferPointer { rows in
        guard let first = rows.baseAddress else { return }
        distance(query: query, rows: first, count: rows.count, out: start)
      }
      distances.append(contentsOf: UnsafeBufferPointer(start: start, count: rows.count))
    }
    rows.removeAll(keepingCapacity: true)
  }
}

/// Admits the slots whose owner passes a filter and which are not deleted. The owners have been verified.
private struct AdmitOwners: Admission {
  let view: SpaceView
  let restriction: Restriction

  static var admitsAll: Bool { false }

  @inline(__always)
  func admits(_ slot: UInt32) -> Bool {
    guard view.isLive(slot), let ordinal = view.graph.ownerKnownSound(slot) else { return false }
    return restriction.admits(ordinal)
  }
}
