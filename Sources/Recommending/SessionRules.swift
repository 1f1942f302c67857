import Baselines
import Basics
import Evaluation
import Platform
import SessionEncoder

/// What a model knows beside its encoder: which items were counted to follow which. An item's probability is a mean of
/// both: `share` that of the rules, the rest that of a softmax over the encoder's scores.
struct SessionRules: Sendable {
  /// The weight of the rules, below 1; with 0 they only give reasons.
  let share: Double
  /// Of the model's items, the strongest of each.
  let rules: SequentialRules
  private let sums = SumPool()

  /// Rules kept for each item.
  static let limit = 100

  /// Validation targets at most that the share is chosen by; it moves with some, and two scorings are all it costs.
  private static let targetLimit = 10_000

  init(share: Double, rules: SequentialRules) {
    self.share = share
    self.rules = rules
  }

  /// The rules, and the share of them, that rank validation's targets best beside an encoder; nil where nothing can be
  /// counted.
  /// - Parameters:
  ///   - encoder: has not learned from the targets.
  ///   - heldOut: says which events are the targets.
  ///   - withheld: items that the encoder has not learned about yet: not counted, and not ranked, while settings are
  ///     chosen.
  ///   - learning: whether the rules that are kept are counted from the targets too.
  /// - Returns: the rules that are kept, and those that were counted without the targets.
  static func tuned(
    beside encoder: SessionEncoderModel, _ set: SequenceSet, _ heldOut: ValidationSplit,
    without withheld: WithheldItems?, learning: Bool, isKeepingSeen: Bool, minimumSupport: Int, threads: Int
  ) -> (kept: SessionRules, validated: SessionRules)? {
    let all = heldOut.learned(set)
    let learned = withheld?.removed(from: all) ?? all
    let targets = heldOut.task(set, itemCount: encoder.items.count, isKeepingSeen: isKeepingSeen)
    let task = (withheld?.removed(fromTargetsOf: targets) ?? targets).sampled(Self.targetLimit)
    guard !task.cases.isEmpty,
      let tuned = Baseline.rules.tuned(
        learned.liked, validation: task, minimumSupport: minimumSupport, threads: threads),
      let counted = tuned.validated as? SequentialRules
    else { return nil }
    let validated = counted.trimmed(to: Self.limit)
    let share = BlendedScorer.bestShare(
      of: (0...9).map { Double($0) / 10 }, SessionScorer(encoder, set, leavingOut: withheld?.items ?? []),
      HistoryScorer(validated), task, threads: threads)
    let isCountedAgain = learning || withheld != nil
    let final =
      isCountedAgain ? tuned.make((learning ? set : all).liked) as? SequentialRules ?? counted : counted
    return (
      SessionRules(share: share, rules: final.trimmed(to: Self.limit)),
      SessionRules(share: share, rules: validated)
    )
  }
}

extension SessionRules {
  /// The items that rules name after a history, in the order in which they are met, and the weight of each.
  func named(after history: ArraySlice<UInt32>) -> (items: [UInt32], weights: [Float]) {
    var sums = self.sums.take(rules.itemCount)
    defer { self.sums.giveBack(&sums) }
    var items: [UInt32] = []
    sums.withUnsafeMutableBufferPointer { sums in
      rules.table.forEachEntry(of: history, decay: rules.configuration.decay) { item, weight in
        guard weight > 0 else { return }
        if sums[item] == 0 { items.append(UInt32(item)) }
        sums[item] += weight
      }
    }
    let weights = items.map { item in
      defer { sums[Int(item)] = 0 }
      return sums[Int(item)]
    }
    return (items, weights)
  }
}

extension SessionRules {
  /// Raises the scores of items that rules name after a history, as `SessionMixture` does.
  /// - Parameters:
  ///   - line: an encoder's scores.
  ///   - places: of the encoder's items among them; nil for one that the rules do not count.
  func raise(_ line: UnsafeMutablePointer<Float>, after history: ArraySlice<UInt32>, places: [Int?]) {
    guard share > 0 else { return }
    let named = named(after: history)
    let known = zip(named.items, named.weights).compactMap { item, weight in
      places[Int(item)].map { (place: $0, weight: weight) }
    }
    let total = known.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return }
    let odds = Float(log(share / (1 - share))) + Self.logSum(of: places.compactMap { $0.map { line[$0] } })
    for (place, weight) in known {
      let (own, added) = (line[place], odds + log(weight / total))
      line[place] = max(own, added) + log1p(exp(-abs(own - added)))
    }
  }

  /// The logarithm of the sum of `e^score`.
  static func logSum(of scores: [Float]) -> Float {
    let largest = scores.max() ?? -.infinity
    guard largest > -.infinity else { return -.infinity }
    return largest + Float(log(scores.reduce(0.0) { $0 + exp(Double($1 - largest)) }))
  }
}

extension SessionRules {
  /// What the manifest stores of them beside their table.
  var description: SessionManifest.Rules {
    .init(
      share: share, count: rules.table.columns.count, configuration: rules.configuration,
      hasCounts: rules.counts != nil)
  }
}

/// Why an item comes next, by counted rules: a reason is an item of the history that enough users took it with.
extension SessionRules {
  /// The fewest other users that a reason rests on. With one or two it would show what a single person took.
  static let leastUsers = 3
  /// Reasons of one item, at most.
  static let reasonLimit = 3
  /// The least part of what the rules count for an item that is a reason.
  static let leastPart = 0.05

  /// An item of the history that rules name another one for.
  struct Reason {
    let item: UInt32
    /// Its part of what the rules count for the item after the whole history, above 0 and at most 1.
    let part: Double
    /// Of the users who took `item`, those who took both within the window of the rules; nil where both are the same
    /// item.
    let users: (both: Int, all: Int)?
  }

  /// The reasons of each of some items after a history, the strongest first; none where counts are missing.
  /// - Complexity: O(history · items · log(rules of an item)).
  func reasons(for items: [UInt32], after history: ArraySlice<UInt32>) -> [[Reason]] {
    guard let counts = rules.counts else { return items.map { _ in [] } }
    let known = Set(history)
    return items.map { item in
      var total = 0.0
      var weights: [UInt32: Double] = [:]
      var share = 1.0
      for earlier in history.reversed() {
        defer { share *= rules.configuration.decay }
        guard let place = rules.table.place(row: Int(earlier), column: item) else { continue }
        let weight = share * Double(rules.table.weights[place])
        total += weight
        // Whoever asks may be among those who took both.
        let others = Int(counts.rules[place]) - (known.contains(item) ? 1 : 0)
        if earlier == item || others >= Self.leastUsers { weights[earlier, default: 0] += weight }
      }
      return weights.lazy.filter { $0.value > 0 && $0.value >= Self.leastPart * total }
        .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .prefix(Self.reasonLimit)
        .map { earlier, weight in
          let place = rules.table.place(row: Int(earlier), column: item)
          let users = place.flatMap {
            earlier == item ? nil : (Int(counts.rules[$0]), Int(counts.items[Int(earlier)]))
          }
          return Reason(item: earlier, part: weight / total, users: users)
        }
    }
  }
}
