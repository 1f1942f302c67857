import Basics
import LMDB
import Platform
package import Records
import Values

/// One item found by its words.
package struct WordHit: Sendable, Equatable {
  package let ordinal: Ordinal
  /// BM25 (Robertson and Zaragoza 2009) with k1 = 1.2 and b = 0.75; above 0.
  package let score: Float
  /// Whether it has every word that was asked for, or what that stands for.
  package let hasAll: Bool
}

/// The terms that one term of a query stands for, each with its weight.
private struct TermGroup {
  var terms: [(number: UInt32, weight: Float)] = []
}

/// Searches the word index of one commit.
struct WordQuery {
  private let tables: Tables
  private let transaction: LentTransaction
  private let index: WordIndexRecord

  /// The usual constants of BM25.
  private static let (k1, b): (Float, Float) = (1.2, 0.75)
  /// Terms that the beginning of one stands for, the first by their bytes.
  private static let prefixLimit = 64
  /// Words that are looked at for them, with those that no item has any more.
  private static let visitLimit = 1_000
  /// What a term counts of which only the beginning was given, or that was one edit away.
  private static let (prefixWeight, editWeight): (Float, Float) = (0.6, 0.6)
  /// Terms that one which nobody has may stand for.
  private static let editLimit = 32
  /// Shorter terms have too many others one edit away.
  private static let leastEdited = 4
  /// Terms of a query; the rest is not looked at.
  private static let termLimit = 64

  init(_ index: WordIndexRecord, _ tables: Tables, _ transaction: borrowing ReadTransaction) {
    self.index = index
    self.tables = tables
    self.transaction = LentTransaction(raw: transaction.raw, environment: transaction.environment)
  }

  /// The best items.
  /// - Parameters:
  ///   - isComplete: whether the last term is whole; otherwise it may be the beginning of a word.
  ///   - admits: whether an ordinal may be found.
  func best(
    _ text: String, limit: Int, isComplete: Bool, ordinalCount: Int, admits: (UInt32) -> Bool
  ) throws -> [WordHit] {
    var words: [[UInt8]] = []
    TermSplitter.forEach(in: text) { word in
      if words.count < Self.termLimit, !words.contains(word) { words.append(word) }
    }
    var sums = WordSums(ordinalCount: ordinalCount)
    for (place, word) in words.enumerated() {
      let group = try group(of: word, isBeginning: !isComplete && place == words.count - 1)
      sums.beginWord()
      for (number, weight) in group.terms { try add(number, weight, to: &sums) }
    }
    var found = FirstRows<WordHit>(limit)
    for ordinal in sums.touched where admits(ordinal) {
      found.insert(
        WordHit(
          ordinal: Ordinal(ordinal), score: sums.scores[Int(ordinal)],
          hasAll: Int(sums.words[Int(ordinal)]) == words.count), Self.isBefore)
    }
    return found.sorted(Self.isBefore)
  }

  private static func isBefore(_ left: WordHit, _ right: WordHit) -> Bool {
    (right.score, left.ordinal.rawValue) < (left.score, right.ordinal.rawValue)
  }

  // MARK: Terms

  private func group(of word: [UInt8], isBeginning: Bool) throws -> TermGroup {
    var group = TermGroup()
    if let exact = try number(of: word) { group.terms.append((exact, 1)) }
    if isBeginning, word.count >= 2 {
      try forEachTerm(beginning: word) { term, number in
        if term.count > word.count { group.terms.append((number, Self.prefixWeight)) }
        return group.terms.count < Self.prefixLimit
      }
    }
    guard group.terms.isEmpty else { return group }
    let edited = EditedTerms(word)
    guard edited.count >= Self.leastEdited else { return group }
    for term in try edited.found(isTerm: { try isTerm($0) }, next: { try next(behind: $0) }) {
      guard group.terms.count < Self.editLimit else { break }
      if let number = try number(of: term) { group.terms.append((number, Self.editWeight)) }
    }
    return group
  }

