import Engine
import Records
import SessionEncoder

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
