import Engine
import Records
import SessionEncoder
import TextEncoder
import VectorMath

/// A space of items whose vectors a session model knows as content: of texts by a text model, of images or anything
/// else by the user.
struct ContentSource: Sendable, Hashable {
  let space: String
  /// What made the vectors; empty where the user did. Vectors of another maker in a space of the same name mean
  /// something else.
  let maker: String
  let dimension: Int
}

extension ContentSource {
  /// The space as a source of content, whatever is in it.
  init(_ record: SpaceRecord, _ vectors: some VectorReading) throws {
    space = record.name
    dimension = record.shape.dimension
    let state = try vectors.encoderState(of: record)
    do throws(ModelError) {
      maker = try SentenceEncoderState(decoding: state).identity
    } catch { maker = record.encoder }
  }

  /// Elements of all sources together, at most.
  private static let limit = 16_384

  /// The spaces that a model learns content from.
  /// - Parameter names: of the spaces; nil for all that neither a model nor the hashed words of texts made: a model
  ///   knows words itself.
  /// - Throws: `RecommendingError` `.unsupported` for a space that is not of items, or that was learned from events.
  static func sources(_ names: [String]?, _ snapshot: Snapshot) throws -> [ContentSource] {
    let records = try snapshot.spaces().filter { $0.kind == .items }
    func isLearned(_ record: SpaceRecord) -> Bool {
      SessionSpaces.version(record) != nil || record.encoder == Factorization.maker
    }
    let chosen: [SpaceRecord]
    if let names {
      chosen = try Set(names).sorted().map { name in
        guard let record = records.first(where: { $0.name == name }), !isLearned(record) else {
          throw RecommendingError(
            code: .unsupported,
            message:
              "space \"\(name)\" is no content of items: it takes vectors of items that no training made")
        }
        return record
      }
    } else {
      chosen = records.filter {
        $0.liveCount > 0 && !isLearned($0) && $0.encoder != HashedTextEncoder.name
      }
    }
    let all = chosen.reduce(0) { $0 + $1.shape.dimension }
    guard all <= limit else {
      throw RecommendingError(
        code: .unsupported,
        message:
          "the vectors of \(chosen.count) spaces have \(all) elements together, and a model learns from at most "
          + "\(limit); name those that it is to learn from")
    }
    return try chosen.map { try ContentSource($0, snapshot) }
  }
}

/// Reads the vectors of a model's sources, as far as the store still has these.
struct ContentReader {
  private let vectors: any VectorReading
  /// nil where there is none any more, or where something else made its vectors.
  private let spaces: [String?]

  init(_ sources: [ContentSource], _ vectors: any VectorReading) throws {
    self.vectors = vectors
    spaces = try sources.map { source in
      guard let record = try vectors.spaceRecord(source.space), record.kind == .items,
        try ContentSource(record, vectors) == source
      else { return nil }
      return source.space
    }
  }

  /// The spaces of the sources; nil for one that is not there any more.
  var spaceNames: [String?] { spaces }

  /// The item's vector of a source; nil where it has none.
  func vector(of item: Ordinal, _ source: Int) throws -> [Float]? {
    try spaces[source].flatMap { try vectors.vector(of: item, in: $0) }
  }

  /// For each source the item's vector.
  func content(of item: Ordinal) throws -> [[Float]?] {
    try spaces.indices.map { try vector(of: item, $0) }
  }
}

/// The content of a model's items as it learns from it: each source's vectors, whitened.
struct PreparedContent: Sendable {
  let sources: [ContentSource]
  let whitenings: [Whitening]
  /// [items, all sources' elements], zeros where an item has no vector.
  let content: ItemContent

  /// - Returns: nil where no item has a vector.
  init?(_ sources: [ContentSource], of items: [Ordinal], _ snapshot: Snapshot) throws {
    let width = sources.reduce(0) { $0 + $1.dimension }
    guard width > 0 else { return nil }
    let reader = try ContentReader(sources, snapshot)
    var values = [Float](repeating: 0, count: items.count * width)
    var whitenings: [Whitening] = []
    var (first, hasAny) = (0, false)
    for (source, described) in sources.enumerated() {
      let dimension = described.dimension
      var (owners, vectors): ([Int], [Float]) = ([], [])
      for (number, item) in items.enumerated() {
        if number % 4_096 == 0 { try Task.checkCancellation() }
        guard let vector = try reader.vector(of: item, source) else { continue }
        owners.append(number)
        vectors += vector
      }
      hasAny = hasAny || !owners.isEmpty
      let whitening = Whitening(fitting: vectors, count: max(1, owners.count), dimension: dimension)
      vectors.withUnsafeMutableBufferPointer { vectors in
        if let start = vectors.baseAddress { whitening.whiten(start, count: owners.count) }
      }
      for (row, number) in owners.enumerated() {
        let place = number * width + first
        values.replaceSubrange(
          place..<(place + dimension), with: vectors[(row * dimension)..<((row + 1) * dimension)])
      }
      whitenings.append(whitening)
      first += dimension
    }
    guard hasAny else { return nil }
    self.sources = sources
    self.whitenings = whitenings
    content = ItemContent(width: width, values: values)
  }
}
