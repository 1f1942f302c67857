import Values
import Basics
import Filters
import HNSW
package import LMDB
import Records

extension StorageEngine {
  /// Reads every byte the store keeps: the pages of the file, checksums, both directions of every reference, every
  /// count. What lies in damaged pages is not looked at.
  /// - Parameter walked: what the pages said before the file was opened; taken where no commit has come since.
  /// - Throws: only when the store cannot be read at all; what is wrong in it is in the result.
  package func verify(walked: FileStructure? = nil, progress: ProgressCheck? = nil) throws -> VerifyReport {
    try requireOpen()
    _ = progress?("checking pages", 0, 1)
    let snapshot = try StorageEngine.translated { try Snapshot(self) }
    let known = walked.flatMap { $0.transactionID == snapshot.transactionID ? $0 : nil }
    var result = VerifyReport(try known ?? StorageEngine.translated { try environment.structure() })
    guard result.ok else { return result }
    var store: StoreRecord?
    try result.part { _ in store = try snapshot.store() }
    guard let store else { return result }
    for kind in RecordKind.allCases {
      _ = progress?("checking \(kind)", 0, 1)
      try result.part { try snapshot.verifyEntities(kind, store, &$0) }
    }
    _ = progress?("checking events", 0, 1)
    try result.part { try snapshot.verifyEvents(store, &$0) }
    try result.part { try snapshot.verifyColumns(&$0) }
    try result.part { try snapshot.verifyWords(&$0) }
    try result.part { try snapshot.verifyTerms(&$0) }
    try result.part { try snapshot.verifyCounts(&$0) }
    try result.part { try snapshot.verifyModels(&$0) }
    var spaces: [SpaceRecord] = []
    try result.part { _ in spaces = try snapshot.spaces() }
    result.count("spaces", spaces.count)
    for space in spaces {
      _ = progress?("checking space \(space.name)", 0, 1)
      try result.part { try snapshot.verifySpace(space, &$0) }
    }
    return result
  }
}

extension Snapshot {
  fileprivate func verifyEntities(_ kind: RecordKind, _ store: StoreRecord, _ result: inout VerifyReport)
    throws
  {
    var (live, all) = (0, 0)
    try reading { transaction, tables in
      try transaction.forEach(tables.entities(kind)) { key, value in
        guard let ordinal = UInt32(keyBytes: key) else {
          result.report("\(kind): a key of \(key.count) bytes")
          return .next
        }
        all += 1
        do {
          let record = try EntityRecord(decoding: value, of: Ordinal(ordinal))
          if !record.isDeleted { live += 1 }
          if try transaction.ordinal(of: record.id, kind, tables) != Ordinal(ordinal) {
            result.report("\(kind) record \(ordinal) (\"\(record.id)\") is not what its id leads to")
          }
        } catch { result.report("\(kind) record \(ordinal): \(error)") }
        return .next
      }
      let ids = try transaction.count(tables.ids(kind))
      if ids != all { result.report("\(kind): \(ids) ids for \(all) records") }
    }
    let counted = store.recordCount(kind)
    if live != counted { result.report("\(kind): \(live) records where \(counted) are counted") }
    result.count("\(kind)", live)
  }

  fileprivate func verifyEvents(_ store: StoreRecord, _ result: inout VerifyReport) throws {
    var count = 0
    var soundItems: Set<Ordinal> = []
    var lastUser: Ordinal?
    try reading { transaction, tables in
      try transaction.forEach(tables.event) { key, value in
        count += 1
        guard let decoded = EventKey(keyBytes: key) else {
          result.report("an event has a key of \(key.count) bytes")
          return .next
        }
        do {
          let event = try EventRecord(decoding: value, of: decoded)
          if !soundItems.contains(event.item) {
            _ = try transaction.id(of: event.item, .items, tables)
            soundItems.insert(event.item)
          }
          if lastUser != decoded.user {
            _ = try transaction.id(of: decoded.user, .users, tables)
            lastUser = decoded.user
          }
        } catch { result.report("event of user \(decoded.user.rawValue) at \(decoded.time): \(error)") }
        return .next
      }
    }
    if count != Int(store.eventCount) {
      result.report("\(count) events where \(store.eventCount) are counted")
    }
    result.count("events", count)
  }

  fileprivate func verifyModels(_ result: inout VerifyReport) throws {
    let models = try models()
    for model in models {
      var count = 0
      try result.part { _ in try forEachPiece(of: model) { count += $0.count } }
      if count != model.record.byteCount {
        result.report("model \(model.version): \(count) bytes where \(model.record.byteCount) belong")
      }
    }
    result.count("models", models.count)
  }

