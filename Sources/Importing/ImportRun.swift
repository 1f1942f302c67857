package import Values
import Basics
package import Engine
import Filters
package import Interchange
import Records

/// The files of one import, in the order they are stored: records before the events that name them.
package final class ImportRun {
  private let options: ImportOptions
  private let rejects: ByteSink?
  private let progress: ProgressHandler?
  private var records: [RecordImport] = []
  private var events: EventImport?
  private var dueAtOnce = DueWork()

  /// Records in a transaction: with their columns' pages well below LMDB's limit.
  private static let recordSlice = 20_000
  /// Events kept in memory before they are stored in the order of their keys. 8,500,000 events of 600,000 users took
  /// 600 MB, and the half million behind the first chunk left a file 1.5 times as large as `compact` makes it.
  private static let eventChunk = 8_000_000

  /// Opens the files and finds their columns.
  /// - Throws: `ImportError`, `InterchangeError`, `FilterError`.
  package init(
    _ files: ImportFiles, _ options: ImportOptions, rejects: ByteSink?, _ progress: ProgressHandler?
  ) throws {
    self.options = options
    self.rejects = rejects
    self.progress = progress
    try options.check(for: files)
    let count = [files.items, files.users, files.events].compactMap { $0 }.count
    func reader(_ file: String, _ stage: String) throws -> RowReader {
      try RowReader(
        file, options: options, isOnlyFile: count == 1, rejects: rejects, stage: stage, progress: progress)
    }
    func chosen(forEvents: Bool) -> ImportOptions {
      // With several files a map names columns of each: a field is only demanded where there is one file.
      guard count > 1 else { return options }
      var options = options
      options.map = options.map.filter { EventFields.names.contains($0) == forEvents }
      return options
    }
    for (kind, file) in [(RecordKind.items, files.items), (.users, files.users)] {
      guard let file else { continue }
      records.append(
        try RecordImport(kind, try reader(file, "importing \(kind)"), chosen(forEvents: false)))
    }
    if let file = files.events {
      events = try EventImport(try reader(file, "importing events"), chosen(forEvents: true))
    }
    if records.allSatisfy({ $0.reader.columnNames != nil }) { try refuseUnmetNames() }
  }

  /// Names of options that no file has.
  private var unmetNames: [String] {
    guard let first = records.first else { return [] }
    let unmet = records.dropFirst().reduce(first.unmetNames) { $0.intersection($1.unmetNames) }
    return unmet.sorted().map(\.value)
  }

  private func nearestNames(to name: String) -> String {
    let names = records.flatMap(\.knownNames)
    var distinct: [String] = []
    for name in names where !distinct.contains(where: { $0.isExactly(name) }) { distinct.append(name) }
    let nearest = NearestNames.nearest(to: name, among: distinct)
    return nearest.isEmpty ? "" : "; did you mean \(nearest.joined(separator: " or "))?"
  }

  private func refuseUnmetNames() throws {
    guard let name = unmetNames.first else { return }
    let columns = records.compactMap(\.reader.columnNames).first ?? []
    throw ImportError(
      code: .badInput,
      message:
        "\(options.optionNaming(name)) names \"\(name)\", which is neither a column nor an attribute of "
        + "\(records.map(\.reader.name).joined(separator: " or ")); it has "
        + "\(columns.joined(separator: ", "))\(nearestNames(to: name))")
  }

  /// In JSON each row brings its own keys: what none had is known at the end.
  private func noteUnmetNames() {
    for name in unmetNames {
      records.first?.reader.note(
        "\(options.optionNaming(name)) names \"\(name)\", which no row has\(nearestNames(to: name))")
    }
  }

  /// Reads the files and stores, or compares, what is in them.
  package func run(_ engine: StorageEngine) throws {
    if options.dryRun {
      try preview(engine)
    } else if options.strict || options.replaces {
      try storeAtOnce(engine)
    } else {
      try store(engine)
    }
  }

  /// What is left to be done behind what was stored so far, also where `run` has failed.
  package var due: DueWork {
    var all = dueAtOnce
    for gathering in records { all.merge(gathering.due) }
    return all
  }

  private func store(_ engine: StorageEngine) throws {
    for gathering in records {
      try gathering.read(limitBytes: engine.memoryLimitBytes) {
        try gathering.store(engine, sliceCount: Self.recordSlice)
      }
      try gathering.store(engine, sliceCount: Self.recordSlice)
    }
    noteUnmetNames()
    KillPoint.pass(.recordsImported)
    if let events {
      // Each has its place in the order of keys beside it.
      let limit = engine.memoryLimitBytes.map { max(1, $0 / EventImport.bytesPerEvent) } ?? .max
      try events.read(chunkCount: min(Self.eventChunk, limit)) { try events.store(engine) }
      try events.store(engine)
      events.noteNewItems()
    }
  }

  private func storeAtOnce(_ engine: StorageEngine) throws {
    try readAll(engine)
    dueAtOnce = try engine.write { writer in
      writer.embedsTexts = options.embedsTexts
      for gathering in records {
        gathering.reader.resetStored()
        try gathering.store(writer)
      }
      if let events {
        events.reader.resetStored()
        try events.store(writer)
      }
    }.due
    for gathering in records { gathering.countTooLarge() }
    events?.noteNewItems()
  }

  private func preview(_ engine: StorageEngine) throws {
    try readAll(engine)
    try engine.read { snapshot in
      for gathering in records { try gathering.preview(snapshot) }
      try events?.preview(snapshot, records: records)
    }
    for gathering in records { gathering.countTooLarge() }
    events?.noteNewItems()
  }

  /// Reads all files before anything is stored.
  private func readAll(_ engine: StorageEngine) throws {
    for gathering in records {
      try gathering.read(limitBytes: engine.memoryLimitBytes)
      if options.strict { try demandNoBadRow(gathering.reader) }
      if options.replaces { try demandRecords(gathering) }
    }
    noteUnmetNames()
    if let events {
      try events.read(chunkCount: .max) {}
      if options.strict { try demandNoBadRow(events.reader) }
    }
  }

  /// A file without a good row is no catalogue: an export that failed would empty the store.
  private func demandRecords(_ gathering: RecordImport) throws {
    let (reader, counts) = (gathering.reader, gathering.reader.counts)
    guard gathering.count > 0 else {
      try rejects?.close()
      let dropped = counts.dropped.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
      throw ImportError(
        code: .badInput,
        message:
          "replace: '\(reader.name)' has no good row of \(gathering.kind.rawValue) (\(counts.rows) read"
          + "\(dropped.isEmpty ? "" : "; " + dropped.joined(separator: ", "))); nothing was stored or deleted"
      )
    }
    if reader.unreadableCount > 0 {
      reader.note(
        "replace: nothing was deleted, since which \(gathering.kind.rawValue) the \(reader.unreadableCount) "
          + "unreadable row\(reader.unreadableCount == 1 ? " is" : "s are") of is not known; mend the file and "
          + "repeat the import"
      )
    }
  }

  /// Rows that `rowsWhere` leaves out are wanted out; any other dropped row is a bad one.
  private func demandNoBadRow(_ reader: RowReader) throws {
    let bad = reader.counts.dropped.filter { $0.key != "condition" }.sorted { $0.key < $1.key }
    guard !bad.isEmpty else { return }
    try rejects?.close()
    let list = bad.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
    throw ImportError(code: .badInput, message: "strict: \(list); nothing was stored")
  }

  package var report: ImportReport {
    var report = ImportReport()
    for gathering in records {
      let counts = gathering.reader.countsWithHints
      if gathering.kind == .items { report.items = counts } else { report.users = counts }
    }
    report.events = events?.reader.countsWithHints
    report.isDryRun = options.dryRun
    return report
  }
}
