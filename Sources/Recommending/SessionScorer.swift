import Basics
import Engine
import Evaluation
import Records
import SessionEncoder
import Tensors

/// Scores the cases of a task by a session model's encoder.
struct SessionScorer: CaseScorer {
  private let encoder: SessionEncoderModel
  /// The sequences of the task by the numbers of the encoder's items and of new ones, `.max` for one without a vector.
  private let set: SequenceSet
  /// The number of the profile of each sequence's user; nil where none is known.
  private let profiles: [UInt32?]
  /// The vectors of new items and profiles.
  private let newItems: [Float]
  /// The vectors of the task's items [items, dimension]; 0 where the model has none.
  private let vectors: [Float]
  private let unknown: [Int]
  /// How new items are scored; nil where they are scored as all others, or where the task has none.
  private let calibration: NewItemCalibration?
  /// The places of new items in a task's scores.
  private let newPlaces: [Int]
  /// The whitened content of the task's items by their numbers in `set`, where new items are scored by it.
  private let content: [UInt32: [[Float]?]]

  /// - Parameters:
  ///   - items: the ordinal of each of the task's items.
  ///   - events: of each sequence of the task, in the same places.
  init(
    _ encoder: SessionEncoderModel, items: [Ordinal], _ events: EventSequences, _ snapshot: Snapshot
  ) throws {
    self.encoder = encoder
    let width = encoder.dimension
    var vectors = [Float](repeating: 0, count: items.count * width)
    var unknown: [Int] = []
    var newItems = NewItems()
    let content = try ContentReader(encoder.manifest.content, snapshot)
    for (index, ordinal) in items.enumerated() {
      let place = (index * width)..<((index + 1) * width)
      if let number = encoder.numbers[ordinal] {
        vectors.replaceSubrange(
          place, with: encoder.vectors[(Int(number) * width)..<((Int(number) + 1) * width)])
      } else if let record = try snapshot.entity(at: ordinal, .items),
        let encoded = encoder.vector(of: record, content: try content.content(of: ordinal))
      {
        vectors.replaceSubrange(place, with: encoded)
        _ = newItems.number(of: ordinal, encoder) { _ in encoded }
      } else {
        unknown.append(index)
      }
    }
    let without = Set(unknown)
    let new = items.indices.filter { encoder.numbers[items[$0]] == nil && !without.contains($0) }
    newPlaces = new
    calibration = new.isEmpty ? nil : encoder.manifest.newItems
    var contents: [UInt32: [[Float]?]] = [:]
    if let calibration, calibration.content > 0, !encoder.whitenings.isEmpty {
      for ordinal in items {
        guard let number = newItems.number(of: ordinal, encoder, vector: { _ in nil }) else { continue }
        contents[number] = zip(try content.content(of: ordinal), encoder.whitenings).map {
          vector, whitening in
          vector.map { whitening.whitened($0) }
        }
      }
    }
    self.content = contents
    self.vectors = vectors
    self.unknown = unknown
    profiles = try events.users.map { user in
      try snapshot.profile(of: user, encoder).map { newItems.number(ofNext: $0, encoder) }
    }
    self.newItems = newItems.vectors
    var kinds = KindNumbers(encoder)
    var set = SequenceSet()
    for index in events.users.indices {
      let range = events.range(index)
      set.append(
        items: events.items[range].map { item in newItems.number(of: item, encoder) { _ in nil } ?? .max },
        kinds: encoder.manifest.kinds.isEmpty
          ? [] : try range.map { try kinds.number(of: events, $0, snapshot.eventKindName) },
        gaps: encoder.manifest.shape.hasTimeGaps ? events.gaps(range) : [],
        signals: events.signals.isEmpty ? [] : events.signals[range])
    }
    self.set = set
  }

  /// - Parameters:
  ///   - set: sequences of the encoder's own items, of which the task is.
  ///   - left: items that come after all others.
  init(_ encoder: SessionEncoderModel, _ set: SequenceSet, leavingOut left: [UInt32] = []) {
    self.encoder = encoder
    self.set = set
    vectors = encoder.vectors
    newItems = []
    profiles = []
    unknown = left.map { Int($0) }
    calibration = nil
    newPlaces = []
    content = [:]
  }

