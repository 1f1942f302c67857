import Engine
import Evaluation
import Records
import SessionEncoder
import Transformer

/// Scores the cases of a task by a session model.
struct SessionScorer: CaseScorer {
  private let encoder: SessionEncoderModel
  private let set: SequenceSet
  /// The vectors of the task's items [items, dimension]; 0 where the model has none.
  private let vectors: [Float]
  private let unknown: [Int]

  /// - Parameters:
  ///   - items: the ordinal of each of the task's items.
  ///   - events: of each sequence of the task, in the same places.
  init(
    _ encoder: SessionEncoderModel, items: [Ordinal], _ events: EventSequences, _ snapshot: Engine.Snapshot
  ) throws {
    self.encoder = encoder
    let width = encoder.dimension
    var vectors = [Float](repeating: 0, count: items.count * width)
    var unknown: [Int] = []
    for (index, ordinal) in items.enumerated() {
      let place = (index * width)..<((index + 1) * width)
      if let number = encoder.numbers[ordinal] {
        vectors.replaceSubrange(
          place, with: encoder.vectors[(Int(number) * width)..<((Int(number) + 1) * width)])
      } else if let record = try snapshot.entity(at: ordinal, .items),
        let told = encoder.vector(of: record)
      {
        vectors.replaceSubrange(place, with: told)
      } else {
        unknown.append(index)
      }
    }
    self.vectors = vectors
    self.unknown = unknown
    var kinds: [UInt32: UInt8] = [:]
    for kind in Set(events.kinds) {
      kinds[kind] = kind == .max ? 1 : encoder.kindNumber(try snapshot.eventKindName(kind))
    }
    var set = SequenceSet()
    for index in events.users.indices {
      let range = events.range(index)
      set.append(
        items: events.items[range].map { encoder.numbers[$0] ?? .max },
        kinds: encoder.manifest.kinds.isEmpty ? [] : range.map { kinds[events.kinds[$0]] ?? 0 },
        gaps: encoder.manifest.shape.hasTimeGaps ? events.gaps(range) : [])
    }
    self.set = set
  }

  func addScores(_ task: RankingTask, _ cases: Range<Int>, to scores: UnsafeMutablePointer<Float>) {
    var known = SequenceSet()
    var rows: [Int] = []
    for index in cases {
      let (sequence, place) = (task.cases[index].sequence, task.cases[index].place)
      let range = set.range(sequence)
      let history = range.prefix(place).filter { set.items[$0] != .max }
        .suffix(encoder.manifest.shape.maximumLength)
      guard !history.isEmpty else { continue }
      known.append(
        items: history.map { set.items[$0] }, kinds: set.kinds.isEmpty ? [] : history.map { set.kinds[$0] },
        gaps: set.gaps.isEmpty ? [] : history.map { set.gaps[$0] })
      rows.append(index - cases.lowerBound)
    }
    let queries = encoder.encode((0..<known.count).map { known.range($0) }, of: known)
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
    }
  }
}
