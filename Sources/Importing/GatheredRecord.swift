import Values
import Basics

/// What the rows read so far say of one record.
final class GatheredRecord {
  let id: String
  private(set) var text: String?
  /// The further columns that the text is joined of, where there are any.
  private var moreTexts: [String?] = []
  /// Whether the last row took the text away.
  private(set) var clearsText = false
  /// The last non-empty field of each column of a delimited file.
  private(set) var fields: [String?]
  /// The attributes of JSON rows; null takes one away.
  var attributes = Attributes()

  init(id: String, columnCount: Int) {
    self.id = id
    fields = Array(repeating: nil, count: columnCount)
  }

  /// Most rows repeat what the last one said: a string is only made for a new value.
  func set(_ column: Int, _ bytes: UnsafeRawBufferPointer) {
    if let known = fields[column], known.hasBytes(bytes) { return }
    fields[column] = String(decoding: bytes, as: UTF8.self)
  }

  /// The row has nothing in this column, and that is what counts.
  func clear(_ column: Int) { fields[column] = nil }

  /// - Parameter part: which of the columns that the text is joined of.
  func setText(_ bytes: UnsafeRawBufferPointer, part: Int) {
    clearsText = false
    if part == 0 {
      if let text, text.hasBytes(bytes) { return }
      text = String(decoding: bytes, as: UTF8.self)
    } else {
      while moreTexts.count < part { moreTexts.append(nil) }
      moreTexts[part - 1] = String(decoding: bytes, as: UTF8.self)
    }
  }

  /// The row has no text, and that is what counts.
  func clearText(part: Int) {
    if part == 0 { text = nil } else if part <= moreTexts.count { moreTexts[part - 1] = nil }
    clearsText = joinedText == nil
  }

  /// The text of all columns it is joined of; nil where none has any.
  var joinedText: String? {
    if moreTexts.isEmpty { return text }
    let parts = ([text] + moreTexts).compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }
}

/// The records of a file that wait in memory to be stored, one for each id, in the order of the file.
struct GatheredRecords {
  private var positions: [ExactString: Int] = [:]
  private(set) var records: [GatheredRecord] = []
  /// About how much memory they take.
  private(set) var byteCount = 0

  /// A record, its id in two collections and the room that these have to spare.
  private static let recordBytes = 240
  /// A field of a column, and an attribute with the room to spare for another one.
  private static let fieldBytes = 16
  private static let attributeBytes = 72

  var count: Int { records.count }

  func contains(_ id: String) -> Bool { positions[ExactString(id)] != nil }

  /// The record of an id, made where there is none.
  mutating func record(of id: String, columnCount: Int) -> (record: GatheredRecord, isNew: Bool) {
    if let position = positions[ExactString(id)] { return (records[position], false) }
    positions[ExactString(id)] = records.count
    let record = GatheredRecord(id: id, columnCount: columnCount)
    records.append(record)
    byteCount += Self.recordBytes + Self.fieldBytes * columnCount
    return (record, true)
  }

  /// Counts what a record has more than before; values that took the place of others are taken to be as long.
  /// - Parameter rowBytes: the length of the row in the file.
  mutating func countGrowth(attributes: Int, isNew: Bool, rowBytes: Int) {
    byteCount += Self.attributeBytes * max(0, attributes)
    if isNew || attributes > 0 { byteCount += rowBytes }
  }

  mutating func removeAll() {
    positions.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
    byteCount = 0
  }
}

extension String {
  fileprivate func hasBytes(_ bytes: UnsafeRawBufferPointer) -> Bool {
    utf8.count == bytes.count && utf8.elementsEqual(bytes)
  }
}
