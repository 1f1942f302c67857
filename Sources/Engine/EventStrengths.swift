import Basics
package import Records
import Values

/// What events count by a store's policy; of a kind without signals that is looked up once.
struct EventStrengths {
  let policy: SignalPolicy
  /// By kind: its name, and what all of its events count where their values say nothing.
  private var kinds: [UInt32: (name: String, signal: EventSignal?)] = [:]
  private let boundKinds: Set<ExactString>

  init(_ policy: SignalPolicy) {
    self.policy = policy
    boundKinds = Set(
      policy.signals.lazy.filter { $0.atLeast != nil || $0.below != nil }.map { ExactString($0.kind) })
  }

  /// - Parameter kindName: the name of a kind by its number.
  mutating func signal(
    of event: EventRecord, kindName: (UInt32) throws -> String
  ) rethrows -> EventSignal {
    guard !policy.signals.isEmpty || !policy.targets.isEmpty else { return EventSignal() }
    if kinds[event.kind] == nil {
      let name = try kindName(event.kind)
      let isPlain = !boundKinds.contains(ExactString(name))
      kinds[event.kind] = (name, isPlain ? policy.signal(ofKind: name, value: nil) : nil)
    }
    guard let kind = kinds[event.kind] else { return EventSignal() }
    return kind.signal ?? policy.signal(ofKind: kind.name, value: event.value)
  }

  /// What an event counts, in thousandths.
  mutating func strength(
    of event: EventRecord, kindName: (UInt32) throws -> String
  ) rethrows -> Int64 {
    Int64((Double(try signal(of: event, kindName: kindName).strength) * 1_000).rounded())
  }
}

/// Adds what events count to sequences; nothing where every event counts 1 and is to be predicted.
struct SignalReader {
  private var strengths: EventStrengths?
  private let bounds: [String]

  init(_ policy: SignalPolicy?) {
    let isPlain = policy.map { $0.signals.isEmpty && $0.targets.isEmpty } ?? true
    strengths = isPlain ? nil : policy.map { EventStrengths($0) }
    bounds = isPlain ? [] : policy?.signals.map(\.bounds) ?? []
  }

  mutating func append(
    _ event: EventRecord, to sequences: inout EventSequences, kindName: (UInt32) throws -> String
  ) rethrows {
    guard let signal = try strengths?.signal(of: event, kindName: kindName) else { return }
    if sequences.bounds.isEmpty { sequences.bounds = bounds }
    sequences.signals.append(signal)
  }
}

/// An event that counts something.
package struct CountedEvent {
  package var item: UInt32
  /// In thousandths, above 0.
  var strength: Int64
  var time: Int64
}

/// How strongly two items of a user's sequence co-occur: whole numbers, so that what is added can be taken away again.
package enum CoOccurrenceWeight {
  /// The farthest distance of two events that count together.
  static let window = 5

  /// The weight of a later event behind an earlier one: 120 / distance for one that counts 1 (Ludewig and Jannach 2018
  /// weigh rules so).
  static func ofLater(_ event: CountedEvent, distance: Int) -> Int64 {
    rounded(120 * event.strength, 1_000 * Int64(distance))
  }

  /// The weight of an earlier event before a later one, which is half as much.
  static func ofEarlier(_ event: CountedEvent, distance: Int) -> Int64 {
    rounded(60 * event.strength, 1_000 * Int64(distance))
  }

  private static func rounded(_ number: Int64, _ divisor: Int64) -> Int64 { (number + divisor / 2) / divisor }

  /// Hands out what the events of one user add to the lists of items.
  package static func forEach(
    in events: [CountedEvent], _ body: (_ of: UInt32, _ item: UInt32, _ weight: Int64) -> Void
  ) {
    for (place, later) in events.enumerated() {
      for distance in stride(from: 1, through: min(window, place), by: 1) {
        let earlier = events[place - distance]
        body(earlier.item, later.item, ofLater(later, distance: distance))
        body(later.item, earlier.item, ofEarlier(earlier, distance: distance))
      }
    }
  }
}

extension EventSequences {
  /// The events at some places that count something.
  /// - Parameter number: of an item, which stands for it.
  package func countedEvents(
    _ places: some Collection<Int>, number: (Ordinal) -> UInt32
  ) -> [CountedEvent] {
    places.compactMap { place in
      let strength = Int64((Double(strength(place)) * 1_000).rounded())
      return strength > 0
        ? CountedEvent(item: number(items[place]), strength: strength, time: times[place]) : nil
    }
  }
}
