import Engine

extension Snapshot {
  /// Returns the vectors of a space nearest to `vector`, by distance, then by id.
  /// - Parameters:
  ///   - space: its name.
  ///   - vector: the space's dimension of finite components; need not be of unit length.
  ///   - options: how many, how hard to look, and which records may be returned.
  /// - Returns: min(k, matching) matches.
  /// - Throws: `StoreError` `.spaceNotFound`, `.dimensionMismatch`, `.invalidVector`, `.invalidArgument`, `.badFilter`,
  ///   `.corrupted`.
  /// - Complexity: about O(ef · 2m) distance computations, and one per row of the tail; one for each vector, or each
  ///   that passes the filter, where that costs less or `.exact` is asked for. A filter takes O(records), once until an
  ///   attribute or a text changes.
  public func query(_ space: String, vector: [Float], options: QueryOptions = .init()) throws -> [Match] {
    try StoreError.translating {
      let search = try PreparedSearch(base, space, options)
      var computed = 0
      let hits = try vector.withUnsafeBufferPointer { try search.answer($0, &computed) }
      return try matches(hits, of: search, withRecords: options.records)
    }
  }

  /// Returns the vectors nearest to what the space's encoder makes of `text`; none when there is nothing to encode.
  /// - Throws: as `query(_:vector:)`; `.unsupported` when the space has no encoder.
  /// - Complexity: O(length of the text + dimension) to encode, then as `query(_:vector:options:)`. The first call
  ///   after the space was embedded reads its encoder.
  public func query(_ space: String, text: String, options: QueryOptions = .init()) throws -> [Match] {
    guard let vector = try vector(space, encoding: text) else { return [] }
    return try query(space, vector: vector, options: options)
  }

  /// Returns the vectors nearest to that of `id`, which is left out itself.
  /// - Throws: as `query(_:vector:)`; `.recordNotFound` when `id` has no vector in the space.
  /// - Complexity: as `query(_:vector:options:)`.
  public func query(_ space: String, like id: String, options: QueryOptions = .init()) throws -> [Match] {
    guard let vector = try vector(space, id: id) else {
      throw StoreError(code: .recordNotFound, message: "\"\(id)\" has no vector in space \"\(space)\"")
    }
    var options = options
    options.excluding.append(id)
    return try query(space, vector: vector, options: options)
  }

  /// What the space's encoder makes of `text`: the space's dimension of components, nil when there is nothing to
  /// encode.
  /// - Throws: `StoreError` `.spaceNotFound`, `.unsupported` when the space has no encoder.
  public func vector(_ space: String, encoding text: String) throws -> [Float]? {
    try StoreError.translating {
      let view = try base.space(space)
      let vector = try encoders.encoder(of: view.record, base).encode(text, as: .query)
      return vector.contains { $0 != 0 } ? vector : nil
    }
  }

  /// Answers many queries on one snapshot.
  /// - Parameters:
  ///   - space: its name.
  ///   - vectors: [queries, dimension], row after row.
  ///   - threads: threads to search with, 1 to 256; the answers are the same with any number.
  ///   - options: those of every query.
  /// - Throws: as `query(_:vector:)`; the message names the row.
  /// - Complexity: as `query(_:vector:options:)` for each vector; the filter is evaluated once.
  public func query(
    _ space: String, vectors: [Float], threads: Int = 1, options: QueryOptions = .init()
  ) throws -> QueryBatch {
    try StoreError.translating {
      let search = try PreparedSearch(base, space, options)
      return try batch(search.answers(vectors, threads: threads), of: search, options)
    }
  }

  /// The answers of a batch as callers see them.
  func batch(
    _ answers: (hits: [[Hit]], statistics: QueryStatistics), of search: PreparedSearch,
    _ options: QueryOptions
  ) throws -> QueryBatch {
    QueryBatch(
      matches: try answers.hits.map { try matches($0, of: search, withRecords: options.records) },
      statistics: answers.statistics)
  }

  func matches(_ hits: [Hit], of search: PreparedSearch, withRecords: Bool) throws -> [Match] {
    let (metric, kind) = (search.view.record.shape.metric, search.view.record.kind)
    return try hits.map { hit in
      Match(
        id: hit.id, score: metric.score(fromInternal: hit.distance),
        distance: metric.userDistance(fromInternal: hit.distance),
        record: withRecords ? try base.entity(at: hit.ordinal, kind).map(kind.record) : nil)
    }
  }
}