  /// The number of a term that some item has or had.
  private func number(of word: [UInt8]) throws -> UInt32? {
    guard word.count <= TermSplitter.termBytes else { return nil }
    let key = [Words.term] + word
    guard let value = try transaction.get(tables.wordID, BytesKey(key)) else { return nil }
    let number = try decodeNumber(value, key: key, "word.id", String(decoding: key, as: UTF8.self))
    return try hasPostings(number) ? number : nil
  }

  /// Whether there is a word of these bytes, whatever still has it.
  private func isTerm(_ word: [UInt8]) throws -> Bool {
    guard word.count <= TermSplitter.termBytes else { return false }
    return try transaction.get(tables.wordID, BytesKey([Words.term] + word)) != nil
  }

  private func hasPostings(_ term: UInt32) throws -> Bool {
    var found = false
    try transaction.forEach(tables.column, prefix: ListKey.terms | term) { _, _ in
      found = true
      return .stop
    }
    return found
  }

  private func forEachTerm(
    beginning: [UInt8], _ body: ([UInt8], UInt32) throws -> Bool
  ) throws {
    var visited = 0
    try transaction.forEach(tables.wordID, prefix: BytesKey([Words.term] + beginning)) { key, value in
      let term = Array(key)
      let number = try decodeNumber(value, key: term, "word.id", String(decoding: term, as: UTF8.self))
      visited += 1
      guard visited <= Self.visitLimit else { return .stop }
      guard try hasPostings(number) else { return .next }
      return try body(Array(term.dropFirst()), number) ? .next : .stop
    }
  }

  /// The first term from some bytes on.
  private func next(behind bytes: [UInt8]) throws -> [UInt8]? {
    var found: [UInt8]?
    try transaction.forEach(tables.wordID, from: BytesKey([Words.term] + bytes)) { key, _ in
      if key.first == Words.term { found = Array(key.dropFirst()) }
      return .stop
    }
    return found
  }

  // MARK: Scores

  private func add(_ term: UInt32, _ weight: Float, to sums: inout WordSums) throws {
    var postings: [Posting] = []
    let prefix = ListKey.terms | term
    try transaction.forEach(tables.column, prefix: prefix) { key, value in
      guard let first = BlockKey(keyBytes: key)?.second else { return .next }
      try EngineError.decoding("postings of term \(term) from", "\(first)") {
        try Posting.forEach(in: value, list: term, first: first) { postings.append($0) }
      }
      return .next
    }
    let count = Float(max(index.recordCount, UInt64(postings.count)))
    let mean = max(1, Float(index.termCount) / max(1, Float(index.recordCount)))
    let holders = Double(postings.count)
    let rarity = weight * Float(log1p((Double(count) - holders + 0.5) / (holders + 0.5)))
    for posting in postings {
      let occurrences = Float(posting.occurrences)
      let length = 1 - Self.b + Self.b * Float(posting.length) / mean
      sums.add(
        rarity * occurrences * (Self.k1 + 1) / (occurrences + Self.k1 * length), to: posting.ordinal)
    }
  }
}

/// What was found of each ordinal so far.
private struct WordSums {
  private(set) var scores: [Float]
  /// Words of the query that it has.
  private(set) var words: [UInt8]
  /// The number of the last one.
  private var last: [UInt8]
  /// Ordinals with a score, in the order in which they were met.
  private(set) var touched: [UInt32] = []
  private var word: UInt8 = 0

  init(ordinalCount: Int) {
    scores = [Float](repeating: 0, count: ordinalCount)
    words = [UInt8](repeating: 0, count: ordinalCount)
    last = words
  }

  mutating func beginWord() { word += 1 }

  @inline(__always)
  mutating func add(_ score: Float, to ordinal: UInt32) {
    let place = Int(ordinal)
    guard place < scores.count else { return }
    if words[place] == 0 { touched.append(ordinal) }
    scores[place] += score
    guard last[place] != word else { return }
    last[place] = word
    words[place] += 1
  }
}

