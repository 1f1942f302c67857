import Basics
import Engine
import Records
import SessionEncoder

/// The events of a store as a session model learns from them.
struct SessionData {
  /// The model's items.
  let numbering: ItemNumbering
  private(set) var sequences = SequenceSet()
  /// The user of each sequence.
  private(set) var users: [Ordinal] = []
  /// The names of the kinds that tokens distinguish: kind k of an event is number k + 1; 0 is any other.
  let kinds: [String]
  let hasTimeGaps: Bool
  /// What early stopping and the weight of rules are chosen by.
  let heldOut: HeldOutEvents
  /// The newest event that is learned from, in milliseconds since 1970.
  private(set) var newest: Int64 = .min
  /// The oldest one; nil where there is none.
  private(set) var oldest: Int64?
  /// How often each item occurs: an event's weight halves with each tenth of the observed time span that it is older
  /// than the newest event.
  private(set) var popularity: [Float]
  /// The share of events whose item occurred before in their sequence.
  private(set) var repeatedShare = 0.0
  /// Whether items that were seen may come back.
  var isRepeating: Bool { repeatedShare > Self.repeating }
  /// Where more of the events repeat an item of their sequence than this, items that were seen may come back: in what
  /// is served, in what is evaluated and in all that is tuned.
  static let repeating = 0.02

  /// The part of all events that repeat an earlier item of their sequence.
  static func repeatedShare(of sequences: some Sequence<some Collection<UInt32>>) -> Double {
    var (count, repeated) = (0, 0)
    for sequence in sequences {
      var seen: Set<UInt32> = []
      for item in sequence where !seen.insert(item).inserted { repeated += 1 }
      count += sequence.count
    }
    return count == 0 ? 0 : Double(repeated) / Double(count)
  }

  /// Kinds beyond this number are not distinguished.
  private static let kindLimit = 64

  /// - Parameter excludingLast: how many of each user's newest events are left out; their items are known all the same.
  init(_ snapshot: Snapshot, excludingLast: Int, before: Int64?) throws {
    let events = try snapshot.sequences(before: before)
    numbering = ItemNumbering(of: events)
    var kindCounts: [UInt32: Int] = [:]
    for kind in events.kinds { kindCounts[kind, default: 0] += 1 }
    let common = kindCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.kindLimit).map(
      \.key)
    let isOneKind = common.count < 2
    kinds = isOneKind ? [] : try common.map { try snapshot.eventKindName($0) }
    let kindNumbers =
      isOneKind ? [:] : Dictionary(uniqueKeysWithValues: common.enumerated().map { ($1, UInt8($0 + 1)) })
    popularity = [Float](repeating: 0, count: numbering.count)
    hasTimeGaps = events.hasTimeGaps
    heldOut = HeldOutEvents(of: events, areLastExcluded: excludingLast > 0)
    for (index, user) in events.users.enumerated() {
      let range = events.range(index).dropLast(excludingLast)
      guard !range.isEmpty else { continue }
      users.append(user)
      sequences.append(
        items: numbering.items(of: events, range),
        kinds: isOneKind ? [] : events.kinds[range].map { kindNumbers[$0] ?? 0 },
        gaps: hasTimeGaps ? TimeGap.buckets(times: events.times[range]) : [])
      newest = max(newest, events.times[range.upperBound - 1])
      oldest = min(oldest ?? .max, events.times[range.lowerBound])
    }
    repeatedShare = Self.repeatedShare(
      of: sequences)
    countItems(events, excludingLast: excludingLast)
  }

  private mutating func countItems(_ events: EventSequences, excludingLast: Int) {
    let recency = RecencyWeight(newest: newest, oldest: events.times.min() ?? 0)
    for index in events.users.indices {
      for place in events.range(index).dropLast(excludingLast) {
        popularity[Int(numbering.numbers[events.items[place]] ?? 0)] += Float(
          recency.weight(of: events.times[place]))
      }
    }
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
