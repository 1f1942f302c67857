package import Basics
package import VectorMath

/// Whose vectors a space holds.
package enum EntityKind: UInt8, CaseIterable, Sendable {
  case items = 0
  case users = 1

  /// The word for it in stored keys and in messages; never to change.
  package var name: String { self == .items ? "items" : "users" }
}

/// One vector space: how it was made and where its graph stands.
package struct SpaceRecord: Equatable, Sendable {
  // Given at creation.
  package var number: UInt32
  package var name: String
  package var kind: EntityKind
  package var dimension: Int
  package var metric: Metric
  package var encoding: VectorEncoding
  package var m: Int
  package var efConstruction: Int
  package var seed: UInt64
  /// The encoder that makes this space's vectors from text; empty where the caller brings them.
  package var encoder: String = ""

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
  /// The squared norm that a dot space's rows are raised to where the second list of links is chosen; 0 where nodes have one list only.
  package var normBound: Float = 0
  /// Counts changes of the set of deleted nodes.
  package var deadVersion: UInt64 = 0

  // The tail.
  package var tailCount: Int = 0
  package var nextSequence: UInt32 = 0
  /// Counts changes of the tail.
  package var tailVersion: UInt64 = 0

  package init(
    number: UInt32, name: String, kind: EntityKind, dimension: Int, metric: Metric, encoding: VectorEncoding,
    m: Int, efConstruction: Int, seed: UInt64, generation: UInt32
  ) {
    self.number = number
    self.name = name
    self.kind = kind
    self.dimension = dimension
    self.metric = metric
    self.encoding = encoding
    self.m = m
    self.efConstruction = efConstruction
    self.seed = seed
    self.generation = generation
  }

  /// Vectors that a query can return.
  package var liveCount: Int { nodeCount - deadCount + tailCount }

  /// The widest vector that is taken.
  package static let dimensionLimit = 16_384

  package func encoded() -> [UInt8] {
    Envelope.seal(reservingCapacity: 128) { writer in
      writer.append(number)
      writer.append(name)
      writer.append(kind.rawValue)
      writer.append(UInt32(dimension))
      writer.append(metric.rawValue)
      writer.append(encoding.rawValue)
      writer.append(UInt32(m))
      writer.append(UInt32(efConstruction))
      writer.append(seed)
      writer.append(encoder)
      writer.append(generation)
      writer.append(graphVersion)
      writer.append(UInt8(linkBits))
      writer.append(UInt32(slotCount))
      writer.append(UInt32(nodeCount))
      writer.append(UInt32(deadCount))
      writer.append(entryPoint)
      writer.append(UInt32(maxLevel))
      writer.append(normBound.bitPattern)
      writer.append(deadVersion)
      writer.append(UInt32(tailCount))
      writer.append(nextSequence)
      writer.append(tailVersion)
    }
  }

  package init(decoding record: UnsafeRawBufferPointer) throws(RecordError) {
    var reader = try Envelope.open(record)
    number = try reader.read(UInt32.self)
    name = try reader.readText()
    guard let kind = EntityKind(rawValue: try reader.read(UInt8.self)) else {
      throw .invalid("unknown kind of records")
    }
    self.kind = kind
    dimension = Int(try reader.read(UInt32.self))
    guard let metric = Metric(rawValue: try reader.read(UInt8.self)) else { throw .invalid("unknown metric") }
    self.metric = metric
    guard let encoding = VectorEncoding(rawValue: try reader.read(UInt8.self)) else {
      throw .invalid("unknown encoding")
    }
    self.encoding = encoding
    m = Int(try reader.read(UInt32.self))
    efConstruction = Int(try reader.read(UInt32.self))
    seed = try reader.read(UInt64.self)
    encoder = try reader.readText()
    generation = try reader.read(UInt32.self)
    graphVersion = try reader.read(UInt64.self)
    linkBits = Int(try reader.read(UInt8.self))
    slotCount = Int(try reader.read(UInt32.self))
    nodeCount = Int(try reader.read(UInt32.self))
    deadCount = Int(try reader.read(UInt32.self))
    entryPoint = try reader.read(UInt32.self)
    maxLevel = Int(try reader.read(UInt32.self))
    normBound = Float(bitPattern: try reader.read(UInt32.self))
    deadVersion = try reader.read(UInt64.self)
    tailCount = Int(try reader.read(UInt32.self))
    nextSequence = try reader.read(UInt32.self)
    tailVersion = try reader.read(UInt64.self)
    try validate()
  }

  private func validate() throws(RecordError) {
    guard (1...SpaceRecord.dimensionLimit).contains(dimension) else {
      throw .invalid("dimension \(dimension)")
    }
    guard (2...128).contains(m) else { throw .invalid("m \(m)") }
    guard slotCount < 1 << 31, nodeCount <= slotCount, deadCount <= nodeCount else {
      throw .invalid("\(slotCount) slots, \(nodeCount) nodes, \(deadCount) deleted")
    }
    guard (8...32).contains(linkBits), 2 * m * linkBits >= 64, slotCount < 1 << linkBits else {
      throw .invalid("links of \(linkBits) bits to \(slotCount) slots")
    }
    guard entryPoint == .max || Int(entryPoint) < slotCount, maxLevel <= 64 else {
      throw .invalid("entry point \(entryPoint) of \(slotCount) slots on layer \(maxLevel)")
    }
    guard normBound >= 0, normBound.isFinite else { throw .invalid("a bound of norms of \(normBound)") }
  }
}
