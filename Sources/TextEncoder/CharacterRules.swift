/// What a `BertNormalizer` is set to.
struct BertSettings: Sendable, Hashable {
  /// Whether controls are removed.
  var cleans = true
  /// Whether ideographs become words of their own.
  var isolatesIdeographs = true
  /// Whether letters lose their accents.
  var stripsAccents = true
  var lowercases = true
}

/// What a scalar does to the word that it stands in.
enum CharacterAction: UInt32 {
  /// It is appended.
  case keep
  /// It is left out, and marks around it are put in order across it.
  case drop
  /// It is left out; marks do not move across it.
  case dropStarter
  /// It ends the word.
  case space
  /// It is a word of its own.
  case isolate
  /// Its replacement is appended.
  case replace
  /// Its replacement is a word of its own.
  case isolateReplacement
  /// It is appended in the order of combining classes.
  case order
  /// Its replacement is appended, the marks at its end in their order.
  case replaceOrdered
  /// A Hangul syllable, whose letters are appended.
  case decompose
}

/// What BERT's normaliser and pre-tokenizer together do with each scalar under given settings.
struct CharacterRules: Sendable {
  /// Per scalar: the action, and from bit 4 on its payload: the combining class for `order`, else the place of the
  /// replacement's bytes times 64 plus their number.
  private var table = ScalarTable()
  /// The UTF-8 of all replacements.
  private(set) var replacements: [UInt8] = []

  /// The rules of `settings`. Accents are stripped from lower-cased text only: `lowercases` must be set with
  /// `stripsAccents`.
  init(_ settings: BertSettings) {
    precondition(settings.lowercases || !settings.stripsAccents, "accents stripped and capitals kept")
    CharacterFacts.forEachRun(in: CharacterFacts.classes) { range, letter in
      let action = Self.action(CharacterClass(rawValue: letter) ?? .plain, settings)
      if action != .keep { table.set(range, action.rawValue) }
    }
    guard settings.lowercases else { return }
    if settings.stripsAccents {
      CharacterFacts.forEachMap(in: CharacterFacts.orders) { scalar, order in
        table.set(scalar, CharacterAction.order.rawValue | order[0] << 4)
      }
      table.set(CharacterFacts.syllables, CharacterAction.decompose.rawValue)
    }
    let maps = settings.stripsAccents ? CharacterFacts.folded : CharacterFacts.lowered
    CharacterFacts.forEachMap(in: maps) { scalar, result in replace(scalar, by: result) }
  }

  private static func action(_ kind: CharacterClass, _ settings: BertSettings) -> CharacterAction {
    switch kind {
    case .plain, .keptMark: .keep
    case .control: settings.cleans ? .drop : .keep
    case .controlSpace: settings.cleans ? .drop : .space
    case .space: .space
    case .ideograph: settings.isolatesIdeographs ? .isolate : .keep
    case .punctuation: .isolate
    case .mark: settings.stripsAccents ? .drop : .keep
    case .startingMark: settings.stripsAccents ? .dropStarter : .keep
    }
  }

  private mutating func replace(_ scalar: UInt32, by result: Slice<UnsafeMutableBufferPointer<UInt32>>) {
    let start = replacements.count
    for value in result {
      if let part = UnicodeScalar(value) { UTF8.encode(part, into: { replacements.append($0) }) }
    }
    // A sign that decomposes into a punctuation mark is one.
    let isIsolated =
      table[scalar] == CharacterAction.isolate.rawValue
      || result.count == 1 && table[result[0]] == CharacterAction.isolate.rawValue
    let isOrdered = result.dropFirst().contains { table[$0] & 15 == CharacterAction.order.rawValue }
    let action: CharacterAction =
      isIsolated ? .isolateReplacement : isOrdered ? .replaceOrdered : .replace
    table.set(scalar, action.rawValue | UInt32(start << 6 | (replacements.count - start)) << 4)
  }

  /// What `scalar` does. O(1).
  @inline(__always)
  func action(of scalar: UInt32) -> (action: CharacterAction, payload: Int) {
    let entry = table[scalar]
    return (CharacterAction(rawValue: entry & 15) ?? .keep, Int(entry >> 4))
  }

  /// The bytes in `replacements` that a payload means.
  @inline(__always)
  static func range(of payload: Int) -> Range<Int> { (payload >> 6)..<(payload >> 6 + payload & 63) }
}
