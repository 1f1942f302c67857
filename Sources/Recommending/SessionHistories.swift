import Basics
import Engine
import Records
import SessionEncoder

/// Histories of events in the words of a session model: the newest of those that it can read.
struct SessionHistories {
  private(set) var set = SequenceSet()
  /// The items of `set` whose events count something, without profiles.
  private(set) var items: [Ordinal] = []
  /// How many events are in `set`.
  private(set) var eventCount = 0
  private let encoder: SessionEncoderModel
  private var kinds: KindNumbers
  private(set) var newItems = NewItems()
  private let vector: (Ordinal) throws -> [Float]?

  /// - Parameter vector: of an item that the model does not know; nil where there is none.
  init(_ encoder: SessionEncoderModel, vector: @escaping (Ordinal) throws -> [Float]?) {
    self.encoder = encoder
    kinds = KindNumbers(encoder)
    self.vector = vector
  }

  /// Adds a part of a store's events.
  /// - Parameters:
  ///   - profile: the vector of the user's first token; nil where nothing is known. It is left out of a history that is
  ///     as long as the model looks back.
  ///   - kindName: the name of a kind of event by its number.
  /// - Returns: whether there was anything that the model can read; nothing is added where there was nothing.
  mutating func append(
    _ events: EventSequences, _ range: Range<Int>, profile: [Float]? = nil,
    kindName: (UInt32) throws -> String
  ) throws -> Bool {
    var known: [(place: Int, item: UInt32)] = []
    for place in range.reversed() {
      guard known.count < encoder.manifest.shape.maximumLength else { break }
      if let item = try newItems.number(of: events.items[place], encoder, vector: vector) {
        known.append((place, item))
      }
    }
    known.reverse()
    let hasRoom = known.count < encoder.manifest.shape.maximumLength
    let first = hasRoom ? profile.map { newItems.number(ofNext: $0, encoder) } : nil
    guard !known.isEmpty || first != nil else { return false }
    var numbers: [UInt8]?
    if !encoder.manifest.kinds.isEmpty {
      numbers = try known.map { try kinds.number(of: events, $0.place, kindName) }
    }
    eventCount += known.count
    items += known.filter { events.strength($0.place) > 0 }.map { events.items[$0.place] }
    set.append(
      after: first, items: known.map(\.item), kinds: numbers,
      gaps: encoder.manifest.shape.hasTimeGaps ? events.gaps(known.map(\.place)) : nil)
    return true
  }

  /// The query vectors [interests, dimension] of one of the histories.
  func encoded(_ history: Int) -> [Float] {
    encoder.encode(set.range(history), of: set, newItems: newItems.vectors)
  }
}

/// Items that a model does not know and that have a vector all the same, and profiles, numbered on from its own items.
struct NewItems {
  private var numbers: [Ordinal: UInt32] = [:]
  /// [new items and profiles, dimension]
  private(set) var vectors: [Float] = []

  /// The number of an item, of the model's own or new; nil where nothing is known of it.
  /// - Parameter vector: of an item that the model does not know; nil where there is none.
  mutating func number(
    of item: Ordinal, _ encoder: SessionEncoderModel, vector: (Ordinal) throws -> [Float]?
  ) rethrows -> UInt32? {
    if let own = encoder.numbers[item] { return own }
    if let known = numbers[item] { return known }
    guard let vector = try vector(item), vector.count == encoder.dimension else { return nil }
    let number = number(ofNext: vector, encoder)
    numbers[item] = number
    return number
  }

  /// The number of one more token that is no item of the model's.
  mutating func number(ofNext vector: [Float], _ encoder: SessionEncoderModel) -> UInt32 {
    let number = UInt32(encoder.items.count + vectors.count / encoder.dimension)
    vectors += vector
    return number
  }
}

/// The numbers that a model has for a store's kinds of events, each looked up once.
struct KindNumbers {
  private let encoder: SessionEncoderModel
  private var numbers: [UInt64: UInt8] = [:]

  init(_ encoder: SessionEncoderModel) { self.encoder = encoder }

  /// The number of an event's kind with the bounds that its value is within.
  /// - Parameter name: the name of a kind of event by its number.
  mutating func number(
    of events: EventSequences, _ place: Int, _ name: (UInt32) throws -> String
  ) rethrows -> UInt8 {
    // An event without a kind is taken for one of the most common kind.
    guard events.kinds[place] != .max else { return 1 }
    let key = events.kindKey(place)
    if let number = numbers[key] { return number }
    let number = encoder.kindNumber(
      try events.kindLabel(place, name), kind: try name(events.kinds[place]))
    numbers[key] = number
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

extension Snapshot {
  /// The vector of a user's first token; nil where nothing is known of the user, or for none that is stored.
  func profile(of user: Ordinal, _ encoder: SessionEncoderModel) throws -> [Float]? {
    guard encoder.knowsProfiles, let record = try entity(at: user, .users), !record.isDeleted else {
      return nil
    }
    return encoder.profile(of: record)
  }
}
