import Basics
import Engine
import Records
import Synchronization
import Values

/// What is counted of a store's items, ranked.
struct CountedItems: Sendable {
  /// By what recent events count.
  let trending: RecentPopularity
  /// By what all events count.
  let popular: RecentPopularity
  /// In which events lose half of their weight, in milliseconds.
  let halfLife: Double
  /// How many events each item has that count, by ordinal.
  let events: [UInt32]
  var isRepeating: Bool { trending.isRepeating }

  /// Events at most, those of the first users, that say whether events repeat items.
  private static let repeatSample = 20_000

  /// - Complexity: O(items · log items); O(events) for a store that keeps no counts.
  init(_ snapshot: Snapshot) throws {
    let policy = try snapshot.signalPolicy()
    halfLife = (policy ?? SignalPolicy()).halfLifeSeconds * 1_000
    let counts = policy == nil ? try Self.count(snapshot, halfLife) : try snapshot.itemCounts()
    let isRepeating = try snapshot.repeatedShare(of: Self.repeatSample) > SessionData.repeatingShare
    let items = counts.indices.filter { counts[$0].events > 0 }
    let ordinals = items.map { Ordinal(UInt32($0)) }
    trending = RecentPopularity(
      ordinals, weights: DecayedSum.weights(items.map { counts[$0].recent }, halfLife: halfLife),
      isRepeating: isRepeating)
    popular = RecentPopularity(
      ordinals, weights: items.map { Float(counts[$0].strength) }, isRepeating: isRepeating)
    events = counts.map(\.events)
  }

  /// The same counts for a store of a format before 9, in which every event counts 1.
  private static func count(_ snapshot: Snapshot, _ halfLife: Double) throws -> [ItemCount] {
    let events = try snapshot.sequences()
    let last = events.items.max().map { Int($0.rawValue) + 1 } ?? 0
    var counts = [ItemCount](repeating: ItemCount(), count: last)
    for (item, time) in zip(events.items, events.times) {
      let place = Int(item.rawValue)
      counts[place].events += 1
      counts[place].strength += 1_000
      counts[place].recent.add(1, at: time, halfLife: halfLife)
    }
    return counts
  }
}

/// What is counted of a store's items, kept while not more than one event in a hundred is new.
final class CountedItemsCache: Sendable {
  private struct Counted {
    let items: CountedItems
    let policy: SignalPolicy?
    let transaction: Int
    let events: Int

    /// Neither the events nor the commits since then are more than a hundredth of the events that were counted.
    func isGood(at transaction: Int, events: Int) -> Bool {
      transaction == self.transaction
        || (100 * abs(events - self.events) <= self.events
          && 100 * abs(transaction - self.transaction) <= self.events)
    }
  }

  private let counted = Mutex<Counted?>(nil)
  /// For the sums of rules.
  let sums = SumPool()

  func removeAll() { counted.withLock { $0 = nil } }

  /// - Complexity: O(items · log items), once for each hundredth by which events grow.
  func items(_ snapshot: Snapshot) throws -> CountedItems {
    let (transaction, events) = (snapshot.transactionID, Int(try snapshot.store().eventCount))
    let policy = try snapshot.signalPolicy()
    if let known = counted.withLock({ $0 }), known.policy == policy,
      known.isGood(at: transaction, events: events)
    {
      return known.items
    }
    let items = try CountedItems(snapshot)
    counted.withLock {
      $0 = Counted(items: items, policy: policy, transaction: transaction, events: events)
    }
    return items
  }
}

/// Zeros that are kept, at least as many as are asked for.
final class SumPool: Sendable {
  private let free = Mutex<[[Float]]>([])

  func take(_ count: Int) -> [Float] {
    var sums = free.withLock { $0.popLast() } ?? []
    if sums.count < count { sums += repeatElement(0, count: count - sums.count) }
    return sums
  }

  /// Takes back what is all zeros again.
  func giveBack(_ sums: inout [Float]) {
    let zeros = sums
    sums = []
    free.withLock { $0.append(zeros) }
  }
}
