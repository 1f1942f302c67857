import Engine
import Records

/// What an event counts by its age: half for each tenth of the events' time that it is older than the newest.
struct RecencyWeight {
  private let newest: Double
  private let tenth: Double

  /// - Parameters: times of the newest and the oldest event, in milliseconds since 1970.
  init(newest: Int64, oldest: Int64) {
    self.newest = Double(newest)
    tenth = max(1, (Double(newest) - Double(oldest)) / 10)
  }

  func weight(of time: Int64) -> Double { halved((newest - Double(time)) / tenth) }

  /// 2^-x for x of at least 0, by whole powers and a line between them.
  private func halved(_ x: Double) -> Double {
    guard x < 60 else { return 0 }
    let whole = x.rounded(.down)
    return (1 - (x - whole) / 2) / Double(UInt64(1) << UInt64(whole))
  }
}

/// The popularity of items in recent events: what strangers are recommended, and everybody where no model serves.
struct RecentPopularity: Sendable {
  /// Items by falling share of all recent events, equal ones by ordinal.
  let ranked: [(item: Ordinal, share: Float)]
  /// Whether events repeat items so often that items that were seen may come back.
  let isRepeating: Bool

  /// - Parameter weights: what the events of each item count together, as `RecencyWeight` says.
  init(_ items: [Ordinal], weights: [Float], isRepeating: Bool) {
    let total = max(weights.reduce(0, +), .leastNormalMagnitude)
    let order = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }
    ranked = order.map { (items[$0], weights[$0] / total) }
    self.isRepeating = isRepeating
  }
}

extension RecentPopularity {
  /// Counts all stored events, as a training does for its model.
  /// - Complexity: O(events + items · log items).
  init(counting snapshot: Snapshot) throws {
    let events = try snapshot.sequences()
    let recency = RecencyWeight(newest: events.times.max() ?? 0, oldest: events.times.min() ?? 0)
    // By ordinal, which reaches no further than the events' items.
    let count = events.items.max().map { Int($0.rawValue) + 1 } ?? 0
    var (weights, occurs) = ([Float](repeating: 0, count: count), [Bool](repeating: false, count: count))
    for (item, time) in zip(events.items, events.times) {
      weights[Int(item.rawValue)] += Float(recency.weight(of: time))
      occurs[Int(item.rawValue)] = true
    }
    let items = occurs.indices.filter { occurs[$0] }
    let repeated = SessionData.repeatedShare(
      of: events.users.indices.lazy.map { events.items[events.range($0)].lazy.map(\.rawValue) })
    self.init(
      items.map { Ordinal(UInt32($0)) }, weights: items.map { weights[$0] },
      isRepeating: repeated > SessionData.repeating)
  }
}
