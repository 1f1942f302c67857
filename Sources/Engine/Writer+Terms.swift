import Basics
import LMDB
import Records
import Values

/// Changes of the word index in this transaction, written by term in the end.
struct PostingChanges {
  /// What the index is of; nil where the store has none.
  var index: WordIndexRecord?
  /// The index as it stands in the file.
  var stored: WordIndexRecord?
  /// By term and ordinal; nil for a posting that goes.
  var postings: [[UInt8]: [UInt32: Posting?]] = [:]
  var count = 0
  /// More are written at once, so that they take no more memory.
  let limit: Int
  /// What a change takes, the word's bytes included.
  private static let changeBytes = 200

  init(_ index: WordIndexRecord?, _ memoryLimitBytes: Int?) {
    self.index = index
    stored = index
    limit = min(1_000_000, max(10_000, (memoryLimitBytes ?? .max) / 4 / Self.changeBytes))
  }
}

extension Transaction where Self: ~Copyable {
  func wordIndex(_ tables: Tables) throws -> WordIndexRecord? {
    try get(tables.meta, "terms").map { value in
      try EngineError.decoding("meta", "terms") { try WordIndexRecord(decoding: value) }
    }
  }
}

extension Writer {
  /// Brings the postings of one item up to date.
  func updateTerms(
    _ ordinal: Ordinal, _ kind: RecordKind, from before: EntityRecord?, to after: EntityRecord?
  )
    throws
  {
    guard kind == .items, !keepsTerms else { return }
    try readTerms()
    guard let attributes = terms?.index?.attributes else { return }
    // Most changes are of other attributes.
    if let before, let after, !before.isDeleted, !after.isDeleted,
      before.text.map({ ExactString($0) }) == after.text.map({ ExactString($0) }),
      attributes.allSatisfy({ before.attributes[$0] == after.attributes[$0] })
    {
      return
    }
    let (old, new) = (
      RecordTerms(of: before, attributes: attributes), RecordTerms(of: after, attributes: attributes)
    )
    guard old.counts != new.counts || old.length != new.length else { return }
    for term in old.counts.keys where new.counts[term] == nil { setPosting(nil, term, ordinal) }
    for (term, count) in new.counts where old.counts[term] != count || old.length != new.length {
      setPosting(
        Posting(ordinal: ordinal.rawValue, occurrences: count, length: new.length), term, ordinal
      )
    }
    func add(_ value: Int, to sum: inout UInt64) { sum = UInt64(max(0, Int64(sum) + Int64(value))) }
    if var index = terms?.index {
      add((new.length > 0 ? 1 : 0) - (old.length > 0 ? 1 : 0), to: &index.recordCount)
      add(Int(new.length) - Int(old.length), to: &index.termCount)
      terms?.index = index
    }
    if let terms, terms.count > terms.limit { try flushTerms() }
  }

  /// Has the word index go by another name of an attribute.
  /// - Returns: whether it has that attribute.
  func renameIndexed(_ name: String, to newName: String) throws -> Bool {
    try readTerms()
    guard let place = terms?.index?.attributes.firstIndex(where: { $0.isExactly(name) }) else { return false }
    terms?.index?.attributes.remove(at: place)
    // A name that stands there already has no values: no record had it.
    if terms?.index?.attributes.contains(where: { $0.isExactly(newName) }) == false {
      terms?.index?.attributes.insert(newName, at: place)
    }
    return true
  }

  private func readTerms() throws {
    if terms == nil { terms = PostingChanges(try transaction.wordIndex(tables), engine.memoryLimitBytes) }
  }

  private func setPosting(_ posting: Posting?, _ term: [UInt8], _ ordinal: Ordinal) {
    terms?.postings[term, default: [:]][ordinal.rawValue] = .some(posting)
    terms?.count += 1
  }

  /// Writes what was changed, term by term.
  func flushTerms() throws {
    guard var changes = terms else { return }
    for (term, postings) in changes.postings.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let number = try word([Words.term] + term)
      let changes = postings.sorted { $0.key < $1.key }.map { (ordinal: $0.key, change: $0.value) }
      try mergeList(number, prefix: ListKey.terms | number, changes) { (_: Posting?, _, posting) in posting }
    }
    if let index = changes.index, index != changes.stored {
      try transaction.put(tables.meta, "terms", index.encoded())
    }
    // Words of terms would be kept for the whole transaction.
    if changes.count > 0 { words = words.filter { $0.key.first != Words.term } }
    (changes.postings, changes.count, changes.stored) = ([:], 0, changes.index)
    terms = changes
  }

  /// Makes the word index from scratch, of the text and some attributes of all items.
  /// - Throws: `.invalidArgument` for names that no attribute can have.
  /// - Complexity: O(length of all texts), in one transaction.
  /// - Parameter attributes: whose words are indexed beside the texts; nil for those of the index that there is.
  package func indexWords(attributes: [String]?) throws {
    var names: [String] = []
    for name in try attributes ?? transaction.wordIndex(tables)?.attributes ?? []
    where !names.contains(where: { $0.isExactly(name) }) {
      guard (1...Limits.attributeNameBytes).contains(name.utf8.count) else {
        throw EngineError(.invalidArgument, "\"\(name.prefix(40))\" is no name of an attribute")
      }
      names.append(name)
    }
    try transaction.deleteRange(
      tables.column, from: PairKey(ListKey.terms, 0), through: ListKey.last(ListKey.terms))
    terms = PostingChanges(nil, engine.memoryLimitBytes)
    terms?.index = WordIndexRecord(attributes: names)
    var ordinal = UInt32(0)
    while ordinal < store.nextItem {
      if let record = try transaction.entity(Ordinal(ordinal), .items, tables), !record.isDeleted {
        try updateTerms(Ordinal(ordinal), .items, from: nil, to: record)
      }
      ordinal += 1
    }
    try flushTerms()
  }
}
