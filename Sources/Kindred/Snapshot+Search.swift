import Basics
import Engine
import Recommending
import Records
import TextEncoder
import VectorMath

/// What a search asks.
public enum SearchMethod: String, Sendable, Hashable, Codable, CaseIterable {
  /// Words and vectors, fused by rank.
  case both
  /// The word index.
  case words
  /// The spaces with a text encoder.
  case vectors
}

/// A search box over items.
extension Snapshot {
  /// Returns the items that a text names: by the words of their texts and of the attributes that the word index has, by
  /// the vectors of the spaces with a text encoder, or by both, fused by rank (reciprocal rank fusion).
  ///
  /// Words are compared without case, weighed by BM25; the last may be the beginning of one, and one of four letters
  /// or more that no item has stands for those one edit away. An item whose id is the text comes first, then by `.both`
  /// those that have all words, then the others. A store of a format before 8 has no word index until `indexWords`;
  /// there words are not asked by `.both`.
  /// - Parameters:
  ///   - text: words, a code, or the beginning of one of them.
  ///   - method: what is asked.
  ///   - user: whose taste has a say in the order, by the vectors of the model that serves; nil for nobody's.
  ///   - isComplete: whether the last word is whole; otherwise it may be the beginning of one, as while somebody types.
  ///   - options: how many, and which items may be returned; the effort is that of the queries by vectors, where
  ///     `.automatic` is a recall of 0.9 by `.both`.
  /// - Returns: k items or, where fewer have one of the words or a vector, those, best first. Of a fusion the scores
  ///   are those of `Fusion.rank`, and 1 more for an item that has all words; of words alone BM25's.
  /// - Throws: `StoreError` `.invalidArgument`, `.badFilter`, `.corrupted`; `.unsupported` for words where the store
  ///   has no word index, and for vectors where no space has a text encoder.
  /// - Complexity: O(occurrences of the words + items), and a query of each space.
  public func search(
    _ text: String, by method: SearchMethod = .both, user: String? = nil, isComplete: Bool = false,
    options: QueryOptions = .init()
  ) throws -> [Match] {
    try StoreError.translating {
      let allowed = try options.filter.map { try base.matches($0.text, .items) }
      let excluded = Set(try options.excluding.compactMap { try base.ordinal(of: $0, .items) })
      let spaces = method == .words ? [] : try textSpaces()
      guard method != .vectors || !spaces.isEmpty else {
        throw StoreError(
          code: .unsupported,
          message: "no space of items has a text encoder; make one with embed (kindred embed)")
      }
      return try answer(options, of: .items) { depth in
        // Words decide most of it, so that fewer candidates do than where spaces answer together.
        let wide = max(40, 2 * min(depth, .max / 2))
        var rankings: [FusedList.Ranking] = []
        // Items that have all words.
        var whole: Set<ExactString> = []
        if method != .vectors {
          let found = try base.items(
            named: text, limit: method == .words ? depth : wide, isComplete: isComplete,
            allowed: allowed, excluding: excluded)
          guard found != nil || (method == .both && !spaces.isEmpty) else {
            throw StoreError(
              code: .unsupported,
              message: "the store has no word index; make one with indexWords (kindred rebuild --words)")
          }
          let entries = try (found ?? []).map { hit in
            let id = try base.id(of: hit.ordinal, .items)
            if hit.hasAll { whole.insert(ExactString(id)) }
            return (id: id, score: hit.score)
          }
          if !entries.isEmpty {
            rankings.append(
              .init(weight: 1, entries: entries.sorted { ($1.score, $0.id) < ($0.score, $1.id) }))
          }
        }
        guard method != .words || user != nil else {
          return try naming(text, first: rankings.first?.entries ?? [], allowed, excluded, depth)
        }
        var query = options
        (query.k, query.offset, query.minScore, query.grouping) = (wide, 0, nil, nil)
        // What a list of vectors lacks at its end hardly changes one that words decide.
        if method == .both, options.effort == .automatic { query.effort = .recall(0.9) }
        for space in spaces {
          guard let vector = try vector(space, encoding: text) else { continue }
          rankings.append(
            try .init(
              base, SpaceWeight(space, 1 / Double(spaces.count)), vector, query, leavingOut: []))
        }
        if let user, let taste = try taste(of: user, among: rankings) {
          rankings.append(taste)
        }
        var entries = rankings.isEmpty ? [] : try FusedList(rankings, by: .rank).entries
        entries = entries.map { whole.contains(ExactString($0.id)) ? ($0.id, $0.score + 1) : $0 }
          .sorted { ($1.score, $0.id) < ($0.score, $1.id) }
        return try naming(text, first: entries, allowed, excluded, depth)
      }
    }
  }

