package import Basics

/// What the events of a store mean: how much each counts, which are to be predicted, and how fast they age.
///
/// It is kept in the store. Counts and popularity, training, and evaluation go by it.
public struct SignalPolicy: Sendable, Hashable, Codable {
  /// What events of one kind count, or those of them with certain values.
  public struct Signal: Sendable, Hashable, Codable {
    /// The kind of the events.
    public var kind: String
    /// Only events with this value or a larger one; nil for all.
    public var atLeast: Double?
    /// Only events with a smaller value than this; nil for all.
    public var below: Double?
    /// -1,000 to 1,000, to three places: 0 for an event that says nothing, less for a dislike.
    public var weight: Double

    /// Makes a signal.
    public init(kind: String, atLeast: Double? = nil, below: Double? = nil, weight: Double) {
      self.kind = kind
      self.atLeast = atLeast
      self.below = below
      self.weight = weight
    }

    /// Its bounds, such as `>=4` and `<3`; empty where there are none.
    public var bounds: String {
      func text(_ sign: String, _ bound: Double?) -> String {
        guard let bound else { return "" }
        let whole = Int(exactly: bound)
        return sign + (whole.map { String($0) } ?? String(bound))
      }
      return text(">=", atLeast) + text("<", below)
    }

    /// Whether it is within more bounds than another one or, with as many, within the other's.
    func isNarrower(than other: Signal) -> Bool {
      guard boundCount == other.boundCount else { return boundCount > other.boundCount }
      let (low, high) = (atLeast ?? -.infinity, below ?? .infinity)
      let (otherLow, otherHigh) = (other.atLeast ?? -.infinity, other.below ?? .infinity)
      return low >= otherLow && high <= otherHigh && (low > otherLow || high < otherHigh)
    }

    private var boundCount: Int { (atLeast == nil ? 0 : 1) + (below == nil ? 0 : 1) }
    var hasBounds: Bool { boundCount > 0 }

    /// Whether an event of its kind with this value is meant; one without a value is within no bounds.
    func includes(_ value: Double?) -> Bool {
      guard let value else { return !hasBounds }
      return (atLeast.map { value >= $0 } ?? true) && (below.map { value < $0 } ?? true)
    }
  }

  /// The narrowest signal that an event fits says what it counts: that with more bounds, else the one within the bounds
  /// of the other, else the first. An event that fits none counts 1.
  public var signals: [Signal]
  /// The kinds of events that are to be predicted, or kinds with the bounds of a signal, such as `rate>=4`; empty for
  /// all. Only events that count more than 0 are. Others are learned from all the same.
  public var targets: [String]
  /// The seconds in which an event loses half of its weight in what is trending, above 0.
  public var halfLifeSeconds: Double

  /// Makes a policy; without signals every event counts 1.
  public init(signals: [Signal] = [], targets: [String] = [], halfLifeSeconds: Double = 30 * 86_400) {
    self.signals = signals
    self.targets = targets
    self.halfLifeSeconds = halfLifeSeconds
  }

  /// What an event counts.
  public func weight(ofKind kind: String, value: Double?) -> Double {
    index(ofKind: kind, value: value).map { signals[$0].weight } ?? 1
  }

  /// The signal that says what an event counts; nil where none does.
  private func index(ofKind kind: String, value: Double?) -> Int? {
    var found: Int?
    for (index, signal) in signals.enumerated() where signal.kind.isExactly(kind) && signal.includes(value) {
      if let found, !signal.isNarrower(than: signals[found]) { continue }
      found = index
    }
    return found
  }

  /// What an event counts, whether it is to be predicted, and which bounds it is within.
  package func signal(ofKind kind: String, value: Double?) -> EventSignal {
    guard let index = index(ofKind: kind, value: value) else {
      return EventSignal(isTarget: isTarget(kind, kind))
    }
    return EventSignal(
      strength: Float(signals[index].weight),
      isTarget: targets.isEmpty || isTarget(kind, kind + signals[index].bounds),
      bounds: signals[index].hasBounds ? UInt16(index + 1) : 0)
  }

  private func isTarget(_ kind: String, _ label: String) -> Bool {
    targets.isEmpty || targets.contains { $0.isExactly(kind) || $0.isExactly(label) }
  }

  /// Whether an event is to be predicted.
  public func isTarget(kind: String, value: Double?) -> Bool {
    signal(ofKind: kind, value: value).isTarget
  }

  /// What is wrong with the policy; nil where nothing is.
  package var fault: String? {
    guard signals.count <= Limits.signalCount, targets.count <= Limits.signalCount else {
      return "a policy has at most \(Limits.signalCount) signals"
    }
    guard halfLifeSeconds >= 1, halfLifeSeconds <= 1e10 else {
      return "a half-life of \(halfLifeSeconds) s; it is 1 s to 10^10 s"
    }
    for signal in signals {
      guard signal.weight >= -1_000, signal.weight <= 1_000 else {
        return "the weight of \(signal.kind) is \(signal.weight); weights are -1,000 to 1,000"
      }
      if [signal.atLeast, signal.below].contains(where: { $0.map { !$0.isFinite } ?? false }) {
        return "a bound of \(signal.kind) is no number"
      }
      if let low = signal.atLeast, let high = signal.below, low >= high {
        return "no value of \(signal.kind) is at least \(low) and below \(high)"
      }
    }
    for kind in signals.map(\.kind) + targets where !(1...Limits.kindBytes).contains(kind.utf8.count) {
      return
        "a kind of event has 1 to \(Limits.kindBytes) bytes; \"\(kind.prefix(40))\" has \(kind.utf8.count)"
    }
    return nil
  }
}
