import HNSW
import Records
import VectorMath

/// The vectors of a new generation in memory, with the codes that its graph is built over.
struct StagedSpace {
  private(set) var plan: GenerationPlan
  /// The space as it was, but for the encoding, which is the new one.
  let record: SpaceRecord
  let layout: RowLayout
  let rows: RowStore
  /// Built over whether or not the space keeps them: a graph over codes answers as well and is built in half the time.
  /// Nil where there are no vectors, and for inner products.
  let codes: BlockStore?
  /// What the graph is built with.
  let distance: DistanceFunction

  /// Vectors that a quantizer learns from at most.
  private static let sampleCount = 65_536

  init(_ plan: GenerationPlan, from view: SpaceView, as record: SpaceRecord, kernels: Kernels) throws {
    self.record = record
    let layout = try RowLayout(dimension: record.dimension, encoding: record.encoding.rows)
    self.layout = layout
    let count = plan.rows.count
    rows = RowStore(strideBytes: layout.strideBytes)
    rows.blocks.grow(toSlots: count)
    let components = UnsafeMutablePointer<Float>.allocate(capacity: record.dimension)
    defer { components.deallocate() }
    for (slot, row) in plan.rows.enumerated() {
      if layout == view.layout {
        rows.set(UInt32(slot), to: row)
      } else {
        view.layout.decode(row, into: components)
        try validate(
          UnsafeBufferPointer(start: components, count: record.dimension), dimension: record.dimension,
          metric: record.metric, encoding: layout.encoding)
        rows.set(UInt32(slot)) { layout.encode(components, into: $0) }
      }
    }
    self.plan = plan
    self.plan.rows = []  // addresses in a snapshot that ends
    guard count > 0, record.metric != .dot || record.encoding.hasCodes else {
      codes = nil
      distance = DistanceFunction(metric: record.metric, layout: layout, kernels: kernels)
      return
    }
    let table = rows.table
    let sample = min(count, Self.sampleCount)
    let quantizer = Quantizer.trained(dimension: record.dimension, count: sample) { index, target in
      layout.decode(table.row(UInt32(index * count / sample)), into: target)
    }
    let codes = GraphWriter.makeCodes(strideBytes: quantizer.strideBytes)
    codes.grow(toSlots: count)
    for slot in 0..<UInt32(count) {
      layout.decode(table.row(slot), into: components)
      quantizer.encode(components, into: codes.mutableRow(slot))
    }
    self.codes = codes
    distance = DistanceFunction(
      metric: record.metric, layout: layout, quantizer: quantizer, kernels: kernels)
  }
}

extension StagedSpace {
  /// Vectors to keep out of the graph until its recall is measured with them; none where all can be compared at once.
  static func heldOut(of count: Int) -> Int { count < 1_000 ? 0 : min(2_048, count / 30) }

  /// The recall of a graph of all vectors but some, with those as queries.
  func measureRecall(
    of editor: GraphEditor, with slots: [Slot], threads: Int
  ) throws(GraphError) -> RecallCurve {
    let outside = Set(slots)
    let nodes = (0..<UInt32(plan.ordinals.count)).filter { !outside.contains(Slot($0)) }
    let exact = DistanceFunction(metric: record.metric, layout: layout, kernels: distance.kernels)
    let built = editor.view
    let view =
      record.encoding.hasCodes
      ? built
      : GraphView(
        rows: rows.table, links: built.linkTable, upper: built.upperLayers, distance: exact,
        slotCount: built.slotCount, entryPoint: built.entryPoint, maxLevel: built.maxLevel)
    let measurement = RecallMeasurement(
      view: view, rows: rows.table, layout: layout, distance: exact,
      coarse: codes.map { ($0.table, distance) }, m: record.m,
      ranks: record.encoding.hasCodes, nodes: nodes)
    let queries = slots.flatMap { layout.decoded(rows.table.row($0.rawValue)) }
    return try measurement.curve(queries: queries, threads: threads)
  }
}

/// What goes into a new generation: every live vector by ordinal, and where it lay before.
struct GenerationPlan {
  /// The owner of each new slot, ascending, so that equal stores give equal graphs.
  private(set) var ordinals: [Ordinal] = []
  /// The row of each new slot, in the snapshot.
  fileprivate(set) var rows: [UnsafeRawPointer] = []
  /// Where each vector's predecessor lay: if that changed until the flip, the new row is out of date.
  private(set) var places: [Place] = []

  init(_ view: SpaceView, new: NewRows?) throws {
    var sources: [(ordinal: Ordinal, row: UnsafeRawPointer, place: Place)] = []
    sources.reserveCapacity(view.record.liveCount + (new?.ordinals.count ?? 0))
    let replaced = Set(new?.ordinals ?? [])
    var replacedPlaces: [Ordinal: Place] = [:]
    func take(_ ordinal: Ordinal, _ row: UnsafeRawPointer, _ place: Place) {
      if replaced.contains(ordinal) {
        replacedPlaces[ordinal] = place
      } else {
        sources.append((ordinal, row, place))
      }
    }
    for slot in 0..<UInt32(view.graph.slotCount) where view.isLive(slot) {
      guard let ordinal = view.graph.owner(of: slot) else { continue }
      take(ordinal, try view.graph.row(slot, space: view.record.name), .graph(slot: slot))
    }
    for index in 0..<view.tail.count {
      guard let row = view.tail.rows[index] else { continue }
      take(view.tail.ordinals[index], row, .tail(sequence: view.tail.sequences[index]))
    }
    if let new, let start = new.rows.baseAddress {
      for (index, ordinal) in new.ordinals.enumerated() {
        sources.append((ordinal, start + index * view.layout.strideBytes, replacedPlaces[ordinal] ?? .none))
      }
    }
    sources.sort { $0.ordinal < $1.ordinal }
    ordinals = sources.map(\.ordinal)
    rows = sources.map(\.row)
    places = sources.map(\.place)
  }
}
