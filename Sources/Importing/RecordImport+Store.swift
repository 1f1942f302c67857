import Values
import Basics
import Engine
import Interchange
import Records

/// Storing what was gathered.
extension RecordImport {
  /// How many records the file has.
  var count: Int { gathered.count }

  /// Whether `replaces` leaves the record of that id: the file has it, or a row of it that was bad.
  func keeps(_ id: String) -> Bool {
    gathered.contains(id) || idsOfBadRows.contains(ExactString(id))
  }

  /// Whether the file has a good row of that id.
  func has(_ id: String) -> Bool { gathered.contains(id) }

  /// Whether records that the file lacks are deleted: not where nobody can say what all of its rows are.
  var deletesMissing: Bool { options.replaces && reader.unreadableCount == 0 }

  /// The records that the file makes of those that `stored` has.
  /// - Parameter body: gets each record as it was and as it is to be; nil where that is larger than a stored one may
  ///   be.
  func forEachRecord(
    stored: (String) throws -> EntityRecord?, _ body: (EntityRecord?, EntityRecord?) throws -> Void
  ) throws {
    try forEachRecord(gathered.records[...], stored: stored, body)
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
      let slice = gathered.records[first..<min(gathered.count, first + sliceCount)]
      let ((stored, unchanged), left) = try engine.write { writer in
        writer.embedsTexts = options.embedsTexts
        return try store(slice, writer)
      }
      due.merge(left)
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
    let (stored, unchanged) = try store(gathered.records[...], writer)
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
