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
  private let options: ImportOptions
  private let fields: RecordFields
  private let values: RowValues
  private var plan: AttributePlan
  /// The attributes that each column of a delimited file, or key of the JSON row at hand, becomes; none for id and
  /// text.
  private var targets: [[AttributeTarget]] = []
  /// Whether a column of a delimited file becomes any attribute.
  private var isKept: [Bool] = []
  /// Whether options leave columns out.
  private let choosesColumns: Bool
  /// Whether the type of a column was stated, so that a cell can be a bad one.
  private var statedColumns: [Int] = []
  private var types: [ColumnType]
  /// Types of the values that JSON rows have, by number of the attribute.
  private var seenTypes: [SeenTypes] = []
  /// The keys of the JSON row at hand whose attributes are found; nil where they must be found again for the next.
  private var keys: [String?] = []
  private var positions: [ExactString: Int] = [:]
  private var gathered: [GatheredRecord] = []
  /// Ids of rows that were dropped as bad: with `replaces`, what is stored of them stays.
  private var idsOfBadRows: Set<ExactString> = []
  /// Ids of the last slice whose merged records are larger than a stored one may be.
  private var tooLarge: [String] = []

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

  /// Reads the whole file into memory, one entry for each id.
  func read() throws {
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
      let position = positions[ExactString(id)] ?? gathered.count
      if position == gathered.count {
        positions[ExactString(id)] = position
        gathered.append(GatheredRecord(id: id, columnCount: types.count))
        if types.isEmpty { gathered[position].attributes.reserveCapacity(row.fieldCount) }
      } else {
        reader.countMerged()
      }
      add(row, to: gathered[position])
      return nil
    }
    for record in gathered {
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
    let sample = gathered.lazy.compactMap { $0.fields[column] }.prefix(ColumnType.sampledCount)
    if let doubt = ColumnType.doubt(of: name, Array(sample), values.format) { reader.note(doubt) }
  }

  // MARK: Storing

  /// How many records the file has.
  var count: Int { gathered.count }

  /// Whether `replaces` leaves the record of that id: the file has it, or a row of it that was bad.
  func keeps(_ id: String) -> Bool {
    let id = ExactString(id)
    return positions[id] != nil || idsOfBadRows.contains(id)
  }

  /// Whether the file has a good row of that id.
  func has(_ id: String) -> Bool { positions[ExactString(id)] != nil }

  /// Whether records that the file lacks are deleted: not where nobody can say what all of its rows are.
  var deletesMissing: Bool { options.replaces && reader.unreadableCount == 0 }

  /// The records that the file makes of those that `stored` has.
  /// - Parameter body: gets each record as it was and as it is to be; nil where that is larger than a stored one may
  ///   be.
  func forEachRecord(
    stored: (String) throws -> EntityRecord?, _ body: (EntityRecord?, EntityRecord?) throws -> Void
  ) throws {
    try forEachRecord(gathered[...], stored: stored, body)
  }

  private func forEachRecord(
    _ slice: ArraySlice<GatheredRecord>, stored: (String) throws -> EntityRecord?,
    _ body: (EntityRecord?, EntityRecord?) throws -> Void
  ) throws {
    tooLarge = []
    for record in slice {
      let before = try stored(record.id)
      let after = merged(record, into: before)
      if Writer.canHold(after) {
        try body(before, after)
      } else {
        tooLarge.append(record.id)
        try body(before, nil)
      }
    }
  }

  private func merged(_ record: GatheredRecord, into stored: EntityRecord?) -> EntityRecord {
    var result = options.replaces ? EntityRecord(id: record.id) : stored ?? EntityRecord(id: record.id)
    if let text = record.joinedText {
      if !keepsText(of: result) { result.text = values.text(text) }
    } else if record.clearsText, !keepsText(of: result) {
      result.text = nil
    }
    var found = record.attributes
    for (index, field) in record.fields.enumerated() {
      guard let field else {
        if options.clearsMissing { for target in targets[index] { found[target.name] = .null } }
        continue
      }
      for target in targets[index] {
        found[target.name] =
          target.isTakenAsItIs ? types[index].value(of: field) : values.value(field, target, types[index])
      }
    }
    if result.attributes.isEmpty { result.attributes = found } else { result.attributes.merge(found) }
    if options.clearsMissing { result.attributes = result.attributes.filter { $0.value != .null } }
    return result
  }

  /// A guessed text never takes the place of one that came from elsewhere.
  private func keepsText(of stored: EntityRecord) -> Bool {
    guard let guessedText = fields.guessedText, let text = stored.text else { return false }
    guard case .string(let former)? = stored.attributes[guessedText] else { return true }
    return !former.isExactly(text)
  }

  /// Stores what was gathered, `sliceCount` records in a transaction.
  func store(_ engine: StorageEngine, sliceCount: Int) throws {
    for first in stride(from: 0, to: gathered.count, by: sliceCount) {
      try Task.checkCancellation()
      let slice = gathered[first..<min(gathered.count, first + sliceCount)]
      let (stored, unchanged) = try engine.write { writer in try store(slice, writer) }.result
      reader.count(stored: stored, unchanged: unchanged)
      countTooLarge()
    }
  }

  /// Counts the records of the last slice that were too large; to be called when their transaction is over.
  func countTooLarge() {
    for id in tooLarge {
      reader.countDropped("record too large")
      reader.note("\(id.prefix(60)): the record would have more than 16 MiB")
    }
    tooLarge = []
  }

  /// Stores what was gathered in the transaction at hand, and deletes what it lacks where that was asked for.
  func store(_ writer: Writer) throws {
    let (stored, unchanged) = try store(gathered[...], writer)
    try demandNoneTooLarge()
    reader.count(stored: stored, unchanged: unchanged)
    guard deletesMissing else { return }
    var deleted = 0
    for id in try writer.liveIDs(kind) where !keeps(id) {
      if try writer.delete(id, kind) { deleted += 1 }
    }
    reader.report { $0.deleted = deleted }
  }

  /// - Throws: with `strict`, `.badInput` where a record is larger than a stored one may be.
  func demandNoneTooLarge() throws {
    guard options.strict, let id = tooLarge.first else { return }
    throw ImportError(
      code: .badInput,
      message: "strict: the record of \"\(id)\" would have more than 16 MiB; nothing was stored")
  }

  private func store(_ slice: ArraySlice<GatheredRecord>, _ writer: Writer) throws -> (
    stored: Int, unchanged: Int
  ) {
    var (stored, unchanged) = (0, 0)
    try forEachRecord(slice, stored: { try writer.entity($0, kind) }) { _, record in
      guard let record else { return }
      switch try writer.upsert(record, kind) {
      case .stored: stored += 1
      case .unchanged: unchanged += 1
      }
    }
    return (stored, unchanged)
  }
}
