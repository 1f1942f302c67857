import Engine
import Recommending
import Records

/// What is asked of several spaces, each of which makes a vector of its own of it.
public enum FusedSubject: Sendable, Hashable {
  /// A text, of spaces with a text encoder.
  case text(String)
  /// The vectors of a record, which is left out itself; a space where it has none says nothing.
  case like(String)
  /// A user, of spaces of items: the user's vector where the space has one (`query(_:user:keepsSeen:options:)`), else
  /// the vectors of the user's newest 20 items together, each weighing 0.8 times the one after it: their sum, each of
  /// length 1, or by Euclidean distance their mean. What the user has had is left out.
  case user(String)
  /// Examples; a space in which one has no vector goes by the rest.
  case examples(QueryExamples)
}

extension Snapshot {
  /// Returns what several spaces find together, such as texts and images of items.
  /// - Parameters:
  ///   - spaces: over the same kind of records, each with a weight above 0.
  ///   - subject: what each is asked.
  ///   - fusion: how their lists become one.
  ///   - options: as for one space; scores are those of the fusion, from 0 to 1, and distances what is missing to 1.
  /// - Returns: min(k, matching) matches, best first, then by id: those with a vector in a space that can be asked. Of
  ///   each space 4 · (k + offset) matches are fused, 100 at least, so a much longer answer may order some otherwise.
  /// - Throws: as `query(_:vector:options:)`; `StoreError` `.invalidArgument` for no spaces, a space given twice, a
  ///   weight that is not above 0, or spaces of items with spaces of users; `.unsupported` for a text where a space has
  ///   no encoder; `.recordNotFound` where no space has a vector of the subject.
  /// - Complexity: that of a query for each space, with the k that is fused; `.score` also computes a
  ///   distance for each entry that some list lacks.
  public func query(
    _ spaces: [SpaceWeight], for subject: FusedSubject, by fusion: Fusion = .rank,
    options: QueryOptions = .init()
  ) throws -> [Match] {
    try StoreError.translating {
      let kind = try spaces.requireFusable(base)
      return try answer(options, of: kind) { depth in
        try FusedList(try rankings(spaces, subject, kind, options, depth: depth), by: fusion).entries
          .prefix(depth).map { $0 }
      }
    }
  }

  /// The list of each space that has something of the subject.
  private func rankings(
    _ spaces: [SpaceWeight], _ subject: FusedSubject, _ kind: RecordKind, _ options: QueryOptions, depth: Int
  ) throws -> [FusedList.Ranking] {
    var inner = options
    (inner.k, inner.offset, inner.minScore) = (FusedList.depth(depth), 0, nil)
    inner.grouping = nil
    var leftOut: Set<Ordinal> = []
    switch subject {
    case .text: break
    case .like(let id): inner.excluding.append(id)
    case .user(let id):
      guard kind == .items else {
        throw StoreError(
          code: .invalidArgument, message: "a user is asked for in spaces of items, and these are of \(kind)")
      }
      leftOut = Set(try base.recentEvents(ofUser: id, last: RecommendOptions.seenLimit)?.items ?? [])
    case .examples(let examples):
      try requireKnown(examples, spaces)
      (leftOut, inner) = try leavingOut(examples, of: spaces[0].space, inner)
    }
    var rankings: [FusedList.Ranking] = []
    for space in spaces {
      if case .examples(let examples) = subject, examples.strategy == .best {
        guard let vectors = try vectors(of: examples, in: space.space, requiresAll: false) else { continue }
        rankings.append(
          .init(
            weight: space.weight,
            entries: try best(vectors, in: space.space, inner, depth: inner.k, leavingOut: leftOut)))
      } else if let vector = try vector(space.space, of: subject) {
        rankings.append(try FusedList.Ranking(base, space, vector, inner, leavingOut: leftOut))
      }
    }
    if rankings.isEmpty { try requireAny(subject, spaces) }
    return rankings
  }

  /// Requires that each record and user among the examples has a vector in one of the spaces.
  private func requireKnown(_ examples: QueryExamples, _ spaces: [SpaceWeight]) throws {
    let names = spaces.map { "\"\($0.space)\"" }.joined(separator: ", ")
    for weighted in examples.like + examples.unlike {
      switch weighted.example {
      case .record(let id):
        guard try spaces.contains(where: { try vector($0.space, id: id) != nil }) else {
          throw StoreError(code: .recordNotFound, message: "\"\(id)\" has no vector in \(names)")
        }
      case .user(let id):
        guard try spaces.contains(where: { try vector($0.space, of: .user(id)) != nil }) else {
          throw StoreError(
            code: .recordNotFound,
            message: "\"\(id)\" has neither a vector nor items with vectors in \(names)")
        }
      case .text, .vector: break
      }
    }
  }

  private func requireAny(_ subject: FusedSubject, _ spaces: [SpaceWeight]) throws {
    let names = spaces.map { "\"\($0.space)\"" }.joined(separator: ", ")
    switch subject {
    case .text: break
    case .like(let id):
      throw StoreError(code: .recordNotFound, message: "\"\(id)\" has no vector in \(names)")
    case .user(let id):
      throw StoreError(
        code: .recordNotFound, message: "\"\(id)\" has neither a vector nor items with vectors in \(names)")
    case .examples:
      throw StoreError(code: .recordNotFound, message: "no example has a vector in \(names)")
    }
  }

  /// What a space is asked with; nil where it has nothing of the subject.
  func vector(_ space: String, of subject: FusedSubject) throws -> [Float]? {
    switch subject {
    case .examples(let examples):
      // Nothing to be like is an error of the question, or says nothing of this space.
      guard let vectors = try vectors(of: examples, in: space, requiresAll: false) else { return nil }
      return examples.like.isEmpty ? try requireAverage(vectors) : vectors.average
    case .text(let text): return try vector(space, encoding: text)
    case .like(let id): return try vector(space, id: id)
    case .user(let id):
      let users = UserSpaces.name(besides: space)
      if try base.existingSpace(users) != nil, let own = try vector(users, id: id),
        own.count == (try base.space(space)).record.shape.dimension
      {
        return own
      }
      // Some of them may be dislikes.
      guard let events = try base.recentEvents(ofUser: id, last: 10 * ContentProfile.itemLimit) else {
        return nil
      }
      return try ContentProfile.query(after: events, in: space, base)
    }
  }
}
