import Values
import Basics
import Engine
import Interchange
import Records

/// Gathers the rows of one file of items or users: of several rows for one id the last non-empty value of each field
/// wins, and against what is stored already the file wins.
final class RecordImport {
  let kind: RecordKind
  let reader: RowReader
  let options: ImportOptions
  let fields: RecordFields
  let values: RowValues
  private var plan: AttributePlan
  /// The attributes that each column of a delimited file, or key of the JSON row at hand, becomes; none for id and
  /// text.
  private(set) var targets: [[AttributeTarget]] = []
  /// Whether a column of a delimited file becomes any attribute.
  private var isKept: [Bool] = []
  /// Whether options leave columns out.
  private let choosesColumns: Bool
  /// Whether the type of a column was stated, so that a cell can be a bad one.
  private var statedColumns: [Int] = []
  private(set) var types: [ColumnType]
  /// Types of the values that JSON rows have, by number of the attribute.
  private var seenTypes: [SeenTypes] = []
  /// The keys of the JSON row at hand whose attributes are found; nil where they must be found again for the next.
  private var keys: [String?] = []
  private(set) var gathered = GatheredRecords()
  /// Ids of rows that were dropped as bad: with `replaces`, what is stored of them stays.
  private(set) var idsOfBadRows: Set<ExactString> = []
  /// What the transactions so far left to be done.
  var due = DueWork()
  /// Ids of the last slice whose merged records are larger than a stored one may be.
  var tooLarge: [String] = []

  init(_ kind: RecordKind, _ reader: RowReader, _ options: ImportOptions) throws {
    self.kind = kind
    self.reader = reader
    self.options = options
    values = try RowValues(options)
    let columns = reader.columnNames ?? []
    types = columns.map { [values] _ in ColumnType(format: values.format) }
    fields = try RecordFields(kind, reader, options)
    choosesColumns = options.only != nil || !options.except.isEmpty
    plan = AttributePlan(
      map: fields.map, textColumns: fields.guessedText == nil ? fields.text.map(\.name) : [], options: options
    )
    for column in columns { targets.append(plan.targets(ofColumn: column, among: columns)) }
    isKept = targets.map { !$0.isEmpty }
    statedColumns = targets.indices.filter { targets[$0].contains { $0.type == .number } }
    for name in plan.names where !AttributePlan.isValidName(name) {
      throw ImportError(
        code: .badInput,
        message:
          "attribute names have 1 to \(Limits.attributeNameBytes) bytes; column \"\(name.prefix(40))\" has "
          + "\(name.utf8.count), "
          + "give it another with --map name=Column")
    }
  }

  /// Names of options that nothing in the file has, so far as it was read.
  var unmetNames: Set<ExactString> { plan.unmet }
  /// Columns and attributes that the file has, so far as it was read.
  var knownNames: [String] { plan.seenColumns + plan.names }

  /// Bytes of JSON records that are gathered before they are stored, where there is no lower limit.
  private static let gatheredBytes = 64 << 20

  /// Reads the file into memory, one record for each id.
  /// - Parameters:
  ///   - limitBytes: what the records may take; nil for no limit.
  ///   - flush: stores what was read so far: of JSON, where each value says its type, so that a file of any size takes
  ///     the same memory. The type of a column is known when all of it was read. Nil where all belongs together.
  /// - Throws: `.memoryLimit` where the records of a delimited file take more; what `flush` throws.
  func read(limitBytes: Int? = nil, flush: (() throws -> Void)? = nil) throws {
    let (isJSON, statesTypes) = (reader.columnNames == nil, !options.types.isEmpty)
    try reader.forEach { row in
      guard let id = row.cell(fields.id).identifier else {
        explainMissingID(row)
        return "no id"
      }
      guard EntityID.isValid(id) else { return "bad id" }
      if isJSON, !findTargets(of: row) { return bad(id, "bad attribute name") }
      if isJSON, let reason = badText(of: row) { return bad(id, reason) }
      if statesTypes, let reason = badValue(of: row) { return bad(id, reason) }
      let (record, isNew) = gathered.record(of: id, columnCount: types.count)
      if !isNew {
        reader.countMerged()
      } else if types.isEmpty {
        record.attributes.reserveCapacity(row.fieldCount)
      }
      let attributeCount = record.attributes.count
      add(row, to: record)
      gathered.countGrowth(
        attributes: record.attributes.count - attributeCount, isNew: isNew, rowBytes: row.raw.count)
      if isJSON, let flush, gathered.byteCount > min(limitBytes ?? .max, Self.gatheredBytes) {
        try flush()
        gathered.removeAll()
      } else if let limitBytes, gathered.byteCount > limitBytes {
        throw ImportError(
          code: .memoryLimit,
          message:
            "the records of '\(reader.name)' up to line \(row.lineNumber) take about "
            + "\(gathered.byteCount / 1_000_000) MB of memory, above the limit; raise it, split the file, or import "
            + "JSON Lines, which are stored as they are read; nothing of the file was stored")
      }
      return nil
    }
    for record in gathered.records {
      for (index, field) in record.fields.enumerated() {
        field?.withBytes { types[index].see($0) }
      }
    }
    reportColumns()
  }

  private func bad(_ id: String, _ reason: String) -> String {
    if options.replaces { idsOfBadRows.insert(ExactString(id)) }
    return reason
  }

