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

  /// Adds a sequence. Kinds and gaps are there for all sequences or for none.
  package mutating func append(
    items: some Collection<UInt32>, kinds: some Collection<UInt8> = EmptyCollection(),
    gaps: some Collection<UInt8> = EmptyCollection()
  ) {
    self.items += items
    self.kinds += kinds
    self.gaps += gaps
    precondition(self.kinds.isEmpty || self.kinds.count == self.items.count)
    precondition(self.gaps.isEmpty || self.gaps.count == self.items.count)
    offsets.append(self.items.count)
  }

  /// Adds a sequence behind a token that is no event, of kind and gap 0; without it where it is nil.
  /// - Parameters:
  ///   - kinds: nil where nothing distinguishes kinds.
  ///   - gaps: nil where times say nothing.
  package mutating func append(
    after first: UInt32?, items: some Collection<UInt32>, kinds: [UInt8]?, gaps: [UInt8]?
  ) {
    guard let first else { return append(items: items, kinds: kinds ?? [], gaps: gaps ?? []) }
    append(items: [first] + items, kinds: kinds.map { [0] + $0 } ?? [], gaps: gaps.map { [0] + $0 } ?? [])
  }

  package mutating func removeAll() {
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
    items.removeAll(keepingCapacity: true)
    kinds.removeAll(keepingCapacity: true)
    gaps.removeAll(keepingCapacity: true)
  }

  /// The sequences without their last `count` events, those that then have fewer than `atLeast` left out.
  package func droppingLast(_ count: Int, atLeast: Int = 0) -> SequenceSet {
    var rest = SequenceSet()
    for sequence in 0..<self.count {
      let range = range(sequence).dropLast(count)
      if range.count >= atLeast { rest.append(range, of: self) }
    }
    return rest
  }

  /// The sequences without the events of some items, those that then have fewer than `atLeast` left out.
  package func dropping(atLeast: Int = 0, items isDropped: (UInt32) -> Bool) -> SequenceSet {
    var rest = SequenceSet()
    for sequence in indices {
      let places = range(sequence).filter { !isDropped(items[$0]) }
      guard places.count >= atLeast else { continue }
      rest.append(
        items: places.map { items[$0] }, kinds: kinds.isEmpty ? [] : places.map { kinds[$0] },
        gaps: gaps.isEmpty ? [] : places.map { gaps[$0] })
    }
    return rest
  }

  /// Adds a part of one of another set's sequences.
  package mutating func append(_ range: Range<Int>, of other: SequenceSet) {
    append(
      items: other.items[range], kinds: other.kinds.isEmpty ? [] : other.kinds[range],
      gaps: other.gaps.isEmpty ? [] : other.gaps[range])
  }
}

extension SequenceSet: ExpressibleByArrayLiteral {
  package init(arrayLiteral sequences: [UInt32]...) { self.init(sequences) }
}
