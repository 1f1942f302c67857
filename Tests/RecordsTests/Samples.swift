import Values
import Basics
import Records
import Values
import VectorMath

/// One record of each kind with every field set, and the bytes that the documented layout gives for it.
///
/// The bytes were laid out and summed by a second program from the layout alone, not by the code under test.
enum Samples {
  static let entity = EntityRecord(
    id: "item-1", text: "Ein Stück",
    attributes: [
      "color": .string("rot"), "price": .number(12.5), "isNew": .bool(true), "tags": .strings(["a", ""]),
      "sizes": .integers([-1, 42]), "empty": .null,
    ])
  static let entityBytes = """
    85fd28320102066974656d2d310a45696e205374c3bc636b0605636f6c6f720403726f7405656d707479\
    000569734e6577030570726963650100000000000029400573697a65730602ffffffffffffffff2a0000\
    000000000004746167730502016100
    """

  static let deleted = EntityRecord(id: "item-1", isDeleted: true)
  static let deletedBytes = """
    2a710be50101066974656d2d3100
    """

  static let event = EventRecord(item: Ordinal(7), kind: 3, session: "s1", value: 0.5)
  static let eventBytes = """
    6974707701070000000300000003000000000000e03f027331
    """

  static let bareEvent = EventRecord(item: Ordinal(7), kind: 3, session: nil, value: nil)
  static let bareEventBytes = """
    bae6895001070000000300000000
    """

  static let space: SpaceRecord = {
    let shape = VectorShape(dimension: 128, metric: .l2, encoding: .float16)
    var record = SpaceRecord(
      SpaceDefinition(
        name: "titles", kind: .users, shape: shape, m: 16, efConstruction: 200, seed: 0x0123_4567_89AB_CDEF,
        encoder: "hashed"), number: 2, generation: 9)
    record.graphVersion = 5
    record.linkBits = 17
    record.slotCount = 1_000
    record.nodeCount = 990
    record.deadCount = 10
    record.entryPoint = 17
    record.maxLevel = 3
    record.definition.shape.normBound = 2.5
    record.deadVersion = 6
    record.tailCount = 4
    record.nextSequence = 8
    record.tailVersion = 11
    return record
  }()
  static let spaceBytes = """
    338a24b80102000000067469746c65730180000000020110000000c8000000efcdab896745230106686173\
    68656409000000050000000000000011e8030000de0300000a000000110000000300000000002040060000\
    000000000004000000080000000b00000000000000
    """

  static let store: StoreRecord = {
    var record = StoreRecord(identity: 0x1122_3344_5566_7788, created: 1_700_000_000_000)
    record.itemCount = 3
    record.userCount = 2
    record.eventCount = 9
    record.nextItem = 4
    record.nextUser = 5
    record.nextWord = 6
    record.nextColumn = 7
    record.nextSpace = 8
    record.nextGeneration = 10
    record.attributeVersion = 11
    return record
  }()
  static let storeBytes = """
    3a51ee0d010900000088776655443322110068e5cf8b0100000300000000000000020000000000000009\
    0000000000000004000000050000000600000007000000080000000a000000010000000b00000000000000
    """

  static let policy = SignalPolicy(
    signals: [.init(kind: "buy", weight: 5), .init(kind: "rate", atLeast: 2, below: 3, weight: -1.5)],
    targets: ["buy"], halfLifeSeconds: 3_600)
  static let policyBytes = """
    8d30a44101000000000020ac40020362757900000000000000144004726174650300000000000000400000\
    000000000840000000000000f8bf0103627579
    """

  /// Those of item 7.
  static let coOccurrences = ListBlock<CoOccurrence>([
    .init(ordinal: 9, weight: 120), .init(ordinal: 300, weight: 70_000),
  ])
  static let coOccurrenceBytes = "e78c115201020078a302f0a204"

  /// Of items 96 to 127, the first of which has two events; its payload and that of one without events.
  static let counts = {
    var block = ItemCountBlock()
    block.counts[0].events = 2
    block.counts[0].strength = 2_500
    block.counts[0].recent.add(1.5, at: 1_600_000_000_000, halfLife: 1_000)
    return block
  }()
  static let countBytes = """
    02000000c409000000000000000000000000f83f00806e8774010000\
    00000000000000000000000000000000000000000000000000000080
    """