  /// Every word leads to its number and back; encoders read to their end.
  fileprivate func verifyWords(_ result: inout VerifyReport) throws {
    var count = 0
    try reading { transaction, tables in
      try transaction.forEach(tables.wordID) { key, value in
        count += 1
        let bytes = Array(key)
        let text = String(decoding: bytes, as: UTF8.self)
        do {
          let number = try decodeNumber(value, key: bytes, "word.id", text)
          if try transaction.word(number, tables) != bytes {
            result.report("word \(number) is not what \"\(text)\" leads to")
          }
        } catch { result.report("\(error)") }
        return .next
      }
      let words = try transaction.count(tables.word)
      if words != count { result.report("\(words) words for \(count) numbers") }
      try transaction.forEach(tables.columnID) { key, value in
        let name = String(decoding: key, as: UTF8.self)
        do { _ = try decodeNumber(value, key: Array(key), "column.id", name) } catch {
          result.report("\(error)")
        }
        return .next
      }
    }
    result.count("words", count)
  }

  fileprivate func verifySpace(
    _ record: SpaceRecord, _ result: inout VerifyReport
  ) throws {
    let view = try space(record.name)
    let (nodes, dead) = try verifyRows(of: view, &result)
    _ = try encoderState(of: record)
    let graph = try verifyGraph(of: view, &result)
    func report(_ problem: String) { result.report("space \"\(record.name)\": \(problem)") }
    if nodes != record.nodeCount || dead != record.deadCount {
      report(
        "\(nodes) nodes, \(dead) deleted, where \(record.nodeCount) and \(record.deadCount) are counted")
    }
    let placed = try placedCount(record)
    if placed != record.liveCount { report("\(placed) places for \(record.liveCount) vectors") }
    result.count("vectors of \(record.name)", nodes - dead + view.tail.count)
    result.count("links of \(record.name)", graph.linkCount)
    result.count("unreachable in \(record.name)", graph.unreachableCount)
  }

  /// Every vector is as it was written, has the codes that belong to it, and lies where its place says.
  private func verifyRows(
    of view: SpaceView, _ result: inout VerifyReport
  ) throws -> (nodes: Int, dead: Int) {
    let (record, graph) = (view.record, view.graph)
    var (nodes, dead) = (0, 0)
    for slot in 0..<UInt32(graph.slotCount) {
      guard let ordinal = try graph.owner(of: slot) else { continue }
      nodes += 1
      guard graph.rows.check.isSound(slot), graph.view.isRowSound(Slot(slot)) else {
        result.report("space \"\(record.name)\": the vector in slot \(slot) does not match its checksum")
        continue
      }
      if !view.codesMatchRow(slot) {
        result.report("space \"\(record.name)\": the codes in slot \(slot) are not those of its vector")
      }
      guard view.isLive(slot) else {
        dead += 1
        continue
      }
      if try place(of: ordinal, record) != .graph(slot: slot) {
        result.report(
          "space \"\(record.name)\": slot \(slot) belongs to ordinal \(ordinal.rawValue), which is elsewhere")
      }
    }
    for index in 0..<view.tail.count
    where try place(of: view.tail.ordinals[index], record) != .tail(sequence: view.tail.sequences[index]) {
      result.report("space \"\(record.name)\": row \(view.tail.sequences[index]) of the tail is out of date")
    }
    return (nodes, dead)
  }

  /// The links are as they were written and keep the rules of a graph.
  private func verifyGraph(of view: SpaceView, _ result: inout VerifyReport) throws -> GraphReport {
    let (name, graph) = (view.record.name, view.graph)
    for block in 0..<graph.view.links.blockCount where !graph.view.areLinksSound(block: block) {
      result.report("space \"\(name)\": block \(block) of the links does not match its checksum")
    }
    try graph.verifyOwners()
    let report: GraphReport
    do throws(GraphError) {
      report = try graph.view.inspect { graph.ownerKnownSound($0.rawValue) != nil }
    } catch { throw EngineError.damagedGraph(name, error) }
    for problem in report.problems { result.report("space \"\(name)\": \(problem)") }
    return report
  }

  private func place(of ordinal: Ordinal, _ record: SpaceRecord) throws -> Place {
    try reading { try $0.place(of: ordinal, generation: record.generation, $1) }
  }

  private func placedCount(_ record: SpaceRecord) throws -> Int {
    var count = 0
    try reading { transaction, tables in
      try transaction.forEach(tables.places, prefix: record.generation) { key, value in
        guard let block = BlockKey(keyBytes: key)?.second else { return .next }
        try checkPageBlock(value, .places, record.generation, block)
        for index in 0..<PageBlock.wordsPerBlock
        where Place(stored: PageBlock.word(index, in: value)) != .none {
          count += 1
        }
        return .next
      }
    }
    return count
  }
}
