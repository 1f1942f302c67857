/// The names of what every record has beside its attributes.
package enum RecordText: String, CaseIterable, Sendable {
  /// The caller's own id.
  case id
  /// The text that encoders read; a record may have none.
  case text
}

/// The ids or the texts of all records, which no column holds.
package protocol TextSource {
  /// Hands out every record that has the text, in any order.
  func forEachText(_ body: (_ ordinal: UInt32, _ text: String) throws -> Void) throws

  /// The ordinals of the records with one of `texts`, byte for byte; nil where only a scan of all records finds them.
  /// Every ordinal has a text where this is not nil.
  func ordinals(equalTo texts: [String]) throws -> [UInt32]?
}

/// One condition evaluated over the ids or the texts of all records.
enum TextScan {
  /// The ordinals below `ordinalCount` whose text passes `test`.
  /// - Complexity: O(1) for each text of `=`, `!=` and `in` where the source has an index, else O(records).
  static func evaluate(
    _ test: ValueTest, over source: any TextSource, ordinalCount: Int
  ) throws -> Bitmap {
    if let texts = test.matcher.equalTexts, let found = try source.ordinals(equalTo: texts) {
      var result = Bitmap(count: ordinalCount, ordinals: found.filter { Int($0) < ordinalCount })
      if test.isNegated { result.invert() }
      return result
    }
    var result = Bitmap(count: ordinalCount, filledWith: test.passesNull)
    try source.forEachText { ordinal, text in
      guard Int(ordinal) < ordinalCount else { return }
      if test.matches(text) != test.isNegated { result.insert(ordinal) } else { result.remove(ordinal) }
    }
    return result
  }
}

extension ValueTest.Matcher {
  /// The texts that a text has to be one of, byte for byte; nil where the matcher asks for something else.
  fileprivate var equalTexts: [String]? {
    switch self {
    case .text(.equal, let literal): [literal.string]
    case .oneOf(let set): set.onlyTexts
    case .text, .number, .bool, .null, .numberRange, .textRange, .like: nil
    }
  }
}
