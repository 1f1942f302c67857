import Basics
import Evaluation
import Platform
import SessionEncoder
import Synchronization
import Tensors

extension CalibrationCases {
  /// Some of the items that are new to the model.
  private struct Sample {
    /// Numbers of the model's items.
    let items: [UInt32]
    /// How many items each stands for.
    let multiplicities: [Float]

    /// - Parameter targets: of the task: each stands for itself.
    init(_ new: [UInt32], targets: Set<UInt32>, seed: UInt64) {
      var generator = SeededGenerator(seed: seed)
      let others = new.filter { !targets.contains($0) }
      let kept = others.shuffled(using: &generator).prefix(CalibrationCases.otherLimit).sorted()
      let own = new.filter(targets.contains)
      items = own + kept
      multiplicities =
        own.map { _ in 1 } + kept.map { _ in Float(others.count) / Float(max(1, kept.count)) }
    }
  }

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
  ///   - withheld: the items that are taken for new.
  ///   - bareVectors: of items by what is known of them but their events [items.count, dimension].
  ///   - content: of the encoder's items.
  init(
    _ encoder: SessionEncoderModel, _ rules: SessionRules?, _ task: RankingTask, new withheld: WithheldItems,
    bareVectors: ([UInt32]) -> [Float], _ content: PreparedContent?, seed: UInt64, threads: Int
  ) {
    let width = encoder.dimension
    let asked = (task.isKeepingSeen ? task : task.skippingRepeats()).sampled(Self.caseLimit, seed: seed)
    let targets = asked.cases.indices.filter(asked.hasTarget).map { asked.target($0) }
    let sample = Sample(withheld.items, targets: Set(targets), seed: seed)
    let chosen = asked.sampled(max(1, Self.scoreLimit / max(1, sample.items.count)), seed: seed &+ 1)
    let vectors = bareVectors(sample.items)
    let contents = content.map { content in
      sample.items.flatMap { content.content.row(Int($0)) }
    }
    let numbers = Dictionary(uniqueKeysWithValues: sample.items.enumerated().map { ($1, $0) })
    let isNew = Set(withheld.items)
    let places = (0..<task.itemCount).map { isNew.contains(UInt32($0)) ? nil : $0 }
    let scorer = SessionScorer(encoder, task.sequences)
    let found = Mutex([Case?](repeating: nil, count: chosen.cases.count))
    parallelFor(count: chosen.cases.count, threads: threads, chunk: Self.chunk) { _, range in
      var lines = [Float](repeating: 0, count: range.count * task.itemCount)
      scorer.addScores(chosen, range, to: &lines)
      for index in range {
        let start = (index - range.lowerBound) * task.itemCount
        var line = Array(lines[start..<(start + task.itemCount)])
        rules?.raise(&line, after: chosen.likedHistory(index), places: places)
        for item in withheld.items { line[Int(item)] = -.infinity }
        let hidden = chosen.hidden(index)
        for item in hidden { line[Int(item)] = -.infinity }
        let queries = encoder.encode(
          chosen.historyRange(index), of: chosen.sequences)
        var products = SessionEncoderModel.largestProducts(
          of: queries, with: vectors, rows: sample.items.indices, width: width)
        for item in hidden { if let place = numbers[item] { products[place] = Self.seen } }
        var likenesses = [Float](repeating: 0, count: sample.items.count)
        if let content, let contents,
          let profile = content.profile(
            after: chosen.likedHistory(index, last: encoder.manifest.shape.maximumLength))
        {
          likenesses = SessionEncoderModel.largestProducts(
            of: profile, with: contents, rows: sample.items.indices, width: content.content.width)
        }
        let one = Case(
          knownLogSum: SessionRules.logSum(of: line), knownBest: Self.best(line), products: products,
          likenesses: likenesses,
          target: chosen.hasTarget(index) ? numbers[chosen.target(index)] : nil)
        found.withLock { $0[index] = one }
      }
    }
    self.init(found.withLock { $0.compactMap { $0 } }, multiplicities: sample.multiplicities)
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
