import Basics
import Engine
import Recommending
import Records
import VectorMath

extension Snapshot {
  /// Returns what is like some examples and not like others, best first, then by id.
  /// - Parameters:
  ///   - space: its name.
  ///   - examples: at least one; records among them are left out of the answer.
  ///   - options: as for one vector. By `.best`, 4 · (k + offset) candidates of each example are compared, 100 at
  ///     least; with `.exact`, or with nothing to be like, every vector.
  /// - Returns: min(k, matching) matches; by `.best` the distance is what is missing to a score of 1.
  /// - Throws: as `query(_:vector:options:)`; `StoreError` `.recordNotFound` for a record or a user without a vector in
  ///   the space, `.invalidArgument` for no examples, a weight that is not above 0, or nothing to be like by
  ///   `.average`; `.unsupported` for a text where the space has no encoder.
  /// - Complexity: by `.average` as for one vector, by `.best` that for each example and a distance between every
  ///   candidate and every example.
  public func query(
    _ space: String, examples: QueryExamples, options: QueryOptions = .init()
  ) throws -> [Match] {
    try StoreError.translating {
      guard let vectors = try vectors(of: examples, in: space, requiresAll: true) else { return [] }
      let (seen, options) = try leavingOut(examples, of: space, options)
      switch examples.strategy {
      case .average:
        let vector = try requireAverage(vectors)
        let search = try PreparedSearch(base, space, options, leavingOut: seen)
        var computed = 0
        let hits = try vector.withUnsafeBufferPointer { try search.answer($0, &computed) }
        return try matches(hits, of: search, withRecords: options.records)
      case .best:
        return try answer(options, of: try base.space(space).record.kind) { depth in
          try best(vectors, in: space, options, depth: depth, leavingOut: seen)
        }
      }
    }
  }

  /// The page of a list of ids and scores that was asked for; distances are what is missing to a score of 1.
  /// - Parameter ask: the first entries of the list, as many as it is given; fewer where there are no more.
  func answer(
    _ options: QueryOptions, of kind: RecordKind, _ ask: (Int) throws -> [(id: String, score: Float)]
  ) throws -> [Match] {
    let page = try AnswerPage(k: options.k, offset: options.offset, minScore: options.minScore)
    let found = try base.grouped(by: options.grouping, of: kind, depth: page.depth) {
      try base.ordinal(of: $0.id, kind)
    } _: {
      try ask($0)
    }
    return try page.of(found) { $0.score }.map { entry in
      Match(
        id: entry.id, score: entry.score, distance: 1 - entry.score,
        record: options.records ? try record(kind, id: entry.id) : nil)
    }
  }

  /// The vectors of examples in a space; nil where there are none, as of texts with nothing to encode.
  /// - Parameter requiresAll: whether a record or user without a vector there is an error.
  func vectors(
    of examples: QueryExamples, in space: String, requiresAll: Bool
  ) throws -> ExampleVectors? {
    guard !(examples.like.isEmpty && examples.unlike.isEmpty) else {
      throw StoreError(code: .invalidArgument, message: "there is no example to go by")
    }
    let shape = try base.space(space).record.shape
    func resolve(_ weighted: QueryExamples.Weighted) throws -> ExampleVectors.Entry? {
      guard weighted.weight > 0, weighted.weight.isFinite else {
        throw StoreError(
          code: .invalidArgument, message: "an example weighs \(weighted.weight); weights are above 0")
      }
      var vector: [Float]?
      var missing: String?
      switch weighted.example {
      case .record(let id):
        vector = try self.vector(space, id: id)
        missing = "\"\(id)\" has no vector in space \"\(space)\""
      case .user(let id):
        vector = try self.vector(space, of: .user(id))
        missing = "\"\(id)\" has neither a vector nor items with vectors in space \"\(space)\""
      case .text(let text): vector = try self.vector(space, encoding: text)
      case .vector(let components):
        guard components.count == shape.dimension else {
          throw StoreError(
            code: .dimensionMismatch,
            message:
              "an example has \(components.count) components; space \"\(space)\" has \(shape.dimension)")
        }
        guard components.allSatisfy({ $0.isFinite }) else {
          throw StoreError(code: .invalidVector, message: "an example has a component that is not finite")
        }
        vector = components
      }
      guard let vector else {
        if requiresAll, let missing { throw StoreError(code: .recordNotFound, message: missing) }
        return nil
      }
      return (shape.metric == .cosine ? Self.normalized(vector) : vector, weighted.weight)
    }
    let vectors = ExampleVectors(
      like: try examples.like.compactMap(resolve), unlike: try examples.unlike.compactMap(resolve))
    return vectors.like.isEmpty && vectors.unlike.isEmpty ? nil : vectors
  }

  private static func normalized(_ vector: [Float]) -> [Float] {
    let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    return length > 0 ? vector.map { Float(Double($0) / length) } : vector
  }

  /// The options that leave out the records among the examples, and what their users have had.
  func leavingOut(
    _ examples: QueryExamples, of space: String, _ options: QueryOptions
  ) throws -> (seen: Set<Ordinal>, options: QueryOptions) {
    var (seen, options) = (Set<Ordinal>(), options)
    for weighted in examples.like + examples.unlike {
      switch weighted.example {
      case .record(let id): options.excluding.append(id)
      case .user(let id):
        guard try base.space(space).record.kind == .items else {
          throw StoreError(
            code: .invalidArgument, message: "a user is asked for in spaces of items; \"\(space)\" has users")
        }
        seen.formUnion(try base.recentEvents(ofUser: id, last: RecommendOptions.seenLimit)?.items ?? [])
      case .text, .vector: break
      }
    }
    return (seen, options)
  }

  func requireAverage(_ vectors: ExampleVectors) throws -> [Float] {
    if let average = vectors.average { return average }
    throw StoreError(
      code: .invalidArgument,
      message: "there is nothing that the answer is to be like; add such an example, or go by the best score")
  }

  /// The records that score best, of those that were found near an example, or of all.
  func best(
    _ vectors: ExampleVectors, in space: String, _ options: QueryOptions, depth: Int,
    leavingOut seen: Set<Ordinal>
  ) throws -> [(id: String, score: Float)] {
    var inner = options
    (inner.k, inner.offset, inner.minScore) = (FusedList.depth(depth), 0, nil)
    let view = try base.space(space)
    if vectors.like.isEmpty || options.effort == .exact { inner.k = max(1, view.record.liveCount) }
    let search = try PreparedSearch(base, view.record.name, inner, leavingOut: seen)
    var (computed, found) = (0, [Ordinal: String]())
    // All of them are near one example, too.
    let entries = vectors.like.isEmpty ? Array(vectors.unlike.prefix(1)) : vectors.like
    for entry in options.effort == .exact ? Array(entries.prefix(1)) : entries {
      for hit in try entry.vector.withUnsafeBufferPointer({ try search.hits($0, &computed) }) {
        found[hit.ordinal] = hit.id
      }
    }
    let metric = view.record.shape.metric
    return try found.compactMap { ordinal, id -> (id: String, score: Float)? in
      guard let vector = try base.vector(of: ordinal, in: view) else { return nil }
      return (id, vectors.best { metric.score($0, vector) })
    }.sorted { ($1.score, $0.id) < ($0.score, $1.id) }.prefix(depth).map { $0 }
  }
}
