import Basics
package import LMDB
package import Records
import Values

/// What was saved of a damaged store, and what was lost.
public struct RepairReport: Sendable, Hashable, Codable {
  /// Whether nothing was lost.
  public var ok: Bool { lost.isEmpty }
  /// How much the new store has, by kind: items, users, events, spaces, models, and the vectors of each space.
  public internal(set) var saved: [String: Int] = [:]
  /// How much it lacks, by kind; empty where nothing was lost. `attributes of items` (or users) counts records of which
  /// the id alone is left, without text and attributes; `encoder of S` is what a space remembered of its encoder;
  /// `commits` means that the last one may be missing, and that all counts are of what was there before it.
  public internal(set) var lost: [String: Int] = [:]
  /// What is wrong in the damaged file, in words; the first hundred.
  public internal(set) var problems: [String] = []

  mutating func report(_ problem: String) {
    if problems.count < 100 { problems.append(problem) }
  }

  /// - Parameter expected: how many there were; nil where nothing is left that says so.
  mutating func count(_ kind: String, saved count: Int, of expected: Int?) {
    saved[kind] = count
    if let expected { lose(kind, expected - count) }
  }

  mutating func lose(_ kind: String, _ count: Int = 1) {
    if count > 0 { lost[kind, default: 0] += count }
  }
}

extension StorageEngine {
  /// Writes what can be read of a damaged store into a new one: records under their ordinals, events, vectors, of which
  /// graphs are built, and models under their versions.
  /// - Parameters:
  ///   - draft: where the store is built, as `Environment.draftPath` says; what is there is removed in the end.
  ///   - destination: where the complete one is copied to.
  ///   - isStateless: whether an encoder by that name can do without what its space remembers.
  ///   - converting: the arrays of a model as they are stored today.
  /// - Throws: `EngineError` `.alreadyExists`, `.cannotCreate`, `.diskFull`, `.ioError`, `.cancelled`.
  /// - Complexity: O(bytes of the file) and a rebuild of each space; the ids, and all rows of a space, are in memory.
  package static func save(
    _ salvaged: SalvagedStore, at draft: String, copyingTo destination: String,
    options: Environment.Options, created: Int64, identity: UInt64, threads: Int,
    progress: ProgressCheck? = nil, isStateless: (String) -> Bool,
    converting: (StoredModel, [ModelArray]) throws -> [ModelArray]
  ) throws -> RepairReport {
    defer { Environment.removeDraft(draft) }
    let engine = try create(
      path: draft, options: options, policy: MergePolicy(), identity: identity,
      created: salvaged.store?.created ?? created)
    defer { engine.close() }
    if let index = salvaged.wordIndex {
      _ = try engine.write { try $0.indexWords(attributes: index.attributes) }
    }
    if let signals = salvaged.signals { _ = try engine.write { try $0.setSignalPolicy(signals) } }
    let repair = Repair(salvaged, engine, progress)
    try repair.run(threads: threads, isStateless: isStateless, converting: converting)
    try repair.step("copying")
    try translated { try engine.environment.copy(to: destination) }
    return repair.report
  }

  /// - Throws: `EngineError` `.alreadyExists`, `.cannotCreate`.
  package static func draftPath(for destination: String) throws -> String {
    try translated { try Environment.draftPath(for: destination) }
  }
}

/// One run of a repair.
private final class Repair {
  private let salvaged: SalvagedStore
  private let engine: StorageEngine
  private let progress: ProgressCheck?
  private(set) var report = RepairReport()
  /// Ordinals of records in the new store, and whether they are deleted.
  private var stored: [RecordKind: [UInt32: Bool]] = [:]
  /// Records of which the id alone is left.
  private var bareCounts: [RecordKind: Int] = [:]

  init(_ salvaged: SalvagedStore, _ engine: StorageEngine, _ progress: ProgressCheck?) {
    self.salvaged = salvaged
    self.engine = engine
    self.progress = progress
    for problem in salvaged.file.problems { report.report(problem) }
    if !salvaged.file.isNewest { report.lose("commits") }
    if salvaged.store == nil { report.report("the record of the store is lost: it counted what there was") }
  }