  private func explainMissingID(_ row: Interchange.Record) {
    reader.explain("no id") {
      guard reader.columnNames == nil else { return "the column \"\(fields.id.name)\" is empty" }
      let keys = (0..<row.fieldCount).map { row.name(at: $0) }
      guard !keys.contains(where: { $0.isExactly(fields.id.name) }) else {
        return "\"\(fields.id.name)\" is neither a text nor a number"
      }
      let advice = UsualNames.advice(
        for: "id", of: kind.rawValue, among: keys, taken: options.map.names.compactMap { options.map[$0] })
      return "the row has no \"\(fields.id.name)\"; \(advice)"
    }
  }

  /// The reason to drop a JSON row whose text is none, such as a list, which would be lost.
  private func badText(of row: Interchange.Record) -> String? {
    for column in fields.text {
      let cell = row.cell(column)
      guard cell.isListOrObject else { continue }
      reader.explain("bad text") {
        "\"\(column.name)\" is a list or an object; take the text from another key: --map text=Key"
      }
      return "bad text"
    }
    return nil
  }

  /// The reason to drop a row with a value that is not of its column's stated type.
  private func badValue(of row: Interchange.Record) -> String? {
    func check(_ index: Int) -> String? {
      let cell = row.cell(at: index)
      if cell.isEmpty { return nil }
      for target in targets[index] {
        guard let type = target.type else { continue }
        let isGood =
          switch cell {
          case .missing: true
          case .text: values.value(cell.string ?? "", target, types[index]) != nil
          case .json(let value): values.value(value, target) != nil
          }
        if !isGood {
          let reason = "bad \(type.rawValue)"
          let shown = String((cell.string ?? "a list or an object").prefix(40)).debugDescription
          reader.explain(reason) { "\(target.name) is \(shown)" }
          return reason
        }
      }
      return nil
    }
    if reader.columnNames != nil {
      for index in statedColumns { if let reason = check(index) { return reason } }
    } else {
      for index in 0..<row.fieldCount { if let reason = check(index) { return reason } }
    }
    return nil
  }

  /// Finds what each key of a JSON row becomes; the columns of a delimited file are known.
  /// - Returns: false where a name cannot be an attribute's.
  private func findTargets(of row: Interchange.Record) -> Bool {
    for index in 0..<row.fieldCount {
      if index == keys.count {
        keys.append(nil)
        targets.append([])
      }
      let key = row.name(at: index)
      // Most rows have the keys of the one before, in their order.
      if let known = keys[index], known.isExactly(key) { continue }
      keys[index] = nil
      targets[index] = []
      if !options.clearsMissing, row.cell(at: index).isEmpty { continue }
      let found = plan.targets(ofColumn: key, among: (0..<row.fieldCount).map { row.name(at: $0) })
      guard found.allSatisfy({ AttributePlan.isValidName($0.name) }) else { return false }
      targets[index] = found
      while seenTypes.count < plan.names.count { seenTypes.append([]) }
      // The name that is given in place of these two depends on the row's other keys; where they are the record's own
      // id and text, as in most files, there is none.
      if key != "id" && key != "text" || found.isEmpty && !choosesColumns { keys[index] = key }
    }
    return true
  }

  private func add(_ row: Interchange.Record, to record: GatheredRecord) {
    for (part, column) in fields.text.enumerated() {
      let cell = row.cell(column)
      if !cell.isEmpty {
        cell.withText { record.setText($0, part: part) }
      } else if options.clearsMissing, !cell.isMissing {
        record.clearText(part: part)
      }
    }
    for index in 0..<row.fieldCount {
      switch row.cell(at: index) {
      case .text(let bytes):
        guard isKept[index] else { continue }
        if !bytes.isEmpty { record.set(index, bytes) } else if options.clearsMissing { record.clear(index) }
      case .json(let value):
        if row.cell(at: index).isEmpty {
          guard options.clearsMissing else { continue }
          for target in targets[index] { record.attributes[target.name] = .null }
        } else {
          for target in targets[index] { set(value, target, record) }
        }
      case .missing: continue
      }
    }
  }

  private func set(_ value: JSONValue, _ target: AttributeTarget, _ record: GatheredRecord) {
    let value =
      target.isTakenAsItIs
      ? AttributeValue(value) : values.value(value, target) ?? AttributeValue(value)
    seenTypes[target.number].insert(SeenTypes(value))
    record.attributes[target.name] = value
  }

  private func reportColumns() {
    var columns: [ImportedColumn] = []
    if reader.columnNames == nil {
      columns = zip(plan.names, seenTypes).map { ImportedColumn(name: $0, type: $1.name) }
    } else {
      for (index, found) in targets.enumerated() {
        for target in found {
          let type = target.separator != nil ? "list" : target.type?.rawValue ?? types[index].name
          columns.append(ImportedColumn(name: target.name, type: type))
          if target.separator == nil, target.type == nil, type == "text" { noteDoubt(of: target.name, index) }
        }
      }
    }
    for note in plan.notes { reader.note(note) }
    reader.report { $0.columns = columns }
  }

  private func noteDoubt(of name: String, _ column: Int) {
    let sample = gathered.records.lazy.compactMap { $0.fields[column] }.prefix(ColumnType.sampledCount)
    if let doubt = ColumnType.doubt(of: name, Array(sample), values.format) { reader.note(doubt) }
  }
}
