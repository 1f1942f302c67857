package import Basics
package import Engine
package import Records
import Values
import SessionEncoder

/// The events of a store as a session model learns from them.
struct SessionData {
  /// The model's items.
  let numbering: ItemNumbering
  private(set) var sequences = SequenceSet()
  /// The user of each sequence.
  private(set) var users: [Ordinal] = []
  /// Whose attributes are known.
  private(set) var profiles: ItemFeatures?
  /// The names of the kinds that tokens distinguish: kind k of an event is number k + 1; 0 is any other.
  let kinds: [String]
  let hasTimeGaps: Bool
  /// What early stopping and the weight of rules are chosen by.
  let split: ValidationSplit
  /// The newest event that is learned from, in milliseconds since 1970.
  private(set) var newest: Int64 = .min
  /// The oldest one; nil where there is none.
  private(set) var oldest: Int64?
  /// Of the store's signal policy; nil where every event counts 1 and is to be predicted.
  let signalsChecksum: Int64?
  /// What recent events of each item count.
  private(set) var popularity: [Float]
  /// Whether items that were seen may come back.
  private(set) var isRepeating = false

  /// Whether items that were seen may come back, in what is served, in what is evaluated and in all that is tuned:
  /// where more than `repeatingShare` of the events repeat an earlier item of their sequence.
  static func isRepeating(_ sequences: some Sequence<some Collection<UInt32>>) -> Bool {
    var (count, repeated) = (0, 0)
    for sequence in sequences {
      var seen: Set<UInt32> = []
      for item in sequence where !seen.insert(item).inserted { repeated += 1 }
      count += sequence.count
    }
    return Double(repeated) > repeatingShare * Double(count)
  }

  static let repeatingShare = 0.02

  /// Kinds beyond this number are not distinguished.
  private static let kindLimit = 64

  /// - Parameter excludingLast: before how many of each user's newest targets events end; the items of the others are
  ///   known all the same.
  init(_ snapshot: Snapshot, excludingLast: Int, before: Int64?) throws {
    let events = try snapshot.sequences(before: before)
    signalsChecksum = try snapshot.signalPolicy().flatMap(\.checksum)
    numbering = ItemNumbering(of: events)
    var kindCounts: [UInt64: (count: Int, place: Int)] = [:]
    for place in events.kinds.indices { kindCounts[events.kindKey(place), default: (0, place)].count += 1 }
    let common = kindCounts.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      .prefix(Self.kindLimit)
    let isOneKind = common.count < 2
    kinds = isOneKind ? [] : try common.map { try events.kindLabel($0.value.place, snapshot.eventKindName) }
    let kindNumbers =
      isOneKind ? [:] : Dictionary(uniqueKeysWithValues: common.enumerated().map { ($1.key, UInt8($0 + 1)) })
    popularity = [Float](repeating: 0, count: numbering.count)
    hasTimeGaps = events.hasTimeGaps
    split = ValidationSplit(of: events, areLastExcluded: excludingLast > 0)
    for (index, user) in events.users.enumerated() {
      let range = events.range(index).beforeLast(excludingLast) { events.isTarget($0) }
      guard !range.isEmpty else { continue }
      users.append(user)
      sequences.append(
        items: numbering.items(of: events, range),
        kinds: isOneKind ? [] : range.map { kindNumbers[events.kindKey($0)] ?? 0 },
        gaps: hasTimeGaps ? TimeGap.buckets(times: events.times[range]) : [],
        signals: events.signals.isEmpty ? [] : events.signals[range])
      newest = max(newest, events.times[range.upperBound - 1])
      oldest = min(oldest ?? .max, events.times[range.lowerBound])
    }
    isRepeating = Self.isRepeating(sequences)
    profiles = try Self.profiles(of: users, snapshot)
    countItems(events, try snapshot.signalPolicy() ?? SignalPolicy(), excludingLast: excludingLast)
  }

  /// Attributes of fewer users say nothing about others, and too much about those few.
  private static let leastUsers = 5

  /// What users say of themselves; nil where they say nothing that some have in common.
  private static func profiles(of users: [Ordinal], _ snapshot: Snapshot) throws -> ItemFeatures? {
    let names = try users.map { user in
      try snapshot.entity(at: user, .users).map { FeatureNames.names(of: $0) } ?? []
    }
    guard names.contains(where: { !$0.isEmpty }) else { return nil }
    let features = ItemFeatures(names, minimumItems: leastUsers)
    return features.featureCount == 0 ? nil : features
  }

  /// The sequences, each with its user's profile as the first token where there is one.
  var sequencesWithProfiles: SequenceSet {
    guard let profiles else { return sequences }
    var all = SequenceSet()
    for number in sequences.indices {
      let range = sequences.range(number)
      all.append(
        after: profiles.features(of: number).isEmpty ? nil : UInt32(numbering.count + number),
        items: sequences.items[range],
        kinds: sequences.kinds.isEmpty ? nil : Array(sequences.kinds[range]),
        gaps: sequences.gaps.isEmpty ? nil : Array(sequences.gaps[range]),
        signals: sequences.signals.isEmpty ? nil : Array(sequences.signals[range]))
    }
    return all
  }

  /// What recent events count, with what is not recent halved for each half-life of the store's policy.
  private mutating func countItems(_ events: EventSequences, _ policy: SignalPolicy, excludingLast: Int) {
    let halfLife = policy.halfLifeSeconds * 1_000
    var sums = [DecayedSum](repeating: DecayedSum(), count: numbering.count)
    for index in events.users.indices {
      let range = events.range(index).beforeLast(excludingLast) { events.isTarget($0) }
      for place in range where events.strength(place) > 0 {
        sums[Int(numbering.numbers[events.items[place]] ?? 0)].add(
          Double(events.strength(place)), at: events.times[place], halfLife: halfLife)
      }
    }
    popularity = DecayedSum.weights(sums, halfLife: halfLife)
  }
}

extension EventSequences {
  /// Whether the time between two events differs from pair to pair, as it does where times are real; a mere order has
  /// the same gap everywhere, which says nothing.
  var hasTimeGaps: Bool {
    var buckets: Set<UInt8> = []
    for index in users.indices {
      buckets.formUnion(TimeGap.buckets(times: times[range(index)]).dropFirst())
      if buckets.count > 2 { return true }
    }
    return false
  }
}

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
    var set = SequenceSet()
    for index in events.users.indices {
      let range = events.range(index)
      set.append(
        items: items(of: events, range), signals: events.signals.isEmpty ? [] : events.signals[range])
    }
    return set
  }
}
