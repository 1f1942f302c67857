import Values
import Basics
import Engine
import Records
import VectorMath

/// Vectors of a whole space, encoded as they are stored.
struct EncodedSpace {
  let definition: SpaceDefinition
  private(set) var ordinals: [Ordinal] = []
  private(set) var rows: [UInt8] = []
  /// What the space remembers of what made its vectors.
  var encoderState: [UInt8] = []
  private let encoder: RowEncoder

  /// - Parameter maker: what the space remembers as the maker of its vectors.
  init(_ name: String, of kind: RecordKind, dimension: Int, _ metric: VectorMetric, maker: String) throws {
    definition = SpaceDefinition(
      name: name, kind: kind,
      shape: VectorShape(dimension: dimension, metric: metric, encoding: .float32), seed: 1, encoder: maker)
    encoder = try RowEncoder(definition.shape)
  }

  /// - Parameter vector: of the space's dimension.
  mutating func append(_ ordinal: Ordinal, _ vector: some Sequence<Float>) throws {
    ordinals.append(ordinal)
    try Array(vector).withUnsafeBufferPointer { rows.append(contentsOf: try encoder.encode($0)) }
  }
}

extension EncodedSpace {
  /// The vector of an ordinal, of a space that they were added to in ascending order; nil where it has none.
  func vector(of ordinal: Ordinal) throws -> [Float]? {
    let layout = try definition.shape.layout
    var (low, high) = (0, ordinals.count)
    while low < high {
      let middle = (low + high) / 2
      if ordinals[middle] < ordinal { low = middle + 1 } else { high = middle }
    }
    guard low < ordinals.count, ordinals[low] == ordinal else { return nil }
    return rows.withUnsafeBytes { rows in
      rows.baseAddress.map { layout.decoded($0 + low * layout.strideBytes) }
    }
  }
}

extension StorageEngine {
  /// Asked before the vectors are learned, which takes long.
  /// - Throws: `.memoryLimit` where the spaces of that many items and users could not be built.
  func requireMemory(toBuild items: Int, _ users: Int, dimension: Int) throws {
    let space = try EncodedSpace("session", of: .items, dimension: dimension, .dot, maker: "")
    // Both are in memory until the flip, and their vectors beside them.
    try requireMemory(
      toBuild: items + users, of: space.definition,
      given: (items + users) * dimension * MemoryLayout<Float>.stride)
  }

  /// Builds the indexes of a space of items and one of users beside those in use, and flips to both at once.
  func replaceVectors(
    items: EncodedSpace, users: EncodedSpace, threads: Int, _ progress: ProgressHandler?
  ) throws -> [RebuildReport] {
    try items.rows.withUnsafeBytes { itemRows in
      try users.rows.withUnsafeBytes { userRows in
        try replaceVectors(
          [
            SpaceContents(
              items.definition, rows: NewRows(ordinals: items.ordinals, rows: itemRows),
              encoderState: items.encoderState),
            SpaceContents(
              users.definition, rows: NewRows(ordinals: users.ordinals, rows: userRows),
              encoderState: users.encoderState),
          ], threads: threads, progress: untilCancelled(progress))
      }
    }
  }
}
