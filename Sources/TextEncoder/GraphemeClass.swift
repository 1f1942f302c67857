/// What a scalar does at the borders of grapheme clusters (Unicode 17, UAX 29).
enum GraphemeClass: UInt8 {
  case other = 0x41  // A
  case prepend = 0x42  // B
  case control = 0x43  // C
  case extend = 0x45  // E
  /// A consonant of a script in which others join it.
  case consonant = 0x49  // I
  /// An extending sign that joins two consonants.
  case linker = 0x4B  // K
  case leading = 0x4C  // L
  case spacingMark = 0x4D  // M
  case pictograph = 0x50  // P
  case regional = 0x52  // R
  case trailing = 0x54  // T
  case vowel = 0x56  // V
  /// An extending sign that keeps consonants apart.
  case separatingExtend = 0x58  // X
  case joiner = 0x5A  // Z
  case lineFeed = 0x46  // F
  case carriageReturn = 0x44  // D
  /// A Hangul syllable without a last consonant, or with one.
  case openSyllable = 0x31
  case closedSyllable = 0x32

  private static let table: ScalarTable = {
    var table = ScalarTable()
    CharacterFacts.forEachRun(in: CharacterFacts.graphemes) { table.set($0, UInt32($1)) }
    for scalar in CharacterFacts.syllables {
      let isOpen = (scalar - CharacterFacts.syllables.lowerBound) % 28 == 0
      table.set(scalar, UInt32((isOpen ? openSyllable : closedSyllable).rawValue))
    }
    return table
  }()

  /// The class of a scalar. O(1).
  @inline(__always)
  init(_ scalar: UInt32) {
    self = GraphemeClass(rawValue: UInt8(truncatingIfNeeded: Self.table[scalar])) ?? .other
  }

  var isControl: Bool { self == .control || self == .carriageReturn || self == .lineFeed }
  var isExtend: Bool { self == .extend || self == .linker || self == .separatingExtend }
}

/// Finds the ends of grapheme clusters.
struct GraphemeScanner {
  private var previous: GraphemeClass = .other
  /// Whether the cluster ends in an odd number of regional indicators.
  private var hasOddRegional = false
  /// 1 behind a pictograph and extending signs, 2 with a joiner behind them, else 0.
  private var pictographState = 0
  /// 1 behind a consonant and extending signs, 2 with a linker among them, else 0.
  private var consonantState = 0

  /// Where the cluster that begins at `start` ends.
  static func end(from start: Int, in text: UnsafeRawBufferPointer) -> Int {
    var scanner = GraphemeScanner()
    var place = start
    while place < text.count {
      let count = UTF8Text.byteCount(text[place])
      let next = GraphemeClass(UTF8Text.scalar(at: place, count, in: text))
      if place > start, !scanner.joins(next) { break }
      scanner.take(next)
      place += count
    }
    return place
  }

  /// Whether a scalar belongs to the cluster before it. The rules by their numbers in UAX 29.
  private func joins(_ next: GraphemeClass) -> Bool {
    if previous == .carriageReturn, next == .lineFeed { return true }  // GB3
    if previous.isControl || next.isControl { return false }  // GB4, GB5
    switch (previous, next) {
    case (.leading, .leading), (.leading, .vowel), (.leading, .openSyllable), (.leading, .closedSyllable),
      (.openSyllable, .vowel), (.openSyllable, .trailing), (.vowel, .vowel), (.vowel, .trailing),
      (.closedSyllable, .trailing), (.trailing, .trailing):
      return true  // GB6, GB7, GB8
    default: break
    }
    // GB9, GB9a, GB9b
    if next.isExtend || next == .joiner || next == .spacingMark || previous == .prepend { return true }
    if next == .consonant { return consonantState == 2 }  // GB9c
    if previous == .joiner, next == .pictograph { return pictographState == 2 }  // GB11
    return previous == .regional && next == .regional && hasOddRegional  // GB12, GB13
  }

  private mutating func take(_ next: GraphemeClass) {
    previous = next
    hasOddRegional = next == .regional && !hasOddRegional
    switch next {
    case .pictograph: pictographState = 1
    case .joiner: pictographState = pictographState == 1 ? 2 : 0
    default: pictographState = next.isExtend && pictographState == 1 ? 1 : 0
    }
    switch next {
    case .consonant: consonantState = 1
    case .linker: consonantState = consonantState > 0 ? 2 : 0
    case .extend, .joiner: break
    default: consonantState = 0
    }
  }
}
