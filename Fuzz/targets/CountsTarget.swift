import Basics
import Records
import Values

extension FuzzTarget {
  /// Signal policies, lists of co-occurrences, and counts of items.
  static let counts = FuzzTarget("counts") { bytes in
    var input = FuzzInput(bytes)
    switch input.below(3) {
    case 0:
      try StoredRecord(seed: 0) { record in
        let policy = try SignalPolicy(decoding: record)
        for signal in policy.signals {
          for value in [nil, signal.atLeast, signal.below, 0] {
            let found = policy.signal(ofKind: signal.kind, value: value)
            try hold(abs(found.strength) <= 1_000, "a strength of \(found.strength)")
            try hold(
              found.isTarget == policy.isTarget(kind: signal.kind, value: value), "another target")
          }
        }
        return policy.encoded()
      }.check(input.rest)
    case 1:
      let (list, first) = (input.number(UInt32.self), input.number(UInt32.self) >> 1)
      try StoredRecord(seed: ListBlock<CoOccurrence>.seed(list, first)) { record in
        let block = try ListBlock<CoOccurrence>(decoding: record, list: list, first: first)
        try hold(
          zip(block.entries, block.entries.dropFirst()).allSatisfy { $0.ordinal < $1.ordinal },
          "co-occurrences that do not ascend")
        return block.encoded(list: list)
      }.check(input.rest)
    default:
      let number = input.number(UInt32.self)
      try StoredRecord(seed: ~number) { record in
        let block = try ItemCountBlock(decoding: record, number: number)
        for count in block.counts {
          let later = count.recent.value(at: .max, halfLife: 1_000)
          try hold(later.isFinite, "a sum of \(later)")
        }
        return block.encoded(number: number)
      }.check(input.rest)
    }
  } samples: {
    let policy = SignalPolicy(
      signals: [
        .init(kind: "purchase", weight: 5), .init(kind: "rate", atLeast: 4, weight: 1),
        .init(kind: "rate", atLeast: 2, below: 3, weight: -1.5),
      ], targets: ["rate"], halfLifeSeconds: 3_600)
    let list = ListBlock<CoOccurrence>([
      .init(ordinal: 7, weight: 120), .init(ordinal: 300, weight: 70_000),
    ])
    var block = ItemCountBlock()
    block.counts[3].events = 2
    block.counts[3].strength = 1_500
    block.counts[3].recent.add(1.5, at: 1_600_000_000_000, halfLife: 1_000)
    let payload = StoredRecord.payload
    return [
      [0] + payload(SignalPolicy().encoded()), [0] + payload(policy.encoded()),
      [1, 9, 0, 0, 0, 14, 0, 0, 0] + payload(list.encoded(list: 9)),
      [2, 1, 0, 0, 0] + payload(block.encoded(number: 1)),
    ]
  }
}