  /// Item spaces whose encoder makes vectors of texts.
  private func textSpaces() throws -> [String] {
    try base.spaces().filter { $0.kind == .items && TextEncoderNames.areText($0.encoder) }.map(\.name)
  }

  /// The list with the item at its front whose id the text is.
  private func naming(
    _ text: String, first entries: [(id: String, score: Float)], _ allowed: FilterMatches?,
    _ excluded: Set<Ordinal>, _ depth: Int
  ) throws -> [(id: String, score: Float)] {
    let id = text[...].trimmed
    guard let ordinal = try base.ordinal(of: id, .items), let record = try base.entity(at: ordinal, .items),
      !record.isDeleted, allowed?.contains(ordinal) ?? true, !excluded.contains(ordinal)
    else { return Array(entries.prefix(depth)) }
    let others = entries.filter { !$0.id.isExactly(id) }
    return Array(([(id, max(1, entries.first?.score ?? 1))] + others).prefix(depth))
  }

  /// What a user's vector says of the items in some lists; nil where there is no such vector.
  private func taste(of user: String, among rankings: [FusedList.Ranking]) throws -> FusedList.Ranking? {
    let space = SessionSpaces.items
    guard try base.existingSpace(space) != nil, let vector = try vector(space, of: .user(user)) else {
      return nil
    }
    let view = try base.space(space)
    var scores: [ExactString: Float] = [:]
    for entry in rankings.flatMap(\.entries) where scores[ExactString(entry.id)] == nil {
      guard let ordinal = try base.ordinal(of: entry.id, .items),
        let own = try base.vector(of: ordinal, in: view)
      else { continue }
      scores[ExactString(entry.id)] = view.record.shape.metric.score(vector, own)
    }
    guard !scores.isEmpty else { return nil }
    let entries = scores.map { (id: $0.key.value, score: $0.value) }
      .sorted { ($1.score, $0.id) < ($0.score, $1.id) }
    return .init(weight: Self.tasteWeight, entries: entries)
  }

  /// The part of a user's taste beside the words, which weigh 1.
  private static let tasteWeight = 0.5
}

extension Store {
  /// The items that a text names; see `Snapshot.search(_:by:user:isComplete:options:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  public func search(
    _ text: String, by method: SearchMethod = .both, user: String? = nil, isComplete: Bool = false,
    options: QueryOptions = .init()
  ) throws -> [Match] {
    try read {
      try $0.search(text, by: method, user: user, isComplete: isComplete, options: options)
    }
  }

  /// As the blocking form, off the threads that run tasks.
  public func search(
    _ text: String, by method: SearchMethod = .both, user: String? = nil, isComplete: Bool = false,
    options: QueryOptions = .init()
  ) async throws -> [Match] {
    try await read {
      try $0.search(text, by: method, user: user, isComplete: isComplete, options: options)
    }
  }

  /// Makes the word index from scratch, of the texts and some attributes of all items; writes keep it up from then on.
  /// A new store has one of the texts alone.
  /// - Parameter attributes: their names; nil for those that the index has already.
  /// - Throws: `StoreError` `.invalidArgument` for what is no name of an attribute; as `write`.
  /// - Complexity: O(length of all texts), in one transaction.
  public func indexWords(attributes: [String]? = nil) throws {
    try write { try $0.indexWords(attributes: attributes) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func indexWords(attributes: [String]? = nil) async throws {
    try await write { try $0.indexWords(attributes: attributes) }
  }
}

extension WriteTransaction {
  /// Makes the word index from scratch; see `Store.indexWords(attributes:)`.
  /// - Throws: as that one.
  public func indexWords(attributes: [String]? = nil) throws {
    try StoreError.translating { try writer.indexWords(attributes: attributes) }
  }
}

extension Snapshot {
  /// The attributes whose words are indexed beside the texts of items; nil where the store has no word index.
  /// - Throws: `StoreError` `.corrupted`.
  public func indexedAttributes() throws -> [String]? {
    try StoreError.translating { try base.wordIndex()?.attributes }
  }
}
