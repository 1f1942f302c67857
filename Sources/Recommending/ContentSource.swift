import Basics
import Engine
import Records
import SessionEncoder
import TextEncoder
import VectorMath

/// A space of items whose vectors a session model knows as content: of texts by a text model, of images or anything
/// else by the user.
struct ContentSource: Sendable, Hashable {
  let space: String
  /// What made the vectors. Those of another maker in a space of the same name mean something else.
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
    } catch {
      // A space that is dropped and made again has another number.
      maker = "\(record.encoder) \(record.number) \(state.withUnsafeBytes { crc32c($0) })"
    }
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

  /// Bytes that reading it takes.
  static func memoryBytes(_ sources: [ContentSource], itemCount: Int) -> Int {
    let dimensions = sources.map(\.dimension)
    return MemoryLayout<Float>.stride * itemCount * (dimensions.reduce(0, +) + 2 * (dimensions.max() ?? 0))
  }

  /// A source that some of the items have vectors of.
  private struct Used {
    let source: ContentSource
    let whitening: Whitening
    /// Numbers of the items, and their vectors whitened.
    let owners: [Int]
    let vectors: [Float]
  }

  /// - Parameter sources: those that none of the items has a vector of are left out.
  /// - Returns: nil where none is left.
  init?(_ sources: [ContentSource], of items: [Ordinal], _ snapshot: Snapshot) throws {
    let reader = try ContentReader(sources, snapshot)
    let used = try sources.indices.compactMap { source -> Used? in
      var (owners, vectors): ([Int], [Float]) = ([], [])
      for (number, item) in items.enumerated() {
        if number % 4_096 == 0 { try Task.checkCancellation() }
        guard let vector = try reader.vector(of: item, source) else { continue }
        owners.append(number)
        vectors += vector
      }
      guard !owners.isEmpty else { return nil }
      let whitening = Whitening(
        fitting: vectors, count: owners.count, dimension: sources[source].dimension)
      vectors.withUnsafeMutableBufferPointer { vectors in
        if let start = vectors.baseAddress { whitening.whiten(start, count: owners.count) }
      }
      return Used(source: sources[source], whitening: whitening, owners: owners, vectors: vectors)
    }
    guard !used.isEmpty else { return nil }
    let width = used.reduce(0) { $0 + $1.source.dimension }
    var values = [Float](repeating: 0, count: items.count * width)
    var first = 0
    for part in used {
      let dimension = part.source.dimension
      for (row, number) in part.owners.enumerated() {
        let place = number * width + first
        values.replaceSubrange(
          place..<(place + dimension), with: part.vectors[(row * dimension)..<((row + 1) * dimension)])
      }
      first += dimension
    }
    self.sources = used.map(\.source)
    whitenings = used.map(\.whitening)
    content = ItemContent(width: width, values: values)
  }

  /// What the contents of items say together of each source, oldest first: [all sources' elements]; nil where none of
  /// them has content.
  func profile(after items: ArraySlice<UInt32>) -> [Float]? {
    var (profile, first, hasAny): ([Float], Int, Bool) = ([], 0, false)
    for source in sources {
      let columns = first..<(first + source.dimension)
      let part = ContentProfile.sum(after: Array(items)) { content.vector(Int($0), columns) }
      profile += part ?? [Float](repeating: 0, count: source.dimension)
      hasAny = hasAny || part != nil
      first = columns.upperBound
    }
    return hasAny ? profile : nil
  }
}