  /// The places in `set` of the history that the encoder looks at.
  /// - Parameter likedOnly: whether events that count nothing or less are left out of those.
  private func history(_ one: RankingTask.Case, likedOnly: Bool = false) -> ArraySlice<Int> {
    let places = set.range(one.sequence).prefix(one.place).filter { set.items[$0] != .max }
      .suffix(encoder.manifest.shape.maximumLength)
    return likedOnly && !set.signals.isEmpty ? places.filter { set.isLiked($0) }[...] : places
  }

  func addScores(_ task: RankingTask, _ cases: Range<Int>, to scores: UnsafeMutablePointer<Float>) {
    var known = SequenceSet()
    var rows: [Int] = []
    for index in cases {
      let history = history(task.cases[index])
      guard !history.isEmpty else { continue }
      let hasRoom = history.count < encoder.manifest.shape.maximumLength
      let first = hasRoom && !profiles.isEmpty ? profiles[task.cases[index].sequence] : nil
      known.append(
        after: first, items: history.map { set.items[$0] },
        kinds: set.kinds.isEmpty ? nil : history.map { set.kinds[$0] },
        gaps: set.gaps.isEmpty ? nil : history.map { set.gaps[$0] })
      rows.append(index - cases.lowerBound)
    }
    let queries = encoder.encode(
      (0..<known.count).map { known.range($0) }, of: known, newItems: newItems)
    let (width, interests) = (encoder.dimension, encoder.interestCount)
    let workspace = Workspace<Float>()
    // One product for all cases, so that the table is read once.
    let all = workspace.scores.reserve(rows.count * interests * task.itemCount)
    queries.withUnsafeBufferPointer { queries in
      vectors.withUnsafeBufferPointer { vectors in
        guard let query = queries.baseAddress, let table = vectors.baseAddress else { return }
        workspace.multiplyTransposed(
          query, table, m: rows.count * interests, n: task.itemCount, k: width, into: all)
      }
    }
    for (number, row) in rows.enumerated() {
      let line = scores + row * task.itemCount
      let first = all + number * interests * task.itemCount
      line.update(from: first, count: task.itemCount)
      for interest in 1..<max(1, interests) {
        let others = first + interest * task.itemCount
        for item in 0..<task.itemCount { line[item] = max(line[item], others[item]) }
      }
      for item in unknown { line[item] = -.greatestFiniteMagnitude }
      if let calibration {
        calibrate(
          line, by: calibration,
          after: history(task.cases[cases.lowerBound + row], likedOnly: true).map { set.items[$0] })
      }
    }
  }

  /// Scores new items as they are scored where they are recommended.
  private func calibrate(
    _ line: UnsafeMutablePointer<Float>, by calibration: NewItemCalibration, after history: [UInt32]
  ) {
    let profiles = encoder.whitenings.indices.map { source in
      content.isEmpty ? nil : ContentProfile.sum(after: history) { content[$0]?[source] }
    }
    for (index, place) in newPlaces.enumerated() {
      var likeness: Float = 0
      let own = content[UInt32(encoder.items.count + index)] ?? []
      for (profile, vector) in zip(profiles, own) {
        guard let profile, let vector else { continue }
        likeness += Float.dot(profile, vector, profile.count)
      }
      line[place] = calibration.score(line[place], likeness: likeness)
    }
  }
}

extension SessionScorer {
  /// The same by encoder and rules together, as they serve.
  /// - Parameter items: the ordinal of each of the task's items.
  func mixed(with rules: SessionRules, items: [Ordinal]) -> some CaseScorer {
    let places = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1, $0) })
    return Mixed(scorer: self, rules: rules, places: encoder.items.map { places[$0] })
  }

  private struct Mixed: CaseScorer {
    let scorer: SessionScorer
    let rules: SessionRules
    /// The task's number of each of the encoder's items.
    let places: [Int?]

    func addScores(_ task: RankingTask, _ cases: Range<Int>, to scores: UnsafeMutablePointer<Float>) {
      scorer.addScores(task, cases, to: scores)
      for index in cases {
        let line = scores + (index - cases.lowerBound) * task.itemCount
        let history = scorer.history(task.cases[index], likedOnly: true).map { scorer.set.items[$0] }
        let own = history.filter { $0 < scorer.encoder.items.count }
        rules.raise(line, after: own[...], places: places)
      }
    }
  }
}
