import ArgumentParser
import Interchange
import Kindred

extension Command {
  struct Export: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write vectors or records to files.",
      usage: "kindred export <store> [<options>]",
      discussion: """
        Vectors become float32 .npy with the ids one a line in the same order. Records and events become JSON Lines, \
        or CSV or TSV by the file's name or --format; import reads all of them back. CSV and TSV have no types: what \
        would come back as something else is named in a note. '-' is standard output. An existing file is replaced \
        when the new one is complete.

        Examples:
          kindred export shop.kindred --space content \\
            --vectors content.npy --ids content.txt
          kindred export shop.kindred --items - | gzip > items.jsonl.gz
          kindred export shop.kindred --events events.csv
        """)

    @OptionGroup var path: StorePath

    @Option(
      help: ArgumentHelp("The space whose vectors to write.", valueName: "space"), completion: .spaceNames)
    var space: String?

    @Option(help: ArgumentHelp("Write the vectors here.", valueName: "file.npy"), completion: .file())
    var vectors: String?

    @Option(help: ArgumentHelp("Write the vectors' ids here.", valueName: "file.txt"), completion: .file())
    var ids: String?

    @Option(help: ArgumentHelp("Write the items here.", valueName: "file"), completion: .file())
    var items: String?

    @Option(help: ArgumentHelp("Write the users here.", valueName: "file"), completion: .file())
    var users: String?

    @Option(help: ArgumentHelp("Write the events here.", valueName: "file"), completion: .file())
    var events: String?

    @Option(
      help: ArgumentHelp(
        "Format of records and events, overriding the file name: jsonl, csv or tsv.", valueName: "format"),
      completion: .list(["jsonl", "csv", "tsv"]))
    var format: String?

    @OptionGroup var output: OutputOptions

    /// The format to write records in; a name that says nothing stands for JSON Lines.
    private func recordFormat(_ file: String) throws -> RecordFormat {
      guard let format else {
        return RecordFormat(path: file).flatMap { $0 == .json ? nil : $0 } ?? .jsonLines
      }
      guard let known = RecordFormat(name: format), known != .json else {
        throw ValidationError("--format is \(format); use jsonl, csv or tsv.")
      }
      return known
    }

    func validate() throws {
      _ = try recordFormat("-")
      guard format == nil || space == nil else {
        throw ValidationError("--format is for records and events; vectors are written as .npy.")
      }
      let given = [space, items, users, events].compactMap { $0 }.count
      guard given == 1 else {
        let problem = given == 0 ? "Nothing to export" : "One thing at a time"
        throw ValidationError("\(problem): give exactly one of --space, --items, --users and --events.")
      }
      if space != nil {
        guard let vectors, let ids else {
          throw ValidationError("--space needs --vectors and --ids, the files to write.")
        }
        guard vectors != ids else {
          throw ValidationError("--vectors and --ids name the same file: '\(ids)'.")
        }
      } else if vectors != nil || ids != nil {
        throw ValidationError("--vectors and --ids belong to --space, which is not given.")
      }
    }

    func run(_ opened: Store) throws {
      let (what, file) = target
      var claims = FileClaims(store: store)
      let target = try claims.write(file, as: space == nil ? "--\(what)" : "--vectors")
      let idsTarget = try ids.map { try claims.write($0, as: "--ids") }
      let ((count, dimension, notes), seconds) = try timed {
        try output.withProgressLine { line in
          let ticker = ExportTicker(stage: "writing \(what)", line: line)
          return try opened.read { try write($0, to: target, ids: idsTarget, ticker: ticker) }
        }
      }
      // Results on standard output are the export itself; the summary then is a note.
      let people =
        "wrote \(People.count(count, String(what.dropLast()))) to \(file) in \(People.seconds(seconds))"
      guard file != "-", ids != "-" else {
        for note in [people] + notes { try output.note(note) }
        return
      }
      var json: [JSON.Member] = [JSON.Member(key: what, value: .integer(count))]
      if let dimension { json.append(JSON.Member(key: "dimension", value: .integer(dimension))) }
      json.append(JSON.Member(key: "seconds", value: .number(seconds)))
      json.append(JSON.Member(key: "notes", value: .array(notes.map { .string($0) })))
      try output.print(.object(json), people: people + "\n")
      for note in notes { try output.note("note: \(note)") }
    }

    /// What is written, and where.
    private var target: (what: String, file: String) {
      if let items { return ("items", items) }
      if let users { return ("users", users) }
      if let events { return ("events", events) }
      return ("vectors", vectors ?? "-")
    }

    private func write(
      _ snapshot: borrowing Snapshot, to path: OutputPath, ids: OutputPath?, ticker: ExportTicker
    ) throws -> (count: Int, dimension: Int?, notes: [String]) {
      if let space, let ids {
        return try writeVectors(snapshot, space: space, to: path, ids: ids, ticker: ticker)
      }
      let format = try recordFormat(path.path)
      let file = try OutputFile(path)
      guard format == .jsonLines else {
        let notes = try writeTable(snapshot, format, to: file, ticker: ticker)
        return (ticker.count, nil, notes)
      }
      var renamed = RenamedAttributes()
      if events != nil {
        try snapshot.forEachEvent { event in
          try file.write(line: event.json)
          try ticker.tick()
        }
      } else {
        try snapshot.forEachRecord(items != nil ? .items : .users) { record in
          try file.write(line: record.flatJSON)
          renamed.add(record)
          try ticker.tick()
        }
      }
      try file.close()
      return (ticker.count, nil, renamed.notes)
    }

    /// - Returns: what will not come back as it was.
    private func writeTable(
      _ snapshot: borrowing Snapshot, _ format: RecordFormat, to file: OutputFile, ticker: ExportTicker
    ) throws -> [String] {
      var table = DelimitedExport(format)
      var renamed = RenamedAttributes()
      if events != nil {
        table.beginEvents()
        try snapshot.forEachEvent { event in
          try table.write(event)
          try file.write(table.take())
          try ticker.tick()
        }
      } else {
        let kind: RecordKind = items != nil ? .items : .users
        try snapshot.forEachRecord(kind) { record in
          table.survey(record)
          renamed.add(record)
        }
        table.beginRecords()
        try snapshot.forEachRecord(kind) { record in
          try table.write(record)
          try file.write(table.take())
          try ticker.tick()
        }
      }
      // The header of a store without records.
      try file.write(table.take())
      try file.close()
      return table.notes + renamed.notes
    }

    private func writeVectors(
      _ snapshot: borrowing Snapshot, space: String, to path: OutputPath, ids idsPath: OutputPath,
      ticker: ExportTicker
    ) throws -> (count: Int, dimension: Int?, notes: [String]) {
      let info = try snapshot.space(space)
      let dimension = info.configuration.dimension
      ticker.total = info.count
      let staged = try StagedFile(path)
      let file = try NPYWriter(
        path: staged.writingPath, element: .float32, columns: dimension, rows: info.count)
      let idsFile = try OutputFile(idsPath)
      try snapshot.forEachVector(space) { id, components in
        guard !id.utf8.contains(where: { $0 == 0x0a || $0 == 0x0d }) else {
          throw CommandFailure(
            .badInput,
            "an id holds a line end and cannot be a line of '\(idsPath.path)': \(id.debugDescription)")
        }
        // At the front of a file it would be read as a byte order mark.
        guard ticker.count > 0 || !id.utf8.starts(with: [0xef, 0xbb, 0xbf]) else {
          throw CommandFailure(
            .badInput,
            "the first id begins with a byte order mark and would lose it in '\(idsPath.path)': \(id.debugDescription)"
          )
        }
        try file.append(components)
        try idsFile.write(id.utf8)
        try idsFile.write(CollectionOfOne(UInt8(ascii: "\n")))
        try ticker.tick()
      }
      guard ticker.count == info.count else {
        throw CommandFailure(
          .corrupted,
          "space '\(space)' says it has \(info.count) vectors and gave \(ticker.count); run: "
            + "kindred verify \(store)")
      }
      try file.close()
      try idsFile.close()
      try staged.commit()
      return (ticker.count, dimension, [])
    }
  }
}

/// The attributes that stand in a file under another name than in the store.
private struct RenamedAttributes {
  private var counts: [(name: String, written: String, count: Int)] = []

  mutating func add(_ record: any Kindred.Record) {
    for (name, written) in record.attributes.withoutOwnNames.renamed {
      if let place = counts.firstIndex(where: { $0.name == name && $0.written == written }) {
        counts[place].count += 1
      } else {
        counts.append((name, written, 1))
      }
    }
  }

  var notes: [String] {
    counts.map { renamed in
      "the attribute \(renamed.name) of \(People.count(renamed.count, "record")) is written as \(renamed.written), "
        + "since the record's own \(renamed.name) would hide it"
    }
  }
}

/// Counts what is written, reports it now and then, and stops at an interrupt.
private final class ExportTicker {
  /// Rows between two looks at the clock and at cancellation.
  private static let stride = 4096

  private(set) var count = 0
  var total: Int?
  private let stage: String
  private let line: ProgressLine?

  init(stage: String, line: ProgressLine?) {
    self.stage = stage
    self.line = line
  }

  func tick() throws {
    count += 1
    guard count.isMultiple(of: Self.stride) else { return }
    try Task.checkCancellation()
    line?.show(stage: stage, completed: count, total: total)
  }
}
