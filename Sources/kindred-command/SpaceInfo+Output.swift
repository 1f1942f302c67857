import Kindred

extension SpaceInfo {
  /// The space as `space list`, `space create` and `stats` print it.
  var json: JSON {
    [
      "name": .string(configuration.name),
      "of": .string(configuration.of.rawValue),
      "count": .integer(count),
      "dimension": .integer(configuration.dimension),
      "metric": .string(configuration.metric.rawValue),
      "m": .integer(configuration.m),
      "efConstruction": .integer(configuration.efConstruction),
      "encoding": .string(configuration.encoding.rawValue),
      "tail": .integer(tail),
      "deleted": .integer(deleted),
      "generation": .integer(generation),
      "layers": .integer(layers),
      "encoder": JSON(encoder),
      "missing": missing.map { .integer($0) } ?? .null,
      "recall": ["k": .integer(RecallPoint.k), "points": .array(recall.map(\.json))],
    ]
  }

  /// The measured recall of a search as wide as most queries need.
  var recallSummary: String {
    guard let point = recall.first(where: { $0.recall >= 0.95 }) ?? recall.last else { return "-" }
    return "\(People.fixed(point.recall, 3)) ± \(People.fixed(point.bound, 3)) at ef \(point.ef)"
  }
}

extension RecallPoint {
  fileprivate var json: JSON {
    [
      "ef": .integer(ef), "recall": .number(recall), "bound": .number(bound), "queries": .integer(queries),
      "distanceComputationsPerQuery": .number(distanceComputations),
    ]
  }
}

extension [SpaceInfo] {
  /// A row for each space.
  var table: Table {
    var table = Table([
      .whole("space"), .whole("of"), .right("count"), .right("dimension"), .whole("metric"), .right("m"),
      .whole("encoding"), .right("tail"), .right("deleted"), .right("generation"), .whole("encoder"),
      .whole("recall@10"),
    ])
    table.rows = map { space in
      [
        space.configuration.name, space.configuration.of.rawValue, People.count(space.count),
        String(space.configuration.dimension), space.configuration.metric.rawValue,
        String(space.configuration.m),
        space.configuration.encoding.rawValue, People.count(space.tail), People.count(space.deleted),
        String(space.generation), space.encoder ?? "-", space.recallSummary,
      ]
    }
    return table
  }
}
