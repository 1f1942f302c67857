import Basics
import HNSW
import Records
import Synchronization
import VectorMath

/// Measures a graph's recall with vectors that are not in it, against the exact answer.
struct RecallMeasurement: @unchecked Sendable {  // borrows rows and a graph that nobody changes meanwhile
  /// The graph as a query walks over it.
  let view: GraphView
  /// Whole vectors, and how they are measured.
  let rows: BlockTable
  let layout: RowLayout
  let distance: DistanceFunction
  /// Codes of the same slots, to find the exact answer sooner with.
  let coarse: (rows: BlockTable, distance: DistanceFunction)?
  let m: Int
  /// The width of the codes that walks go over, so that what they find is ranked by whole vectors; nil without codes.
  let codeWidth: CodeWidth?
  /// Slots that a query may be answered with.
  let nodes: [UInt32]

  /// Widths measured, doubling with a step between.
  private static let widths = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1_024, 1_536]
  /// A recall above which wider beams are not measured.
  private static let enough = 0.9995

  /// Queries for a width: recall of a narrow beam varies more from one to the next, and costs less.
  private static func sampleCount(ef: Int, of count: Int) -> Int {
    ef <= 64 ? count : max(min(count, 32), ef <= 192 ? count / 2 : count / 4)
  }

  /// - Parameters:
  ///   - queries: one vector after the other, normalised where the metric wants it.
  ///   - widths: the beams to measure; from 10 up to where nearly everything is found, if nil.
  func curve(queries: [Float], widths: [Int]? = nil, threads: Int) throws(GraphError) -> RecallCurve {
    let count = queries.count / layout.dimension
    guard count > 0, !nodes.isEmpty else { return RecallCurve(points: []) }
    let truth = truth(queries, count, threads: threads)
    var curve = RecallCurve(points: [])
    for ef in widths ?? Self.widths {
      let point = try measure(
        queries, widths == nil ? Self.sampleCount(ef: ef, of: count) : count, ef: ef, against: truth,
        threads: threads)
      curve.points.append(point)
      let depths = RecallCurve.depths.indices.filter { RecallCurve.depths[$0] <= max(10, nodes.count) }
      if widths == nil, depths.allSatisfy({ point.recall[$0] >= Self.enough }) || ef >= nodes.count { break }
    }
    return curve
  }

  /// The exact nearest slots of each query, best first, as many as the deepest recall needs.
  private func truth(_ queries: [Float], _ count: Int, threads: Int) -> [[UInt32]] {
    let found = Mutex([[UInt32]](repeating: [], count: count))
    parallelFor(count: count, threads: max(1, threads), chunk: 16) { _, group in
      queries.withUnsafeBufferPointer { all in
        guard let vectors = all.baseAddress.map({ $0 + group.lowerBound * layout.dimension }) else { return }
        for (index, ids) in zip(group, nearest(to: vectors, group.count)) {
          found.withLock { $0[index] = ids }
        }
      }
    }
    return found.withLock { $0 }
  }

  /// The nearest nodes of `size` queries: by their codes, where there are any, far more than are needed, and of those
  /// by their vectors. Codes displace a vector by a few places; none that belongs to the first hundred falls behind the
  /// first four hundred.
  private func nearest(to vectors: UnsafePointer<Float>, _ size: Int) -> [[UInt32]] {
    let depth = RecallCurve.depths.last ?? 100
    let wanted = min(nodes.count, coarse == nil ? depth : 4 * depth)
    let (measured, rows) = coarse.map { ($0.distance, $0.rows) } ?? (distance, self.rows)
    // A tile of rows stays in the first-level cache while a group of queries is measured against it.
    let tile = 64
    let queryBytes = measured.queryByteCount
    let buffer = UnsafeMutableRawPointer.allocate(
      byteCount: size * queryBytes, alignment: RowLayout.alignmentBytes)
    defer { buffer.deallocate() }
    let prepared = (0..<size).map {
      measured.prepare(vectors + $0 * layout.dimension, in: buffer + $0 * queryBytes)
    }
    let best = UnsafeMutablePointer<TopK>.allocate(capacity: size)
    for index in 0..<size { (best + index).initialize(to: TopK(k: wanted)) }
    defer {
      best.deinitialize(count: size)
      best.deallocate()
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: tile) { out in
      withUnsafeTemporaryAllocation(of: UnsafeRawPointer?.self, capacity: tile) { pointers in
        guard let out = out.baseAddress, let pointers = pointers.baseAddress else { return }
        var next = 0
        while next < nodes.count {
          let filled = min(tile, nodes.count - next)
          for index in 0..<filled { pointers[index] = rows.row(nodes[next + index]) }
          for query in 0..<size {
            measured(query: prepared[query], rows: pointers, count: filled, out: out)
            for index in 0..<filled where out[index] <= best[query].worst {
              best[query].insert(distance: out[index], id: nodes[next + index])
            }
          }
          next += filled
        }
      }
    }
    return (0..<size).map { query in
      let ids = best[query].resultIDs()
      guard coarse != nil else { return ids }
      let vector = vectors + query * layout.dimension
      let exact = ids.map { (distance: distance(query: vector, row: self.rows.row($0)), id: $0) }
      return exact.sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }.prefix(depth).map(\.id)
    }
  }

  private struct Sums {
    var recall = [Double](repeating: 0, count: RecallCurve.depths.count)
    var squares = [Double](repeating: 0, count: RecallCurve.depths.count)
    var distances = 0
  }

  private func measure(
    _ queries: [Float], _ count: Int, ef: Int, against truth: [[UInt32]], threads: Int
  ) throws(GraphError) -> RecallCurve.Point {
    // Whole counts of hits, so that the order of the threads leaves no trace in the sums.
    let hits = Mutex([[Int]](repeating: [], count: count))
    let sums = Mutex(Sums())
    let contexts = (0..<max(1, threads)).map { _ in SearchContext(m0: 2 * m) }
    try parallelFor(count: count, threads: contexts.count, chunk: 8) { worker, range throws(GraphError) in
      let context = contexts[worker]
      for index in range {
        context.distanceComputations = 0
        let found = try hitCounts(queries, index, ef: ef, truth[index], context)
        hits.withLock { $0[index] = found }
        let computed = context.distanceComputations
        sums.withLock { $0.distances += computed }
      }
    }
    var total = sums.withLock { $0 }
    for (found, truth) in zip(hits.withLock({ $0 }), truth) {
      for (index, depth) in RecallCurve.depths.enumerated() where depth <= ef {
        let share = Double(found[index]) / Double(min(depth, truth.count))
        total.recall[index] += share
        total.squares[index] += share * share
      }
    }
    let mean = total.recall.map { $0 / Double(count) }
    let deviation = zip(total.squares, mean).map { max(0, $0 / Double(count) - $1 * $1).squareRoot() }
    return RecallCurve.Point(
      ef: ef, queries: count, distances: Double(total.distances) / Double(count), recall: mean,
      deviation: deviation)
  }

  /// True neighbors that one search found, for each depth; a node as near as the last of them is as good.
  private func hitCounts(
    _ queries: [Float], _ index: Int, ef: Int, _ truth: [UInt32], _ context: SearchContext
  ) throws(GraphError) -> [Int] {
    let buffer = context.query(byteCount: view.distance.queryByteCount)
    return try queries.withUnsafeBufferPointer { (all) throws(GraphError) -> [Int] in
      guard let base = all.baseAddress else { return [] }
      let vector = base + index * layout.dimension
      try view.search(
        view.distance.prepare(vector, in: buffer), efSearch: ef, admitting: AdmitAll(), context: context)
      let candidates = (0..<context.beamCount).map { context.candidateSlot($0) }
      let exact =
        codeWidth != nil
        ? candidates.prefix(Snapshot.rerankCount(k: 100, ef: ef, codeWidth)).map {
          distance(query: vector, row: rows.row($0))
        }
        : []
      return RecallCurve.depths.map { depth in
        var best = candidates.prefix(depth)
        if codeWidth != nil {
          let considered = min(candidates.count, Snapshot.rerankCount(k: depth, ef: ef, codeWidth))
          let order = (0..<considered).sorted { exact[$0] < exact[$1] }
          best = order.prefix(depth).map { candidates[$0] }[...]
        }
        let nearest = Set(truth.prefix(depth))
        guard let last = truth.prefix(depth).last, !nearest.isSuperset(of: best) else {
          return Set(best).count
        }
        let limit = distance(query: vector, row: rows.row(last))
        return Set(best).count {
          nearest.contains($0) || distance(query: vector, row: rows.row($0)) <= limit
        }
      }
    }
  }
}