extension Snapshot {
  /// What the word index is of; nil where the store has none.
  package func wordIndex() throws -> WordIndexRecord? { try reading { try $0.wordIndex($1) } }

  /// The items whose words a text has, best first, equal ones by ordinal.
  /// - Parameters:
  ///   - isComplete: whether the last word is whole; otherwise it may be the beginning of one.
  /// - Returns: nil where the store has no word index.
  /// - Throws: `.badFilter`, `.corrupted`.
  /// - Complexity: O(occurrences of the words + items).
  package func items(
    named text: String, limit: Int, isComplete: Bool, allowed: FilterMatches?, excluding: Set<Ordinal>
  ) throws -> [WordHit]? {
    let count = try store().ordinalCount(.items)
    return try reading { transaction, tables in
      guard let index = try transaction.wordIndex(tables) else { return nil }
      return try WordQuery(index, tables, transaction).best(
        text, limit: limit, isComplete: isComplete, ordinalCount: count
      ) { ordinal in
        (allowed?.ordinals.contains(ordinal) ?? true)
          && (excluding.isEmpty || !excluding.contains(Ordinal(ordinal)))
      }
    }
  }

  /// The word index must have the terms of every item, and no others.
  func verifyTerms(_ result: inout VerifyReport) throws {
    guard let index = try wordIndex() else {
      try reading { transaction, tables in
        try transaction.forEach(
          tables.column, from: PairKey(ListKey.terms, 0), through: ListKey.last(ListKey.terms)
        ) { _, _ in
          result.report("there are entries of a word index, and no record of one")
          return .stop
        }
      }
      return
    }
    // Sums of mixed numbers: a difference in any posting changes them, but for one chance in 2⁶⁴.
    var (expected, found) = ((sum: UInt64(0), count: 0), (sum: UInt64(0), count: 0))
    func add(_ posting: Posting, _ term: UInt32, to sums: inout (sum: UInt64, count: Int)) {
      let numbers = UInt64(posting.occurrences) << 8 | UInt64(posting.length)
      sums.sum &+= SeededGenerator.mixed(
        SeededGenerator.mixed(UInt64(term) << 32 | UInt64(posting.ordinal)) ^ numbers)
      sums.count += 1
    }
    var sums = WordIndexRecord(attributes: index.attributes)
    try reading { transaction, tables in
      var numbers: [[UInt8]: UInt32] = [:]
      try transaction.forEach(tables.item) { key, value in
        guard let ordinal = UInt32(keyBytes: key),
          let record = try? EntityRecord(decoding: value, of: Ordinal(ordinal))
        else { return .next }
        let terms = RecordTerms(of: record, attributes: index.attributes)
        sums.recordCount += terms.length > 0 ? 1 : 0
        sums.termCount += UInt64(terms.length)
        for (term, count) in terms.counts {
          let word = [Words.term] + term
          if numbers[word] == nil, let stored = try transaction.get(tables.wordID, BytesKey(word)) {
            numbers[word] = try decodeNumber(
              stored, key: word, "word.id", String(decoding: word, as: UTF8.self))
          }
          add(
            Posting(ordinal: ordinal, occurrences: count, length: terms.length),
            numbers[word] ?? .max, to: &expected)
        }
        return .next
      }
      try transaction.forEach(
        tables.column, from: PairKey(ListKey.terms, 0), through: ListKey.last(ListKey.terms)
      ) { key, value in
        guard let place = BlockKey(keyBytes: key) else { return .next }
        let term = place.first & ~ListKey.terms
        do {
          try Posting.forEach(in: value, list: term, first: place.second) {
            add($0, term, to: &found)
          }
        } catch { result.report("postings of term \(term) from \(place.second): \(error)") }
        return .next
      }
    }
    if expected != found {
      result.report(
        "the word index has \(found.count) entries where the items' words make \(expected.count), or others")
    }
    if sums != index {
      result.report(
        "the word index counts \(index.recordCount) items and \(index.termCount) words; there are "
          + "\(sums.recordCount) and \(sums.termCount)")
    }
    result.count("postings", found.count)
  }
}
