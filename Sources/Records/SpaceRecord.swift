package import Values
package import Basics
package import VectorMath

/// A choice that a record keeps as a byte.
private protocol StoredChoice: Equatable {
  /// By their bytes, from 0; never to be reordered.
  static var inStoredOrder: [Self] { get }
}

extension StoredChoice {
  fileprivate var storedByte: UInt8 { UInt8(Self.inStoredOrder.firstIndex(of: self) ?? 0) }

  fileprivate init?(storedByte: UInt8) {
    guard storedByte < Self.inStoredOrder.count else { return nil }
    self = Self.inStoredOrder[Int(storedByte)]
  }
}

extension RecordKind: StoredChoice { fileprivate static let inStoredOrder = [items, users] }

extension VectorMetric: StoredChoice { fileprivate static let inStoredOrder = [cosine, dot, l2] }

extension VectorEncoding: StoredChoice {
  fileprivate static let inStoredOrder = [float32, float16, int8, int4]
}

/// What a space is made with.
package struct SpaceDefinition: Equatable, Sendable {
  package var name: String
  package var kind: RecordKind
  package var shape: VectorShape
  package var m: Int
  package var efConstruction: Int
  package var seed: UInt64
  /// The encoder that makes its vectors; empty where the caller brings them.
  package var encoder: String

  package init(
    name: String, kind: RecordKind, shape: VectorShape, m: Int = 16, efConstruction: Int = 200, seed: UInt64,
    encoder: String = ""
  ) {
    self.name = name
    self.kind = kind
    self.shape = shape
    self.m = m
    self.efConstruction = efConstruction
    self.seed = seed
    self.encoder = encoder
  }
}

/// One vector space: how it was made and where its graph stands.
package struct SpaceRecord: Equatable, Sendable {
  package var number: UInt32
  package var definition: SpaceDefinition

  // The graph.
  /// The tables' key prefix; changes when a rebuild flips.
  package var generation: UInt32
  /// Counts changes of rows, links, upper layers and owners within a generation.
  package var graphVersion: UInt64 = 0
  /// Bits of a link in the base layer; a build says how many.
  package var linkBits: Int = 32
  /// Slots given so far, in use or free.
  package var slotCount: Int = 0
  /// Nodes in the graph, deleted ones that still wait for a merge included.
  package var nodeCount: Int = 0
  /// Nodes deleted since the last merge.
  package var deadCount: Int = 0
  /// `UInt32.max` for an empty graph.
  package var entryPoint: UInt32 = .max
  package var maxLevel: Int = 0
  /// Counts changes of the set of deleted nodes.
  package var deadVersion: UInt64 = 0

  // The tail.
  package var tailCount: Int = 0
  package var nextSequence: UInt32 = 0
  /// Counts changes of the tail.
  package var tailVersion: UInt64 = 0

  /// An empty space.
  package init(_ definition: SpaceDefinition, number: UInt32, generation: UInt32) {
    self.definition = definition
    self.number = number
    self.generation = generation
  }

  package var name: String { definition.name }
  package var kind: RecordKind { definition.kind }
  package var shape: VectorShape { definition.shape }
  package var encoder: String { definition.encoder }

  /// Vectors that a query can return.
  package var liveCount: Int { nodeCount - deadCount + tailCount }

  package func encoded() -> [UInt8] {
    Envelope.seal(reservingCapacity: 128) { writer in
      writer.append(number)
      writer.append(name)
      writer.append(kind.storedByte)
      writer.append(UInt32(shape.dimension))
      writer.append(shape.metric.storedByte)
      writer.append(shape.encoding.storedByte)
      writer.append(UInt32(definition.m))
      writer.append(UInt32(definition.efConstruction))
      writer.append(definition.seed)
      writer.append(encoder)
      writer.append(generation)
      writer.append(graphVersion)
      writer.append(UInt8(linkBits))
      writer.append(UInt32(slotCount))
      writer.append(UInt32(nodeCount))
      writer.append(UInt32(deadCount))
      writer.append(entryPoint)
      writer.append(UInt32(maxLevel))
      writer.append(shape.normBound.bitPattern)
      writer.append(deadVersion)
      writer.append(UInt32(tailCount))
      writer.append(nextSequence)
      writer.append(tailVersion)
    }
  }

  package init(decoding record: UnsafeRawBufferPointer) throws(RecordError) {
    var reader = try Envelope.open(record)
    number = try reader.read(UInt32.self)
    let name = try reader.readText()
    guard let kind = RecordKind(storedByte: try reader.read(UInt8.self)) else {
      throw .invalid("unknown kind of records")
    }
    let dimension = Int(try reader.read(UInt32.self))
    guard let metric = VectorMetric(storedByte: try reader.read(UInt8.self)) else {
      throw .invalid("unknown metric")
    }
    guard let encoding = VectorEncoding(storedByte: try reader.read(UInt8.self)) else {
      throw .invalid("unknown encoding")
    }
    definition = SpaceDefinition(
      name: name, kind: kind,
      shape: VectorShape(dimension: dimension, metric: metric, encoding: encoding),
      m: Int(try reader.read(UInt32.self)), efConstruction: Int(try reader.read(UInt32.self)),
      seed: try reader.read(UInt64.self), encoder: try reader.readText())
    generation = try reader.read(UInt32.self)
    graphVersion = try reader.read(UInt64.self)
    linkBits = Int(try reader.read(UInt8.self))
    slotCount = Int(try reader.read(UInt32.self))
    nodeCount = Int(try reader.read(UInt32.self))
    deadCount = Int(try reader.read(UInt32.self))
    entryPoint = try reader.read(UInt32.self)
    maxLevel = Int(try reader.read(UInt32.self))
    definition.shape.normBound = Float(bitPattern: try reader.read(UInt32.self))
    deadVersion = try reader.read(UInt64.self)
    tailCount = Int(try reader.read(UInt32.self))
    nextSequence = try reader.read(UInt32.self)
    tailVersion = try reader.read(UInt64.self)
    try validate()
  }

  private func validate() throws(RecordError) {
    let m = definition.m
    guard (1...Limits.dimension).contains(shape.dimension) else {
      throw .invalid("dimension \(shape.dimension)")
    }
    guard (2...128).contains(m) else { throw .invalid("m \(m)") }
    guard slotCount < 1 << 31, nodeCount <= slotCount, deadCount <= nodeCount else {
      throw .invalid("\(slotCount) slots, \(nodeCount) nodes, \(deadCount) deleted")
    }
    guard (8...32).contains(linkBits), 2 * m * linkBits >= 64, slotCount < 1 << linkBits else {
      throw .invalid("links of \(linkBits) bits to \(slotCount) slots")
    }
    guard entryPoint == .max || Int(entryPoint) < slotCount, maxLevel <= UpperBlock.levelLimit else {
      throw .invalid("entry point \(entryPoint) of \(slotCount) slots on layer \(maxLevel)")
    }
    guard shape.normBound >= 0, shape.normBound.isFinite else {
      throw .invalid("a bound of norms of \(shape.normBound)")
    }
  }
}
