package import Basics
package import Engine
package import Records

/// The items of some events, numbered from 0 in the order in which they were stored.
package struct ItemNumbering: Sendable {
  /// The ordinal of each item, ascending.
  package let items: [Ordinal]
  /// The number of each ordinal.
  package let numbers: [Ordinal: UInt32]

  /// - Parameter items: each once.
  package init(_ items: [Ordinal]) {
    self.items = items
    numbers = Dictionary(items.enumerated().map { ($1, UInt32($0)) }) { first, _ in first }
  }

  package init(of events: EventSequences) { self.init(Set(events.items).sorted()) }

  package var count: Int { items.count }

  /// The numbers of some events' items.
  package func items(of events: EventSequences, _ places: some Collection<Int>) -> [UInt32] {
    places.map { numbers[events.items[$0]] ?? 0 }
  }

  /// The numbers of the items of each sequence.
  package func sequences(of events: EventSequences) -> SequenceSet {
    SequenceSet(events.users.indices.lazy.map { items(of: events, events.range($0)) })
  }
}
