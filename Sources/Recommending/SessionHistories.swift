import Basics
import Engine
import Records
import SessionEncoder

/// Histories of events in the words of a session model: the newest of those that it can read.
struct SessionHistories {
  private(set) var set = SequenceSet()
  private let encoder: SessionEncoderModel
  private var kinds: KindNumbers

  init(_ encoder: SessionEncoderModel) {
    self.encoder = encoder
    kinds = KindNumbers(encoder)
  }

  /// Adds a part of a store's events.
  /// - Parameter kindName: the name of a kind of event by its number.
  /// - Returns: whether there was one that the model knows; nothing is added where there was none.
  mutating func append(
    _ events: EventSequences, _ range: Range<Int>, kindName: (UInt32) throws -> String
  ) throws -> Bool {
    let known = range.filter { encoder.numbers[events.items[$0]] != nil }
      .suffix(encoder.manifest.shape.maximumLength)
    guard !known.isEmpty else { return false }
    var numbers: [UInt8] = []
    if !encoder.manifest.kinds.isEmpty {
      numbers = try known.map { try kinds.number(of: events.kinds[$0], kindName) }
    }
    set.append(
      items: known.map { encoder.numbers[events.items[$0]] ?? 0 }, kinds: numbers,
      gaps: encoder.manifest.shape.hasTimeGaps ? events.gaps(known) : [])
    return true
  }
}

/// The numbers that a model has for a store's kinds of events, each looked up once.
struct KindNumbers {
  private let encoder: SessionEncoderModel
  private var numbers: [UInt32: UInt8] = [:]

  init(_ encoder: SessionEncoderModel) { self.encoder = encoder }

  /// - Parameter name: the name of a kind of event by its number.
  mutating func number(of kind: UInt32, _ name: (UInt32) throws -> String) rethrows -> UInt8 {
    if let number = numbers[kind] { return number }
    // An event without a kind is taken for one of the most common kind.
    let number = kind == .max ? 1 : encoder.kindNumber(try name(kind))
    numbers[kind] = number
    return number
  }
}

extension EventSequences {
  /// The `TimeGap` buckets of the events at some places; 0 where no time is known.
  func gaps(_ places: some Collection<Int>) -> [UInt8] {
    let buckets = TimeGap.buckets(times: places.map { times[$0] })
    return zip(places, buckets).map { kinds[$0] == .max ? 0 : $1 }
  }
}
