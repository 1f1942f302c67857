import Kindred

/// The queries of a measurement: of a file, or vectors of the space itself.
struct BenchQueries {
  /// Queries where none are given: enough for a recall that is off by less than 0.01.
  private static let sampleCount = 1_000

  let rows: VectorRows
  /// The ids of the vectors that the queries are; nil where they came from a file.
  let ids: [String]?

  init(_ rows: VectorRows) {
    self.rows = rows
    ids = nil
  }

  /// Vectors of the space, evenly spread over the order in which it has them.
  /// - Throws: `CommandFailure` `.badInput` for a space without vectors.
  init(sampling snapshot: borrowing Snapshot, _ space: SpaceInfo) throws {
    let (name, count) = (space.configuration.name, space.count)
    guard count > 1 else {
      throw CommandFailure(
        .badInput,
        "space '\(name)' has \(People.count(count, "vector")), too few to search with; name a file with --queries"
      )
    }
    let wanted = min(count, Self.sampleCount)
    var (ids, components, place): ([String], [Float], Int) = ([], [], 0)
    try snapshot.forEachVector(name) { id, vector in
      // The vectors whose share of the way is the next whole query.
      if place * wanted / count >= ids.count, ids.count < wanted {
        ids.append(id)
        components.append(contentsOf: vector)
      }
      place += 1
    }
    self.ids = ids
    rows = VectorRows(
      components: components, count: ids.count, dimension: space.configuration.dimension,
      source: "space '\(name)'")
  }

  /// The first `k` matches of each query that are not the query itself.
  func withoutThemselves(_ matches: [[Match]], k: Int) -> [[Match]] {
    guard let ids else { return matches }
    return zip(matches, ids).map { found, own in
      Array(found.lazy.filter { !$0.id.utf8.elementsEqual(own.utf8) }.prefix(k))
    }
  }
}
