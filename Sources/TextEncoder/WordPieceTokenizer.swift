import Basics

/// The tokenizer of BERT: words are cut at white space, punctuation and ideographs, and each is written with the
/// longest pieces of the vocabulary from its front.
struct WordPieceTokenizer: Tokenizing {
  /// The vocabulary of the model.
  struct Vocabulary: Sendable {
    var pieces: PieceTrie
    /// How many pieces there are.
    var count: Int
    /// What pieces inside a word begin with.
    var continuationPrefix = "##"
    /// The token of words that cannot be written.
    var unknown: UInt32
    /// The longest word that is looked at, in scalars.
    var longestWord = 100
  }

  let vocabularyCount: Int
  var unknownToken: UInt32 { vocabulary.unknown }
  private let vocabulary: Vocabulary
  /// The node of the pieces that go on a word; nil where there are none.
  private let continuation: UInt32?
  private let rules: CharacterRules
  private let added: AddedTokens
  private let ends: TokenEnds
  /// Per byte that begins a scalar: the ASCII character that it becomes, or one of `Lead`; with the flag `mayBeAdded`
  /// where an added token can begin.
  private let leads: [UInt16]

  /// What a byte can be other than a part of a word.
  private enum Lead {
    static let dropped: UInt16 = 0
    static let space: UInt16 = 1
    static let isolated: UInt16 = 2
    /// Has to be looked up as a scalar.
    static let other: UInt16 = 3
    static let mayBeAdded: UInt16 = 0x100
  }

  /// A tokenizer. `vocabularyCount` counts added tokens too.
  init(
    _ vocabulary: Vocabulary, _ settings: BertSettings, _ added: AddedTokens, _ ends: TokenEnds,
    vocabularyCount: Int
  ) {
    self.vocabularyCount = vocabularyCount
    self.vocabulary = vocabulary
    self.added = added
    self.ends = ends
    let rules = CharacterRules(settings)
    self.rules = rules
    let prefix = vocabulary.continuationPrefix
    let node = vocabulary.pieces.withReader { pieces in prefix.withBytes { pieces.node($0) } }
    continuation = node == 0 && !prefix.isEmpty ? nil : node
    leads = (0..<256).map { byte in
      var lead = byte < 0x80 ? Self.lead(UInt32(byte), rules) : Lead.other
      if added.isFirst[byte] { lead |= Lead.mayBeAdded }
      return lead
    }
  }

  private static func lead(_ scalar: UInt32, _ rules: CharacterRules) -> UInt16 {
    let (action, payload) = rules.action(of: scalar)
    switch action {
    case .keep: return scalar > Lead.other ? UInt16(scalar) : Lead.other
    case .drop: return Lead.dropped
    case .space: return Lead.space
    case .isolate: return Lead.isolated
    case .replace:
      let range = CharacterRules.range(of: payload)
      return range.count == 1 ? UInt16(rules.replacements[range.lowerBound]) : Lead.other
    default: return Lead.other
    }
  }

  package func tokenize(_ text: String, maximumCount: Int, into tokens: inout [UInt32]) {
    ends.enclose(maximumCount, &tokens) { tokens, limit in
      text.withBytes { text in
        vocabulary.pieces.withReader { pieces in
          added.trie.withReader { addedTrie in
            var scan = Scan(tokenizer: self, pieces: pieces, limit: limit)
            scan.scan(text, addedTrie, into: &tokens)
          }
        }
      }
    }
  }

  /// One pass over a text.
  private struct Scan: ~Copyable {
    let tokenizer: WordPieceTokenizer
    let pieces: PieceTrie.Reader
    /// As many tokens end the pass.
    let limit: Int
    var word: WordBuffer

    init(tokenizer: WordPieceTokenizer, pieces: PieceTrie.Reader, limit: Int) {
      self.tokenizer = tokenizer
      self.pieces = pieces
      self.limit = limit
      word = WordBuffer(scalarLimit: tokenizer.vocabulary.longestWord)
    }

