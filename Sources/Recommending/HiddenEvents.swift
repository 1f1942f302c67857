import Basics
import Engine
import Records
import Values

/// Events whose items are not recommended to their users.
public struct HiddenEvents: Sendable, Hashable, Codable {
  /// The kind of the events.
  public var kind: String
  /// How long their items are hidden, above 0; nil for ever.
  public var seconds: Double?

  /// Makes a rule.
  public init(kind: String, seconds: Double? = nil) {
    self.kind = kind
    self.seconds = seconds
  }
}

extension RecommendOptions {
  /// The items of a history that must not come back: those that were seen or are hidden, and those whose newest event
  /// is a dislike.
  /// - Parameter isRepeating: whether what was seen may come back where nothing is said.
  func hidden(
    in events: EventSequences?, isRepeating: Bool, _ kindName: (UInt32) throws -> String
  ) throws -> Set<Ordinal> {
    guard let events else { return [] }
    var hidden: Set<Ordinal> = []
    if hiding.isEmpty {
      if !(keepsSeen ?? isRepeating) { return Set(events.items) }
    } else {
      let now = (time ?? .now()).milliseconds
      // By kind, the time from which on events hide; nil for kinds that do not.
      var limits: [UInt32: Int64?] = [:]
      for (place, item) in events.items.enumerated() where events.kinds[place] != .max {
        let kind = events.kinds[place]
        let limit: Int64?
        if let known = limits[kind] {
          limit = known
        } else {
          let name = try kindName(kind)
          limit = hiding.lazy.filter { $0.kind.isExactly(name) }
            .map { $0.seconds.map { Int64(clamping: Double(now) - $0 * 1_000) } ?? .min }.min()
          limits[kind] = .some(limit)
        }
        if let limit, events.times[place] >= limit { hidden.insert(item) }
      }
    }
    return hidden.union(EventSignal.disliked(among: events.items, events.signals))
  }

  /// The same with the spaces of items that callers or text encoders made, where none are named.
  /// - Throws: `RecommendingError` `.recordNotFound` where there are none.
  func similar(_ snapshot: Snapshot) throws -> RecommendOptions {
    guard spaces.isEmpty else { return self }
    var options = self
    options.spaces = try snapshot.spaces()
      .filter {
        $0.kind == .items && $0.liveCount > 0 && SessionSpaces.version($0) == nil
          && $0.encoder != Factorization.maker
      }
      .map { SpaceWeight($0.name) }
    guard !options.spaces.isEmpty else {
      throw RecommendingError(
        code: .recordNotFound,
        message:
          "no space has vectors of items to be similar by; make one with: kindred embed STORE --space content"
      )
    }
    return options
  }
}

extension Int64 {
  /// The nearest whole number.
  fileprivate init(clamping value: Double) {
    self = value <= -9.2e18 ? .min : value >= 9.2e18 ? .max : Int64(value)
  }
}

extension EventSequences {
  /// The items of events that count something, in their order.
  var likedItems: [Ordinal] {
    guard !signals.isEmpty else { return items }
    return zip(items, signals).filter { $1.strength > 0 }.map(\.0)
  }
}
