import Engine
import Records
import VectorMath

/// What a vector space is made with.
public struct SpaceConfiguration: Sendable, Hashable, Codable {
  /// 1 to 100 bytes; usual names are `content` and `session`.
  public var name: String
  /// Whose vectors it holds.
  public var of: RecordKind
  /// Components of a vector, 1 to 16,384.
  public var dimension: Int
  /// How nearness is measured.
  public var metric: VectorMetric
  /// Links a node of the graph chooses, 2 to 128; it keeps twice as many in the base layer.
  public var m: Int
  /// Candidates examined while inserting, 1 to 10,000.
  public var efConstruction: Int
  /// How components are stored.
  public var encoding: VectorEncoding
  /// Seeds the graph's levels and order: same seed and vectors, same graph.
  public var seed: UInt64

  /// Makes a configuration; the defaults suit most spaces.
  public init(
    name: String, of: RecordKind, dimension: Int, metric: VectorMetric, m: Int = 16,
    efConstruction: Int = 200,
    encoding: VectorEncoding = .float32, seed: UInt64 = 42
  ) {
    self.name = name
    self.of = of
    self.dimension = dimension
    self.metric = metric
    self.m = m
    self.efConstruction = efConstruction
    self.encoding = encoding
    self.seed = seed
  }

  var definition: SpaceDefinition {
    SpaceDefinition(
      name: name, kind: of,
      shape: VectorShape(
        dimension: dimension, metric: metric, encoding: encoding),
      m: m, efConstruction: efConstruction, seed: seed)
  }
}

/// What one width of the search finds.
public struct RecallPoint: Sendable, Hashable, Codable {
  /// Neighbors that the recall is counted over.
  public static let k = 10
  /// The width of the search.
  public var ef: Int
  /// The share of the true neighbors found, 0 to 1, averaged over the queries.
  public var recall: Double
  /// With 95 % confidence the mean over all such queries is within this of `recall`.
  public var bound: Double
  /// Queries measured.
  public var queries: Int
  /// Distances a query computed on average.
  public var distanceComputations: Double

  init(_ point: RecallCurve.Point, depth: Int) {
    ef = point.ef
    recall = point.recall[depth]
    bound = 1.96 * point.standardError(depth: depth)
    queries = point.queries
    distanceComputations = point.distances
  }
}

/// A space as it stands.
public struct SpaceInfo: Sendable, Hashable, Codable {
  /// What it was made with.
  public var configuration: SpaceConfiguration
  /// Vectors a query can return.
  public var count: Int
  /// Of these, the ones written since the last merge, which queries scan beside the graph.
  public var tail: Int
  /// Vectors deleted since the last merge, which searches still pass through.
  public var deleted: Int
  /// Changes with every rebuild.
  public var generation: Int
  /// The encoder that makes its vectors from text, or nil where the caller brings them.
  public var encoder: String?
  /// Layers of the graph, the base included; 0 when it is empty.
  public var layers: Int
  /// Recall@10 as measured when the graph was built, by ascending width of the search, with vectors that were not in it
  /// yet; empty where there are so few that a query compares all of them.
  public var recall: [RecallPoint]
  /// Of a space that a session model made: records that were stored since then and have no vector in it yet;
  /// `rebuildFromSequences` adds them. nil for other spaces.
  public var missing: Int?

  init(_ record: SpaceRecord, _ curve: RecallCurve?, missing: Int?) {
    let (definition, shape) = (record.definition, record.shape)
    configuration = SpaceConfiguration(
      name: record.name, of: record.kind, dimension: shape.dimension,
      metric: shape.metric, m: definition.m, efConstruction: definition.efConstruction,
      encoding: shape.encoding, seed: definition.seed)
    count = record.liveCount
    tail = record.tailCount
    deleted = record.deadCount
    generation = Int(record.generation)
    encoder = record.encoder.isEmpty ? nil : record.encoder
    layers = record.nodeCount == 0 ? 0 : record.maxLevel + 1
    let depth = RecallCurve.depths.firstIndex(of: RecallPoint.k) ?? 0
    recall = curve?.points.map { RecallPoint($0, depth: depth) } ?? []
    self.missing = missing
  }
}

extension Engine.Snapshot {
  /// A space as callers see it.
  func info(_ record: SpaceRecord) throws -> SpaceInfo {
    SpaceInfo(record, try recallCurve(of: record), missing: try missingCount(in: record))
  }

  /// A space that is resolved already, as callers see it.
  func info(_ view: SpaceView) throws -> SpaceInfo {
    SpaceInfo(view.record, view.recallCurve, missing: try missingCount(in: view.record))
  }
}
