package import Basics

/// What is counted of the events of one item. Events that count nothing or less, such as dislikes, are left out.
package struct ItemCount: Equatable, Sendable {
  package var events: UInt32 = 0
  /// What they count together, in thousandths.
  package var strength: Int64 = 0
  /// What they count together, each less by its age.
  package var recent = DecayedSum()

  package init() {}
}

/// A sum of numbers each of which halves with every half-life that goes by.
package struct DecayedSum: Equatable, Sendable {
  /// The sum as of `time`.
  package var value = 0.0
  /// The newest time of a number that was added, in milliseconds since 1970.
  package var time: Int64 = .min

  package init() {}

  /// Adds a number of some time, which may be older than others; a negative one takes it away again.
  /// - Parameter halfLife: in milliseconds, above 0.
  package mutating func add(_ number: Double, at time: Int64, halfLife: Double) {
    if time > self.time {
      value = value * Self.share(from: self.time, to: time, halfLife) + number
      self.time = time
    } else {
      value += number * Self.share(from: time, to: self.time, halfLife)
    }
  }

  /// The sum as of another time that is not before its own.
  package func value(at time: Int64, halfLife: Double) -> Double {
    value * Self.share(from: self.time, to: time, halfLife)
  }

  /// What is left of 1 after a time: 2^-x, by whole powers and a series, so that every machine has the same bits.
  private static func share(from: Int64, to: Int64, _ halfLife: Double) -> Double {
    let halvings = (Double(to) - Double(from)) / halfLife
    guard halvings > 0 else { return 1 }
    guard halvings < 1_000 else { return 0 }
    let whole = halvings.rounded(.down)
    // e^-y for y below ln 2: fourteen terms reach the last bit.
    let y = (halvings - whole) * 0.693_147_180_559_945_3
    var (term, sum) = (1.0, 1.0)
    for order in 1...14 {
      term *= -y / Double(order)
      sum += term
    }
    return sum * Double(sign: .plus, exponent: -Int(whole), significand: 1)
  }
}

/// The counts of 32 items, stored under the number of the block: those of item i are in block i / 32.
///
/// Payload, in an envelope whose seed is the complement of the block's number: 32 × (`u32 events · i64 strength ·
/// f64 recent · i64 time`).
package struct ItemCountBlock: Equatable, Sendable {
  package static let capacity = 32

  package var counts: [ItemCount]

  package init() { counts = [ItemCount](repeating: ItemCount(), count: Self.capacity) }

  package func encoded(number: UInt32) -> [UInt8] {
    Envelope.seal(seed: ~number, reservingCapacity: 28 * Self.capacity) { writer in
      for count in counts {
        writer.append(count.events)
        writer.append(count.strength)
        writer.append(count.recent.value)
        writer.append(count.recent.time)
      }
    }
  }

  package init(decoding value: UnsafeRawBufferPointer, number: UInt32) throws(RecordError) {
    var reader = try Envelope.open(value, seed: ~number)
    self.init()
    for index in counts.indices {
      counts[index].events = try reader.read(UInt32.self)
      counts[index].strength = try reader.read(Int64.self)
      counts[index].recent.value = try reader.readDouble()
      counts[index].recent.time = try reader.read(Int64.self)
      let count = counts[index]
      guard count.strength >= 0, count.strength < 1 << 53, count.recent.value.isFinite else {
        throw .invalid("counts that cannot be")
      }
    }
    guard reader.remaining == 0 else { throw .invalid("\(reader.remaining) bytes behind the counts") }
  }
}

/// How strongly an item occurs near another one in users' sequences: an entry of the other's list.
///
/// `varint weight`.
package struct CoOccurrence: ListEntry {
  package static let noun = "co-occurrences"
  /// About half a kilobyte: an event changes up to ten blocks.
  package static let capacity = 128

  package var ordinal: UInt32
  /// 1 to 2^53 - 1; see docs/format.md.
  package var weight: Int64

  package init(ordinal: UInt32, weight: Int64) {
    self.ordinal = ordinal
    self.weight = weight
  }

  package init(ordinal: UInt32, _ reader: inout ByteReader) throws(RecordError) {
    let weight = try reader.readVarint()
    guard weight >= 1, weight < 1 << 53 else { throw .invalid("a weight of \(weight)") }
    (self.ordinal, self.weight) = (ordinal, Int64(weight))
  }

  package func append(to writer: inout ByteWriter) { writer.append(varint: Int(weight)) }

  package static func forEach(
    in value: UnsafeRawBufferPointer, list: UInt32, first: UInt32, _ body: (CoOccurrence) -> Void
  ) throws(RecordError) { try ListBlock.forEach(in: value, list: list, first: first, body) }

  package static func encoded(_ entries: [CoOccurrence], list: UInt32) -> [UInt8] {
    ListBlock(entries).encoded(list: list)
  }
}
