import Basics
import SessionEncoder
import Tensors

/// Which events of a window are masked, and asked for, in masked training (BERT4Rec; Sun et al. 2019).
struct Masking: Sendable {
  /// The probability that an event is masked.
  private let share: Double
  /// The share of windows of which the last event alone is masked, as in what is asked when the model serves.
  private let lastShare: Double

  /// nil for a model that is not masked.
  init?(_ model: SessionModel, _ configuration: TrainingConfiguration) {
    guard model.configuration.architecture == .masked else { return nil }
    share = configuration.maskedShare ?? 0
    lastShare = configuration.lastMaskedShare ?? 0
  }

  /// The places of the masked events of a window of `count`, ascending; at least one, and not all of two or more.
  func draw(_ count: Int, using generator: inout SeededGenerator) -> [Int] {
    guard lastShare < 1, generator.nextUnit() >= lastShare else { return [count - 1] }
    let drawn = (0..<count).filter { _ in generator.nextUnit() < share }
    guard drawn.count == count else { return drawn.isEmpty ? [count - 1] : drawn }
    // With nothing left to see there would be nothing to learn but what is popular.
    return Array(drawn.dropFirst())
  }
}

extension TrainingWorker {
  /// Whether each token has a target.
  private var asksEveryToken: Bool { targets.count == tokens.count }

  /// The outputs [targets, interests, dimension] of the tokens that have a target.
  func asked(_ outputs: UnsafePointer<R>) -> UnsafePointer<R> {
    guard !asksEveryToken else { return outputs }
    let width = model.configuration.interestCount * model.configuration.dimension
    let asked = askedOutputs.reserve(targets.count * width)
    forEachAsked { place, token in
      (asked + place * width).update(from: outputs + token * width, count: width)
    }
    return UnsafePointer(asked)
  }

  /// The gradients of all outputs [tokens, interests, dimension] for those of `asked`.
  func spread(_ slopes: UnsafePointer<R>) -> UnsafePointer<R> {
    guard !asksEveryToken else { return slopes }
    let width = model.configuration.interestCount * model.configuration.dimension
    let all = outputSlopes.zeroed(tokens.count * width)
    forEachAsked { place, token in
      (all + token * width).update(from: slopes + place * width, count: width)
    }
    return UnsafePointer(all)
  }

  private func forEachAsked(_ body: (Int, Int) -> Void) {
    var place = 0
    for token in 0..<tokens.count where tokens.isMasked[token] {
      body(place, token)
      place += 1
    }
  }
}
