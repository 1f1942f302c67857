import Engine
import Interchange
import Records

extension Store {
  /// Imports items, users and events from JSON Lines, CSV or TSV, each also gzipped.
  ///
  /// Rows that cannot be used are dropped and counted by reason. Importing a file twice changes nothing: an event equal
  /// to a stored one in every field is that event, and records are merged field by field. Large files are stored in
  /// several transactions; with `strict` in one, or not at all.
  /// - Throws: `StoreError` `.notFound`, `.badInput` for a file that cannot be understood (with `strict`: for the first
  ///   bad row), `.alreadyExists` when `rejects` is the store or one of `files`, `.badFilter`, `.diskFull`; `CancellationError` with everything stored so far kept.
  @discardableResult
  public func importRecords(
    _ files: ImportFiles, options: ImportOptions = .init(), progress: ProgressHandler? = nil
  ) throws -> ImportReport {
    try StoreError.translating {
      var claims = FileClaims(store: engine.environment.path)
      claims.read(files.items, as: "the file of items")
      claims.read(files.users, as: "the file of users")
      claims.read(files.events, as: "the file of events")
      let rejects = try options.rejects.map { try ByteSink(path: claims.write($0, as: "rejects").path) }
      let run = ImportRun(options: options, rejects: rejects, progress: progress)
      try run.open(files)
      if options.strict { try run.storeAtOnce(engine) } else { try run.store(engine) }
      try rejects?.close()
      return run.report
    }
  }
}

/// The files of one import, in the order they are stored: records before the events that name them.
private final class ImportRun {
  private let options: ImportOptions
  private let rejects: ByteSink?
  private let progress: ProgressHandler?
  private var records: [(kind: EntityKind, reader: RowReader, gathering: RecordImport)] = []
  private var events: (reader: RowReader, gathering: EventImport)?

  /// Records in a transaction: with their columns' pages well below LMDB's limit.
  private static let recordSlice = 20_000
  /// Events kept in memory before they are stored in the order of their keys. 8,500,000 events of 600,000 users took
  /// 600 MB, and the half million behind the first chunk left a file 1.5 times as large as `compact` makes it.
  private static let eventChunk = 8_000_000

  init(options: ImportOptions, rejects: ByteSink?, progress: ProgressHandler?) {
    self.options = options
    self.rejects = rejects
    self.progress = progress
  }

  func open(_ files: ImportFiles) throws {
    // With several files a map names columns of each: a field is only demanded where there is one file.
    let eventFields: Set<String> = ["user", "item", "time", "kind", "session", "value"]
    let count = [files.items, files.users, files.events].compactMap { $0 }.count
    func map(forEvents: Bool) -> [String: String] {
      count == 1 ? options.map : options.map.filter { eventFields.contains($0.key) == forEvents }
    }
    for (kind, file) in [(EntityKind.items, files.items), (.users, files.users)] {
      guard let file else { continue }
      let reader = try makeReader(file, "importing \(kind)")
      records.append((kind, reader, try RecordImport(kind, reader, map(forEvents: false))))
    }
    if let file = files.events {
      let reader = try makeReader(file, "importing events")
      var options = options
      options.map = map(forEvents: true)
      events = (reader, try EventImport(reader, options))
    }
  }

  private func makeReader(_ file: String, _ stage: String) throws -> RowReader {
    try RowReader(file, options: options, rejects: rejects, stage: stage, progress: progress)
  }

  func store(_ engine: StorageEngine) throws {
    for (_, _, gathering) in records {
      try gathering.read()
      try gathering.store(engine, sliceCount: Self.recordSlice)
    }
    if let events {
      try events.gathering.read(chunkCount: Self.eventChunk) { try events.gathering.store(engine) }
      try events.gathering.store(engine)
    }
  }

  func storeAtOnce(_ engine: StorageEngine) throws {
    for (_, reader, gathering) in records {
      try gathering.read()
      try demandNoBadRow(reader)
    }
    if let events {
      try events.gathering.read(chunkCount: .max) {}
      try demandNoBadRow(events.reader)
    }
    _ = try engine.write { writer in
      for (_, reader, gathering) in records {
        reader.resetStored()
        try gathering.store(writer)
      }
      if let events {
        events.reader.resetStored()
        try events.gathering.store(writer)
      }
    }
  }

  /// Rows that `rowsWhere` leaves out are wanted out; any other dropped row is a bad one.
  private func demandNoBadRow(_ reader: RowReader) throws {
    let bad = reader.counts.dropped.filter { $0.key != "condition" }.sorted { $0.key < $1.key }
    guard !bad.isEmpty else { return }
    try rejects?.close()
    let list = bad.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
    throw StoreError(code: .badInput, message: "strict: \(list); nothing was stored")
  }

  var report: ImportReport {
    var report = ImportReport()
    for (kind, reader, _) in records {
      if kind == .items { report.items = reader.counts } else { report.users = reader.counts }
    }
    report.events = events?.reader.counts
    return report
  }
}
