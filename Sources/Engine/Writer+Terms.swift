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
  var postings: [[UInt8]: [UInt32: PostingBlock.Posting?]] = [:]
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

/// Where postings lie in the table of columns: behind all columns, by term.
enum PostingKey {
  static let mark: UInt32 = 1 << 31
  static func prefix(_ term: UInt32) -> UInt32 { term | mark }
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
        PostingBlock.Posting(ordinal: ordinal.rawValue, occurrences: count, length: new.length), term, ordinal
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

  private func setPosting(_ posting: PostingBlock.Posting?, _ term: [UInt8], _ ordinal: Ordinal) {
    terms?.postings[term, default: [:]][ordinal.rawValue] = .some(posting)
    terms?.count += 1
  }

  /// Writes what was changed, term by term.
  func flushTerms() throws {
    guard var changes = terms else { return }
    for (term, postings) in changes.postings.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let number = try word([Words.term] + term)
      try mergePostings(
        number, postings.sorted { $0.key < $1.key }.map { (ordinal: $0.key, posting: $0.value) })
    }
    if let index = changes.index, index != changes.stored {
      try transaction.put(tables.meta, "terms", index.encoded())
    }
    // Words of terms would be kept for the whole transaction.
    if changes.count > 0 { words = words.filter { $0.key.first != Words.term } }
    (changes.postings, changes.count, changes.stored) = ([:], 0, changes.index)
    terms = changes
  }

  /// Puts changes of one term, by ascending ordinal, into its blocks.
  private func mergePostings(
    _ term: UInt32, _ changes: [(ordinal: UInt32, posting: PostingBlock.Posting?)]
  ) throws {
    let prefix = PostingKey.prefix(term)
    var rest = changes[...]
    while let change = rest.first {
      // The block that the ordinal belongs to, and where the next one begins.
      let (block, end) = try postingBlock(of: change.ordinal, prefix)
      var merged: [PostingBlock.Posting] = []
      var old = (block?.postings ?? [])[...]
      while let next = rest.first, next.ordinal < end ?? .max {
        while let first = old.first, first.ordinal < next.ordinal { merged.append(old.removeFirst()) }
        if old.first?.ordinal == next.ordinal { old.removeFirst() }
        if let posting = next.posting { merged.append(posting) }
        rest.removeFirst()
      }
      merged += old
      if let first = block?.postings.first?.ordinal, first != merged.first?.ordinal {
        try transaction.delete(tables.column, PairKey(prefix, first))
      }
      // A list that grows at its end has full blocks; one that grows anywhere halves.
      let isGrownAtEnd = end == nil && changes.last?.ordinal == merged.last?.ordinal
      let size =
        merged.count <= PostingBlock.capacity || isGrownAtEnd
        ? PostingBlock.capacity : PostingBlock.capacity / 2
      for start in stride(from: 0, to: merged.count, by: size) {
        let part = PostingBlock(Array(merged[start..<min(start + size, merged.count)]))
        try transaction.put(
          tables.column, PairKey(prefix, part.postings[0].ordinal), part.encoded(term: term))
      }
    }
  }

  /// The block of a term that an ordinal belongs to, and the first ordinal of the one behind it.
  private func postingBlock(
    of ordinal: UInt32, _ prefix: UInt32
  ) throws -> (block: PostingBlock?, end: UInt32?) {
    func key(_ bytes: UnsafeRawBufferPointer) -> BlockKey? {
      BlockKey(keyBytes: bytes).flatMap { $0.first == prefix ? $0 : nil }
    }
    var (first, end): (UInt32?, UInt32?) = (nil, nil)
    var block: PostingBlock?
    try transaction.withCursor(tables.column) { cursor in
      try BlockKey(prefix, ordinal).withKeyBytes { bytes in
        var isThere = try cursor.seek(keyBytes: bytes)
        if isThere, let found = key(cursor.key), found.second == ordinal {
          first = ordinal
        } else {
          if isThere { end = key(cursor.key)?.second }
          isThere = try cursor.seekBefore(keyBytes: bytes)
          first = isThere ? key(cursor.key)?.second : nil
        }
        if first == nil, let next = end {
          // Before the first block: its beginning moves.
          isThere = try cursor.seek(keyBytes: bytes)
          first = isThere ? next : nil
        }
        if let first {
          let term = prefix & ~PostingKey.mark
          block = try EngineError.decoding("postings of term \(term) from", "\(first)") {
            try PostingBlock(decoding: cursor.value, term: term, first: first)
          }
          end = try cursor.next() ? key(cursor.key)?.second : nil
        }
      }
    }
    return (block, end)
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
      tables.column, from: PairKey(PostingKey.mark, 0), through: PairKey(.max, .max))
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
