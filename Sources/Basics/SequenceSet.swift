/// Sequences of events, concatenated, the events of each oldest first: items by number and, where known, the kind of
/// each event and the time since the one before. As a collection it is its sequences' items.
package struct SequenceSet: RandomAccessCollection, Equatable, Sendable {
  /// Where each sequence begins, and at last where the last one ends.
  package private(set) var offsets: [Int] = [0]
  package private(set) var items: [UInt32] = []
  /// A number for each event's kind; empty where nothing distinguishes kinds.
  package private(set) var kinds: [UInt8] = []
  /// A `TimeGap` bucket each; empty where times say nothing.
  package private(set) var gaps: [UInt8] = []
  /// What each event counts; empty where every event counts 1 and is to be predicted.
  package private(set) var signals: [EventSignal] = []

  package init() {}

  /// Sequences of which nothing but the items is known.
  package init(_ sequences: some Sequence<some Collection<UInt32>>) {
    for sequence in sequences { append(items: sequence) }
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { offsets.count - 1 }

  /// The items of a sequence; their indices are places in `items`.
  package subscript(sequence: Int) -> ArraySlice<UInt32> { items[range(sequence)] }

  package func range(_ sequence: Int) -> Range<Int> { offsets[sequence]..<offsets[sequence + 1] }

  /// Adds a sequence. Kinds, gaps and signals are there for all sequences or for none.
  package mutating func append(
    items: some Collection<UInt32>, kinds: some Collection<UInt8> = EmptyCollection(),
    gaps: some Collection<UInt8> = EmptyCollection(),
    signals: some Collection<EventSignal> = EmptyCollection()
  ) {
    self.items += items
    self.kinds += kinds
    self.gaps += gaps
    self.signals += signals
    precondition(self.signals.isEmpty || self.signals.count == self.items.count)
    precondition(self.kinds.isEmpty || self.kinds.count == self.items.count)
    precondition(self.gaps.isEmpty || self.gaps.count == self.items.count)
    offsets.append(self.items.count)
  }

  /// Adds a sequence behind a token that is no event, of kind and gap 0; without it where it is nil.
  /// - Parameters:
  ///   - kinds: nil where nothing distinguishes kinds.
  ///   - gaps: nil where times say nothing.
  ///   - signals: nil where every event counts 1.
  package mutating func append(
    after first: UInt32?, items: some Collection<UInt32>, kinds: [UInt8]?, gaps: [UInt8]?,
    signals: [EventSignal]? = nil
  ) {
    guard let first else {
      return append(items: items, kinds: kinds ?? [], gaps: gaps ?? [], signals: signals ?? [])
    }
    append(
      items: [first] + items, kinds: kinds.map { [0] + $0 } ?? [], gaps: gaps.map { [0] + $0 } ?? [],
      signals: signals.map { [EventSignal(strength: 0)] + $0 } ?? [])
  }

  package mutating func removeAll() {
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
    items.removeAll(keepingCapacity: true)
    kinds.removeAll(keepingCapacity: true)
    gaps.removeAll(keepingCapacity: true)
    signals.removeAll(keepingCapacity: true)
  }

  /// Whether the event at a place of `items` is to be predicted.
  package func isTarget(_ place: Int) -> Bool { signals.isEmpty || signals[place].isTarget }

  /// Whether the event at a place of `items` counts something.
  package func isLiked(_ place: Int) -> Bool { signals.isEmpty || signals[place].strength > 0 }

  /// The sequences' events that count something.
  package var liked: SequenceSet {
    signals.isEmpty ? self : filtered { isLiked($0) }
  }

  /// The sequences without their last `count` targets and what comes behind them, those that then have fewer than
  /// `atLeast` events left out.
  package func droppingLast(_ count: Int, atLeast: Int = 0) -> SequenceSet {
    var rest = SequenceSet()
    for sequence in 0..<self.count {
      let range = range(sequence).beforeLast(count) { isTarget($0) }
      if range.count >= atLeast { rest.append(range, of: self) }
    }
    return rest
  }

  /// The sequences without the events of some items, those that then have fewer than `atLeast` left out.
  package func dropping(atLeast: Int = 0, items isDropped: (UInt32) -> Bool) -> SequenceSet {
    filtered(atLeast: atLeast) { !isDropped(items[$0]) }
  }

  /// The events whose places are kept.
  private func filtered(atLeast: Int = 0, _ isKept: (Int) -> Bool) -> SequenceSet {
    var rest = SequenceSet()
    for sequence in indices {
      let places = range(sequence).filter(isKept)
      guard places.count >= atLeast else { continue }
      rest.append(
        items: places.map { items[$0] }, kinds: kinds.isEmpty ? [] : places.map { kinds[$0] },
        gaps: gaps.isEmpty ? [] : places.map { gaps[$0] },
        signals: signals.isEmpty ? [] : places.map { signals[$0] })
    }
    return rest
  }

  /// Adds a part of one of another set's sequences.
  package mutating func append(_ range: Range<Int>, of other: SequenceSet) {
    append(
      items: other.items[range], kinds: other.kinds.isEmpty ? [] : other.kinds[range],
      gaps: other.gaps.isEmpty ? [] : other.gaps[range],
      signals: other.signals.isEmpty ? [] : other.signals[range])
  }
}

extension Range<Int> {
  /// What lies before the last `count` places that are targets, or before all where there are fewer.
  package func beforeLast(_ count: Int, isTarget: (Int) -> Bool) -> Range<Int> {
    lowerBound..<(lastTargets(count, isTarget: isTarget).last ?? upperBound)
  }

  /// The last `count` places that are targets, the last one first.
  package func lastTargets(_ count: Int, isTarget: (Int) -> Bool) -> [Int] {
    var found: [Int] = []
    var place = upperBound
    while found.count < count, place > lowerBound {
      place -= 1
      if isTarget(place) { found.append(place) }
    }
    return found
  }
}

extension SequenceSet: ExpressibleByArrayLiteral {
  package init(arrayLiteral sequences: [UInt32]...) { self.init(sequences) }
}

/// What an event counts, and whether it is to be predicted.
package struct EventSignal: Equatable, Sendable {
  /// 1 for an ordinary event, 0 for one that says nothing, less for a dislike: what its prediction weighs in training.
  package var strength: Float
  /// Whether it is to be predicted; it counts something then.
  package var isTarget: Bool
  /// Which signal with bounds it fits, counted from 1; 0 for none.
  package var bounds: UInt16

  package init(strength: Float = 1, isTarget: Bool = true, bounds: UInt16 = 0) {
    self.strength = strength
    self.isTarget = isTarget && strength > 0
    self.bounds = bounds
  }

  /// The items whose newest event that says anything is a dislike.
  /// - Parameters:
  ///   - items: of events, oldest first.
  ///   - signals: of the same events; empty where every event counts 1.
  package static func disliked<Item: Hashable>(
    among items: some Sequence<Item>, _ signals: some Sequence<EventSignal>
  ) -> Set<Item> {
    var disliked: Set<Item> = []
    for (item, signal) in zip(items, signals) where signal.strength != 0 {
      if signal.strength < 0 { disliked.insert(item) } else { disliked.remove(item) }
    }
    return disliked
  }
}