    /// Appends the tokens of `text` until there are `limit`; the last word may go beyond.
    mutating func scan(
      _ text: UnsafeRawBufferPointer, _ added: PieceTrie.Reader, into tokens: inout [UInt32]
    ) {
      let tokenizer = self.tokenizer
      tokenizer.leads.withUnsafeBufferPointer { leads in
        var place = 0
        while place < text.count {
          let byte = text[place]
          var lead = leads[Int(byte)]
          if lead & Lead.mayBeAdded != 0 {
            if let found = AddedTokens.match(added, text, at: place) {
              endWord(&tokens)
              tokens.append(tokenizer.added.entries[found.entry].token)
              if tokens.count >= limit { return }
              place &+= found.count
              continue
            }
            lead ^= Lead.mayBeAdded
          }
          if lead > Lead.other {
            word.append(UInt8(truncatingIfNeeded: lead))
            place &+= 1
            continue
          }
          switch lead {
          case Lead.dropped: place &+= 1
          case Lead.space:
            place &+= 1
            endWord(&tokens)
          case Lead.isolated:
            endWord(&tokens)
            word.append(byte)
            endWord(&tokens)
            place &+= 1
          default: place = scalar(text, place, &tokens)
          }
          if tokens.count >= limit { return }
        }
        endWord(&tokens)
      }
    }

    /// Takes the scalar at `place` and returns where it ends.
    private mutating func scalar(
      _ text: UnsafeRawBufferPointer, _ place: Int, _ tokens: inout [UInt32]
    ) -> Int {
      let count = UTF8Text.byteCount(text[place])
      let scalar = UTF8Text.scalar(at: place, count, in: text)
      let (action, payload) = tokenizer.rules.action(of: scalar)
      switch action {
      case .keep: word.append(UnsafeRawBufferPointer(rebasing: text[place..<(place &+ count)]))
      case .drop: break
      case .dropStarter: word.endMarks()
      case .space: endWord(&tokens)
      case .isolate:
        endWord(&tokens)
        word.append(UnsafeRawBufferPointer(rebasing: text[place..<(place &+ count)]))
        endWord(&tokens)
      case .replace: appendReplacement(payload)
      case .isolateReplacement:
        endWord(&tokens)
        appendReplacement(payload)
        endWord(&tokens)
      case .order: word.append(mark: scalar, order: UInt32(payload))
      case .replaceOrdered: appendOrdered(payload)
      case .decompose: appendSyllable(scalar)
      }
      return place &+ count
    }

    private mutating func appendReplacement(_ payload: Int) {
      tokenizer.rules.replacements.withUnsafeBytes { replacements in
        word.append(UnsafeRawBufferPointer(rebasing: replacements[CharacterRules.range(of: payload)]))
      }
    }

    /// Appends the letters of a Hangul syllable: its leading consonant, its vowel, and its last consonant if any.
    private mutating func appendSyllable(_ scalar: UInt32) {
      let index = scalar - CharacterFacts.syllables.lowerBound
      word.endMarks()
      word.append(scalar: 0x1100 + index / 588)
      word.append(scalar: 0x1161 + index % 588 / 28)
      if index % 28 > 0 { word.append(scalar: 0x11A7 + index % 28) }
    }

    /// Appends a replacement that has marks to be put in order.
    private mutating func appendOrdered(_ payload: Int) {
      let range = CharacterRules.range(of: payload)
      let text = String(decoding: tokenizer.rules.replacements[range], as: UTF8.self)
      for scalar in text.unicodeScalars {
        let (action, order) = tokenizer.rules.action(of: scalar.value)
        if action == .order {
          word.append(mark: scalar.value, order: UInt32(order))
        } else {
          word.endMarks()
          word.append(scalar: scalar.value)
        }
      }
    }

    /// Appends the tokens of the word, if there is one, and forgets it.
    @inline(__always)
    private mutating func endWord(_ tokens: inout [UInt32]) {
      word.endMarks()
      if word.scalarCount > 0 { takeWord(&tokens) }
    }

    private mutating func takeWord(_ tokens: inout [UInt32]) {
      let begin = tokens.count
      var start = 0
      while !word.isOverlong, start < word.count {
        guard let (token, end) = longestPiece(from: start) else { break }
        tokens.append(token)
        start = end
      }
      if word.isOverlong || start < word.count {
        tokens.removeLast(tokens.count - begin)
        tokens.append(tokenizer.vocabulary.unknown)
      }
      word.removeAll()
    }

    /// The longest piece that the word has at `start`, and where it ends.
    @inline(__always)
    private borrowing func longestPiece(from start: Int) -> (token: UInt32, end: Int)? {
      guard var node = start == 0 ? 0 : tokenizer.continuation else { return nil }
      var found: (token: UInt32, end: Int)?
      var place = start
      while place < word.count {
        node = pieces.child(node, word.bytes[place])
        if node == 0 { break }
        place &+= 1
        let token = pieces.token(node)
        if token != PieceTrie.none { found = (token, place) }
      }
      return found
    }
  }
}