  /// Row 1.5, -2 and padding, of ordinal 77 under sequence number 5.
  static let tailBytes =
    "35b6a8e84d0000000000c03f000000c0" + String(repeating: "00", count: 56)

  /// A record of random contents.
  static func randomEntity(using generator: inout SeededGenerator) -> EntityRecord {
    var attributes = Attributes()
    for _ in 0..<Int.random(in: 0...6, using: &generator) {
      attributes[randomText(using: &generator)] = randomValue(using: &generator)
    }
    return EntityRecord(
      id: randomText(using: &generator),
      text: Bool.random(using: &generator) ? randomText(using: &generator) : nil,
      attributes: attributes, isDeleted: Bool.random(using: &generator))
  }

  static func randomEvent(using generator: inout SeededGenerator) -> EventRecord {
    EventRecord(
      item: Ordinal(.random(in: .min ... .max, using: &generator)),
      kind: .random(in: 0...9, using: &generator),
      session: Bool.random(using: &generator) ? randomText(using: &generator) : nil,
      value: Bool.random(using: &generator) ? generator.nextGaussian() * 1e9 : nil)
  }

  static func randomSpace(using generator: inout SeededGenerator) -> SpaceRecord {
    var shape = VectorShape(
      dimension: .random(in: 1...Limits.dimension, using: &generator),
      metric: VectorMetric.allCases.randomElement(using: &generator) ?? .l2,
      encoding: VectorEncoding.allCases.randomElement(using: &generator) ?? .float32)
    shape.normBound = .random(in: 0...1e6, using: &generator)
    var record = SpaceRecord(
      SpaceDefinition(
        name: randomText(using: &generator),
        kind: RecordKind.allCases.randomElement(using: &generator) ?? .items, shape: shape,
        m: .random(in: 2...128, using: &generator),
        efConstruction: .random(in: 1...10_000, using: &generator), seed: generator.next(),
        encoder: randomText(using: &generator)),
      number: .random(in: .min ... .max, using: &generator),
      generation: .random(in: .min ... .max, using: &generator))
    record.linkBits = .random(in: 16...32, using: &generator)
    record.slotCount = .random(in: 1..<(1 << min(31, record.linkBits)), using: &generator)
    record.nodeCount = .random(in: 0...record.slotCount, using: &generator)
    record.deadCount = .random(in: 0...record.nodeCount, using: &generator)
    record.entryPoint =
      Bool.random(using: &generator)
      ? .max : .random(in: 0..<UInt32(record.slotCount), using: &generator)
    record.maxLevel = .random(in: 0...50, using: &generator)
    (record.graphVersion, record.deadVersion, record.tailVersion) =
      (generator.next(), generator.next(), generator.next())
    record.tailCount = .random(in: 0...Int(UInt32.max), using: &generator)
    record.nextSequence = .random(in: 0...Place.lastSequence, using: &generator)
    return record
  }

  static func randomText(using generator: inout SeededGenerator) -> String {
    let letters = Array("aZ09 _-äß€😀\u{0}\u{301}漢")
    let count = Int.random(in: 0...Int.random(in: 0...200, using: &generator), using: &generator)
    return String((0..<count).map { _ in letters.randomElement(using: &generator) ?? "x" })
  }

  private static func randomValue(using generator: inout SeededGenerator) -> AttributeValue {
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: .null
    case 1: .number(Double(bitPattern: generator.next() & 0x7FEF_FFFF_FFFF_FFFF))
    case 2: .bool(Bool.random(using: &generator))
    case 3: .string(randomText(using: &generator))
    case 4:
      .strings((0..<Int.random(in: 0...5, using: &generator)).map { _ in randomText(using: &generator) })
    default:
      .integers(
        (0..<Int.random(in: 0...5, using: &generator)).map { _ in Int64(bitPattern: generator.next()) })
    }
  }
}
