import Engine
import Synchronization

/// The popularity of a store's items, kept while not more than one event in a hundred is new.
final class PopularityCache: Sendable {
  private struct Counted {
    let popularity: RecentPopularity
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

  func removeAll() { counted.withLock { $0 = nil } }

  /// - Complexity: O(events), once for each hundredth by which they grow.
  func popularity(_ snapshot: Snapshot) throws -> RecentPopularity {
    let (transaction, events) = (snapshot.transactionID, Int(try snapshot.store().eventCount))
    if let known = counted.withLock({ $0 }), known.isGood(at: transaction, events: events) {
      return known.popularity
    }
    let popularity = try RecentPopularity(counting: snapshot)
    counted.withLock { $0 = Counted(popularity: popularity, transaction: transaction, events: events) }
    return popularity
  }
}