  /// - Throws: `.cancelled`.
  func step(_ stage: String) throws {
    guard progress?(stage, 0, 1) ?? true else { throw EngineError(.cancelled, "stopped; no store was made") }
  }

  func run(
    threads: Int, isStateless: (String) -> Bool,
    converting: (StoredModel, [ModelArray]) throws -> [ModelArray]
  ) throws {
    if salvaged.hasLostSignals { report.lose("signal policies") }
    for kind in RecordKind.allCases { try saveEntities(kind) }
    for space in salvaged.spaces { try save(space, threads: threads, isStateless: isStateless) }
    let spaceCount = salvaged.file.entryCount(of: "space").map { count in
      min(count, salvaged.store.map { Int($0.nextSpace) } ?? count)
    }
    report.count("spaces", saved: salvaged.spaces.count, of: spaceCount)
    try saveEvents()
    try saveModels(converting)
    for kind in RecordKind.allCases {
      let live = stored[kind, default: [:]].values.count { !$0 }
      let deleted = stored[kind, default: [:]].count - live
      report.count(
        "\(kind)", saved: live,
        of: salvaged.store?.recordCount(kind)
          ?? salvaged.file.entryCount(of: kind.tableName).map { $0 - deleted })
      report.lose("attributes of \(kind)", bareCounts[kind, default: 0])
    }
    _ = try engine.write { writer in
      // Numbers that were given once are not given again.
      guard let before = self.salvaged.store else { return }
      writer.store.nextItem = max(writer.store.nextItem, before.nextItem)
      writer.store.nextUser = max(writer.store.nextUser, before.nextUser)
      writer.store.nextModel = max(writer.store.nextModel, before.nextModel)
    }
  }

  // MARK: Records

  private func saveEntities(_ kind: RecordKind) throws {
    try step("saving \(kind)")
    var batch: [(Ordinal, EntityRecord)] = []
    try salvaged.forEachEntity(kind) { ordinal, record in
      batch.append((ordinal, record))
      if batch.count == 2_000 {
        try store(batch, kind)
        batch.removeAll()
        try self.step("saving \(kind)")
      }
    }
    try store(batch, kind)
    // A user goes with its id; only of an item the id may stay when it is deleted.
    guard kind == .users else { return }
    for ordinal in salvaged.ids[.users, default: [:]].keys.sorted() {
      try storeBare(Ordinal(ordinal), .users)
    }
  }

  private func store(_ batch: [(Ordinal, EntityRecord)], _ kind: RecordKind) throws {
    let done = try engine.write { writer -> [(Ordinal, EntityRecord)] in
      try batch.filter { ordinal, record in
        // Two records of one id or ordinal are one that is damaged and one that is not; which, nothing says.
        guard try writer.transaction.ordinal(of: record.id, kind, self.engine.tables) == nil,
          try writer.transaction.entity(ordinal, kind, self.engine.tables) == nil
        else { return false }
        try writer.restore(record, kind, at: ordinal)
        return true
      }
    }.result
    for (ordinal, record) in done { stored[kind, default: [:]][ordinal.rawValue] = record.isDeleted }
  }

  /// Whether there is a record of an ordinal that is not deleted, made of its id alone where the rest is lost.
  @discardableResult
  private func storeBare(_ ordinal: Ordinal, _ kind: RecordKind) throws -> Bool {
    if let isDeleted = stored[kind]?[ordinal.rawValue] { return !isDeleted }
    guard let id = salvaged.ids[kind]?[ordinal.rawValue], EntityID.isValid(id) else { return false }
    try store([(ordinal, EntityRecord(id: id))], kind)
    guard stored[kind]?[ordinal.rawValue] != nil else { return false }
    bareCounts[kind, default: 0] += 1
    return true
  }

  // MARK: Vectors

