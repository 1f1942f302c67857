import Values

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

extension String {
  fileprivate func hasBytes(_ bytes: UnsafeRawBufferPointer) -> Bool {
    utf8.count == bytes.count && utf8.elementsEqual(bytes)
  }
}
