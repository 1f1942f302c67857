import Basics
import Kindred
import Platform

/// A store and its model, and the operations that bytes choose on both. What differs is thrown.
package final class OperationRun {
  private var store: Store
  private var model = StoreModel()
  private var input: FuzzInput
  private let path: String
  /// Operations done.
  package private(set) var count = 0

  private static let ids = (0..<20).map { "i\($0)" } + ["\u{e9}", "e\u{301}"]
  private static let options = Store.Options(durability: .none, mergesAutomatically: false)
  /// Ends a transaction that is to leave nothing behind.
  private struct Abandoned: Error {}

  /// - Parameter path: of a file that is not there; removed at the end.
  private init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
    self.path = path
    input = FuzzInput(bytes)
    store = try Store.create(at: path, options: Self.options)
    let metrics = VectorMetric.allCases
    for (name, kind) in [("near", RecordKind.items), ("far", .items), ("people", .users)] {
      let configuration = SpaceConfiguration(
        name: name, of: kind, dimension: 2 + input.below(3), metric: metrics[input.below(metrics.count)],
        m: 2 + input.below(3), efConstruction: 20,
        encoding: VectorEncoding.allCases[input.below(VectorEncoding.allCases.count)])
      try store.createSpace(configuration)
      model.spaces.append(StoreModel.Space(configuration: configuration))
    }
  }

  /// Runs the operations that an input stands for; then opens the store again, compares all and verifies it.
  /// - Returns: operations done.
  package static func run(_ bytes: UnsafeRawBufferPointer, path: String) throws -> Int {
    defer { for suffix in ["", "-lock"] { unlink(path + suffix) } }
    let run = try OperationRun(bytes, path: path)
    defer { run.store.close() }
    while !run.input.isEmpty { try run.step(isReading: false) }
    try run.reopen()
    let report = try run.store.verify()
    try hold(report.ok, "verify: \(report.problems)")
    return run.count
  }

  /// - Parameter isReading: whether a snapshot is held, beside which a file is not exchanged.
  private func step(isReading: Bool) throws {
    count += 1
    switch input.below(32) {
    case 0..<14: try write()
    case 14..<18: try query(effort: .exact)
    case 18..<21: try query(effort: .ef(1 + input.below(30)))
    case 21, 22: try query(effort: .automatic)
    case 23, 24: try store.merge(model.spaces[input.below(model.spaces.count)].name)
    case 25: try store.rebuild([model.spaces[input.below(model.spaces.count)].name], threads: 1)
    case 26: try abandon()
    case 27: try store.read { try compareAll($0, model) }
    case 28:
      if !isReading { try reopen() }
    case 29:
      if !isReading { try store.compact() }
    case 30: try exchangeSpace()
    default:
      if !isReading { try holdSnapshot() }
    }
  }

  private func reopen() throws {
    store.close()
    store = try Store.open(at: path, options: Self.options)
    try store.read { try compareAll($0, model) }
  }

  /// Writes, merges and rebuilds beside a snapshot, which goes on seeing what it saw.
  private func holdSnapshot() throws {
    let before = model
    try store.read { snapshot in
      for _ in 0..<(1 + input.below(8)) { try step(isReading: true) }
      try compareAll(snapshot, before)
    }
  }

  /// Drops a space and makes it again with another encoding.
  private func exchangeSpace() throws {
    let place = input.below(model.spaces.count)
    let old = model.spaces[place].configuration
    let configuration = SpaceConfiguration(
      name: old.name, of: old.of, dimension: old.dimension, metric: old.metric, m: old.m,
      efConstruction: old.efConstruction,
      encoding: VectorEncoding.allCases[input.below(VectorEncoding.allCases.count)])
    try store.dropSpace(old.name)
    try store.createSpace(configuration)
    model.spaces[place] = StoreModel.Space(configuration: configuration)
  }

  // MARK: Writing

  /// Several changes in one transaction.
  private func write() throws {
    let count = 1 + input.below(4)
    var (changed, rest) = (model, input)
    try store.write { transaction in
      (changed, rest) = (model, input)
      for _ in 0..<count { try change(transaction, &changed, &rest) }
    }
    (model, input) = (changed, rest)
  }

  /// Changes whose transaction ends with an error: nothing is left of them.
  private func abandon() throws {
    var (changed, rest) = (model, input)
    do {
      try store.write { transaction in
        (changed, rest) = (model, input)
        for _ in 0..<3 { try change(transaction, &changed, &rest) }
        throw Abandoned()
      }
    } catch is Abandoned { input = rest }
  }

  private func change(
    _ transaction: borrowing WriteTransaction, _ model: inout StoreModel, _ input: inout FuzzInput
  ) throws {
    let kind: RecordKind = input.below(3) == 0 ? .users : .items
    let id = Self.ids[input.below(Self.ids.count)]
    switch input.below(10) {
    case 0..<4: try upsertVectors(transaction, &model, &input)
    case 4, 5:
      let text = ["a", "b", nil, ""][input.below(4)]
      let record = StoreModel.make(kind, id, text: text, attributes(&input))
      let counts = try upsert(record, transaction)
      let isNew = model.upsert(kind, record)
      try hold(
        counts.stored == (isNew ? 1 : 0) && counts.unchanged == (isNew ? 0 : 1), "\(counts) of \(record)")
    case 6:
      let ids = [id, Self.ids[input.below(Self.ids.count)]]
      let missing = try transaction.delete(ids, kind: kind)
      var wanted: [String] = []
      for id in ids where !model.delete(kind, id) { wanted.append(id) }
      try hold(missing == wanted, "\(missing) were not there, and not \(wanted)")
    case 7, 8:
      let event = Event(
        user: Self.ids[input.below(6)], item: id, time: Timestamp(milliseconds: Int64(input.below(8)) - 3),
        kind: ["view", "cart"][input.below(2)], session: [nil, "s"][input.below(2)],
        value: [nil, 0.5][input.below(2)])
      let isNew = try transaction.append(event)
      try hold(isNew == model.append(event), "\(event) is new: \(isNew)")
    default:
      let found = try transaction.record(kind, id: id)
      try hold(
        StoreModel.areEqual(found, model.record(kind, id)), "\(String(describing: found)) in a transaction")
      let sequence = try transaction.sequence(user: id)
      try hold(sequence == model.sequence(id), "\(String(describing: sequence)) in a transaction")
    }
  }

  private func upsert<R: Record>(
    _ record: R, _ transaction: borrowing WriteTransaction
  ) throws -> UpsertCounts { try transaction.upsert(record) }

  private func upsertVectors(
    _ transaction: borrowing WriteTransaction, _ model: inout StoreModel, _ input: inout FuzzInput
  ) throws {
    let place = input.below(model.spaces.count)
    let space = model.spaces[place]
    let rows = (0..<(1 + input.below(4))).map { _ in
      (id: Self.ids[input.below(Self.ids.count)], vector: vector(space, &input), set: attributes(&input))
    }
    let hasAttributes = input.below(2) == 0
    let report = try transaction.upsert(
      space.name, ids: rows.map(\.id), vectors: rows.map(\.vector),
      attributes: hasAttributes ? rows.map(\.set) : nil)
    var rejected: [Int] = []
    for (index, row) in rows.enumerated() {
      // A vector without a direction has no cosine.
      guard space.configuration.metric != .cosine || row.vector.contains(where: { $0 != 0 }) else {
        rejected.append(index)
        continue
      }
      model.upsert(place, row.id, row.vector, hasAttributes ? row.set : [:])
    }
    try hold(report.rejected.map(\.row) == rejected, "\(report.rejected) are rejected, and not \(rejected)")
    try hold(report.stored + report.merged == rows.count - rejected.count, "\(report)")
  }

  private func vector(_ space: StoreModel.Space, _ input: inout FuzzInput) -> [Float] {
    (0..<space.dimension).map { _ in Float(input.below(9) - 4) }
  }

  private func attributes(_ input: inout FuzzInput) -> Attributes {
    var attributes = Attributes()
    let choice = input.number(UInt8.self)
    if choice & 1 != 0 { attributes["price"] = .number(Double(choice >> 5)) }
    if choice & 2 != 0 { attributes["color"] = [.string("red"), .string("blue"), .null][Int(choice) % 3] }
    if choice & 4 != 0 {
      attributes["tags"] = [.strings(["x"]), .strings(["y", "x"]), .strings([])][Int(choice) % 3]
    }
    if choice & 8 != 0 { attributes["size"] = .object(["w": .number(Double(choice >> 6))]) }
    return attributes
  }

  // MARK: Asking

  private func query(effort: QueryOptions.Effort) throws {
    let place = input.below(model.spaces.count)
    let space = model.spaces[place]
    var query = StoreModel.Query(space: place, vector: vector(space, &input), k: 1 + input.below(12))
    guard space.configuration.metric != .cosine || query.vector.contains(where: { $0 != 0 }) else { return }
    let conditions = StoreModel.Condition.all
    let choice = input.below(2 * conditions.count)
    if choice < conditions.count { query.condition = conditions[choice] }
    if input.below(4) == 0 { query.excluding = [Self.ids[input.below(Self.ids.count)], "unknown"] }
    if input.below(4) == 0 { query.offset = input.below(5) }
    if input.below(4) == 0, space.tolerance == 0 { query.minScore = Float(input.below(9) - 4) }
    let options = QueryOptions(
      k: query.k, effort: effort, filter: query.condition.map { Filter($0.text) }, excluding: query.excluding,
      records: input.below(2) == 0, offset: query.offset, minScore: query.minScore)
    let found = try store.query(space.name, vector: query.vector, options: options)
    try compare(found, query, space, isExact: effort == .exact, hasRecords: options.records)
  }

  /// Compares an answer: exact ones wholly; of others what was promised: min(k, matching) records that match, each with
  /// its score, in the order of scores.
  private func compare(
    _ found: [Match], _ query: StoreModel.Query, _ space: StoreModel.Space, isExact: Bool, hasRecords: Bool
  ) throws {
    let all = model.matches(query)
    let passing = all.filter { match in query.minScore.map { match.score >= $0 } ?? true }
    let wanted = Array(passing.dropFirst(query.offset).prefix(query.k))
    func differs(_ what: String) -> String {
      "\(what): \(query) over \(space.configuration) gives \(found), and not \(wanted)"
    }
    // A search that is not exact may find others than the best, which a limit of scores then leaves out.
    try hold(
      isExact || query.minScore == nil ? found.count == wanted.count : found.count <= wanted.count,
      differs("count"))
    let scores = Dictionary(all.map { (ExactString($0.id), $0.score) }) { first, _ in first }
    var seen: Set<ExactString> = []
    for (index, match) in found.enumerated() {
      try hold(seen.insert(ExactString(match.id)).inserted, differs("twice"))
      guard let score = scores[ExactString(match.id)] else { throw FuzzFailure(differs("no match")) }
      try hold(abs(score - match.score) <= space.tolerance, differs("score of \(match.id)"))
      try hold(index == 0 || found[index - 1].score >= match.score, differs("order"))
      if hasRecords {
        let record = model.record(space.configuration.of, match.id)
        try hold(StoreModel.areEqual(match.record, record), differs("record of \(match.id)"))
      }
      guard isExact else { continue }
      try hold(abs(wanted[index].score - match.score) <= 2 * space.tolerance, differs("place \(index)"))
      try hold(space.tolerance > 0 || wanted[index].id.isExactly(match.id), differs("place \(index)"))
    }
  }

  /// Compares all that a snapshot holds.
  private func compareAll(_ snapshot: borrowing Snapshot, _ model: StoreModel) throws {
    for (kind, records) in model.records {
      let count = try snapshot.count(kind)
      try hold(count == records.count, "\(count) \(kind), and not \(records.count)")
      for id in Self.ids {
        let found = try snapshot.record(kind, id: id)
        try hold(
          StoreModel.areEqual(found, model.record(kind, id)),
          "\(String(describing: found)), and not \(String(describing: model.record(kind, id)))")
      }
    }
    for id in Self.ids {
      let found = try snapshot.sequence(user: id)
      try hold(found == model.sequence(id), "the events of \(id): \(String(describing: found))")
    }
    // One of the filters each time.
    let conditions = StoreModel.Condition.all
    let condition = conditions[count % conditions.count]
    let wanted = model.records[.items]?.values.count { condition.passes($0) }
    let passing = try snapshot.count(.items, where: Filter(condition.text))
    try hold(passing == wanted, "\(condition.text) passes \(passing), and not \(wanted ?? 0)")
    for space in model.spaces {
      let info = try snapshot.space(space.name)
      try hold(info.count == space.vectors.count, "\(info.count) vectors in \(space.name)")
      for id in Self.ids {
        let (found, wanted) = (try snapshot.vector(space.name, id: id), space.vectors[ExactString(id)])
        guard let found, let wanted else {
          try hold(found == nil && wanted == nil, "\(id) in \(space.name)")
          continue
        }
        let isSame = space.tolerance == 0 ? found == wanted : abs(space.score(found, wanted) - 1) < 1e-3
        try hold(isSame, "\(id) in \(space.name) is \(found), and not \(wanted)")
      }
    }
  }
}
