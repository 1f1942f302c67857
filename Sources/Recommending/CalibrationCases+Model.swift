import Basics
import Evaluation
import Platform
import SessionEncoder
import Synchronization
import Tensors

extension CalibrationCases {
  /// Items that are taken for new ones.
  private struct Sample {
    /// Numbers of the model's items.
    var items: [UInt32] = []
    /// How many items each stands for.
    var multiplicities: [Float] = []
    /// All that are taken for new ones, those too that nobody stands for.
    var isNew: [Bool]

    /// - Parameters:
    ///   - isKnowledgeable: whether anything is known of an item but its events.
    ///   - targets: of the task: each stands for itself.
    init(_ count: Int, isKnowledgeable: (Int) -> Bool, targets: Set<UInt32>, seed: UInt64) {
      var generator = SeededGenerator(seed: seed)
      isNew = (0..<count).map { item in
        generator.nextUnit() < CalibrationCases.newShare && isKnowledgeable(item)
      }
      let others = isNew.indices.filter { isNew[$0] && !targets.contains(UInt32($0)) }
      let kept = others.shuffled(using: &generator).prefix(CalibrationCases.otherLimit).sorted()
      let own = isNew.indices.filter { isNew[$0] && targets.contains(UInt32($0)) }
      items = (own + kept).map { UInt32($0) }
      multiplicities =
        own.map { _ in 1 } + kept.map { _ in Float(others.count) / Float(max(1, kept.count)) }
    }
  }

  /// The share of items that are taken for new ones.
  private static let newShare = 0.1
  /// New items that are no target, at most.
  private static let otherLimit = 4_000
  /// Cases times new items, at most.
  private static let scoreLimit = 16_000_000
  private static let caseLimit = 10_000
  private static let chunk = 64

  /// - Parameters:
  ///   - encoder: has not learned from the targets.
  ///   - rules: as they serve, but counted without the targets.
  ///   - task: of sequences of the encoder's own items.
  ///   - bareVectors: of items by what is known of them but their events [items.count, dimension]; zeros for an item of
  ///     which nothing is.
  ///   - content: of the encoder's items.
  init(
    _ encoder: SessionEncoderModel, _ rules: SessionRules?, _ task: RankingTask,
    bareVectors: ([UInt32]) -> [Float], _ content: PreparedContent?, seed: UInt64, threads: Int
  ) {
    let width = encoder.dimension
    let bare = bareVectors(Array(0..<UInt32(task.itemCount)))
    let asked = (task.isKeepingSeen ? task : task.skippingRepeats()).sampled(Self.caseLimit, seed: seed)
    let sample = Sample(
      task.itemCount,
      isKnowledgeable: { item in bare[(item * width)..<((item + 1) * width)].contains { $0 != 0 } },
      targets: Set(asked.cases.indices.map { asked.target($0) }), seed: seed)
    let chosen = asked.sampled(max(1, Self.scoreLimit / max(1, sample.items.count)), seed: seed &+ 1)
    let vectors = sample.items.flatMap { bare[(Int($0) * width)..<((Int($0) + 1) * width)] }
    let contents = content.map { content in
      sample.items.flatMap { content.content.row(Int($0)) }
    }
    let places = Dictionary(uniqueKeysWithValues: sample.items.enumerated().map { ($1, $0) })
    let scorer = SessionScorer(encoder, task.sequences)
    let found = Mutex([Case?](repeating: nil, count: chosen.cases.count))
    parallelFor(count: chosen.cases.count, threads: threads, chunk: Self.chunk) { _, range in
      var lines = [Float](repeating: 0, count: range.count * task.itemCount)
      scorer.addScores(chosen, range, to: &lines)
      for index in range {
        let start = (index - range.lowerBound) * task.itemCount
        var line = Array(lines[start..<(start + task.itemCount)])
        let history = chosen.history(index)
        for item in sample.isNew.indices where sample.isNew[item] { line[item] = -.infinity }
        if !chosen.isKeepingSeen { for item in history { line[Int(item)] = -.infinity } }
        let queries = encoder.encode(
          chosen.historyRange(index), of: chosen.sequences)
        var products = SessionEncoderModel.largestProducts(
          of: queries, with: vectors, rows: sample.items.indices, width: width)
        if !chosen.isKeepingSeen {
          for item in history { if let place = places[item] { products[place] = Self.seen } }
        }
        var likenesses = [Float](repeating: 0, count: sample.items.count)
        if let content, let contents,
          let profile = content.profile(after: history.suffix(encoder.manifest.shape.maximumLength))
        {
          likenesses = SessionEncoderModel.largestProducts(
            of: profile, with: contents, rows: sample.items.indices, width: content.content.width)
        }
        let logSum = Self.raise(&line, by: rules, after: history)
        let one = Case(
          knownLogSum: logSum, knownBest: Self.best(line), products: products, likenesses: likenesses,
          target: places[chosen.target(index)])
        found.withLock { $0[index] = one }
      }
    }
    self.init(found.withLock { $0.compactMap { $0 } }, multiplicities: sample.multiplicities)
  }

  /// Raises known items' scores that rules name, as `SessionMixture` does.
  /// - Returns: the logarithm of the sum of `e^score` behind it.
  private static func raise(
    _ line: inout [Float], by rules: SessionRules?, after history: ArraySlice<UInt32>
  ) -> Float {
    func logSum() -> Float {
      let largest = line.max() ?? 0
      guard largest > -.infinity else { return -.infinity }
      return largest + Float(log(line.reduce(0.0) { $0 + exp(Double($1 - largest)) }))
    }
    let before = logSum()
    guard let rules, rules.share > 0 else { return before }
    let named = rules.named(after: history)
    let known = zip(named.items, named.weights).filter { line[Int($0.0)] > -.infinity }
    let total = known.reduce(0) { $0 + $1.1 }
    guard total > 0 else { return before }
    let odds = Float(log(rules.share / (1 - rules.share))) + before
    for (item, weight) in known {
      let (own, added) = (line[Int(item)], odds + log(weight / total))
      line[Int(item)] = max(own, added) + log1p(exp(-abs(own - added)))
    }
    return logSum()
  }

  private static func best(_ line: [Float]) -> [Float] {
    var best: [Float] = []
    for score in line where score > -.infinity {
      guard best.count < listLength || score > (best.last ?? 0) else { continue }
      best.insert(score, at: best.firstIndex { $0 < score } ?? best.count)
      if best.count > listLength { best.removeLast() }
    }
    return best
  }
}