  private func save(_ space: SpaceRecord, threads: Int, isStateless: (String) -> Bool) throws {
    try step("saving space \(space.name)")
    var definition = space.definition
    definition.shape.normBound = 0
    var vectors = try SalvagedVectors(space, of: salvaged)
    // What has a vector was not deleted.
    for ordinal in vectors.ordinals { try storeBare(ordinal, space.kind) }
    vectors.keep { stored[space.kind]?[$0.rawValue] == false }
    report.count("vectors of \(space.name)", saved: vectors.ordinals.count, of: space.liveCount)
    var state = salvaged.encoderState(of: space)
    if state == nil, !isStateless(definition.encoder) {
      // Without it a text cannot be encoded as the vectors were.
      report.lose("encoder of \(space.name)")
      (definition.encoder, state) = ("", [])
    }
    guard !vectors.ordinals.isEmpty else {
      _ = try engine.write { writer in
        try writer.createSpace(definition).setEncoder(definition.encoder, state: state ?? [])
      }
      return
    }
    try vectors.rows.withUnsafeBytes { rows in
      _ = try engine.replaceVectors(
        [
          SpaceContents(
            definition, rows: NewRows(ordinals: vectors.ordinals, rows: rows), encoderState: state ?? [])
        ], threads: threads, progress: progress)
    }
  }

  // MARK: Events

  /// Events of one user at one time.
  private typealias Group = (user: Ordinal, time: Int64, events: [EventRecord])

  private func saveEvents() throws {
    try step("saving events")
    var (groups, count, saved) = ([Group](), 0, 0)
    func flush() throws {
      saved += try engine.write { writer in
        try groups.reduce(0) { $0 + (try writer.append($1.events, user: $1.user, time: $1.time)) }
      }.result
      (groups, count) = ([], 0)
    }
    var numbers: [UInt32: UInt32] = [:]
    try salvaged.forEachEvent { key, event in
      guard let name = salvaged.eventKinds[event.kind], try storeBare(key.user, .users),
        try storeNamed(event.item)
      else { return }
      var event = event
      if let number = numbers[event.kind] {
        event.kind = number
      } else {
        let number = try engine.write { try $0.eventKind(name) }.result
        numbers[event.kind] = number
        event.kind = number
      }
      if let last = groups.last, last.user == key.user, last.time == key.time {
        groups[groups.count - 1].events.append(event)
      } else {
        if count >= 5_000 { try flush() }
        groups.append((key.user, key.time, [event]))
      }
      count += 1
    }
    try flush()
    report.count(
      "events", saved: saved,
      of: salvaged.store.map { Int(clamping: $0.eventCount) } ?? salvaged.file.entryCount(of: "event"))
  }

  /// Whether there is a record of an item that an event names, as of a deleted item where all but its id is lost.
  private func storeNamed(_ item: Ordinal) throws -> Bool {
    if stored[.items]?[item.rawValue] != nil { return true }
    guard let id = salvaged.ids[.items]?[item.rawValue], EntityID.isValid(id) else { return false }
    try store([(item, EntityRecord(id: id, isDeleted: true, isNamedByEvents: true))], .items)
    return stored[.items]?[item.rawValue] != nil
  }

  // MARK: Models

  private func saveModels(_ converting: (StoredModel, [ModelArray]) throws -> [ModelArray]) throws {
    try step("saving models")
    var saved = 0
    for model in salvaged.models() {
      do {
        guard let arrays = salvaged.arrays(of: model) else {
          throw EngineError.corrupted("model \(model.version) lacks pieces")
        }
        let converted = try converting(model, arrays)
        _ = try engine.write { $0.store.nextModel = model.version }
        try engine.addModel(manifest: model.record.manifest, arrays: converted, created: model.record.created)
        saved += 1
      } catch let error as EngineError where [.diskFull, .ioError].contains(error.code) { throw error } catch
      {
        report.report("\(error)")
      }
    }
    let given = salvaged.store.map { Int($0.nextModel) - 1 }
    report.count(
      "models", saved: saved, of: salvaged.file.entryCount(of: "model").map { min($0, given ?? $0) })
  }
}
