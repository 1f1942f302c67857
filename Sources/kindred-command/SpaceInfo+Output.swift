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
    ]
  }
}

extension [SpaceInfo] {
  /// A row for each space.
  var table: Table {
    var table = Table([
      .left("space"), .left("of"), .right("count"), .right("dimension"), .left("metric"), .right("m"),
      .left("encoding"), .right("tail"), .right("deleted"), .right("generation"), .left("encoder"),
    ])
    table.rows = map { space in
      [
        space.configuration.name, space.configuration.of.rawValue, People.count(space.count),
        String(space.configuration.dimension), space.configuration.metric.rawValue,
        String(space.configuration.m),
        space.configuration.encoding.rawValue, People.count(space.tail), People.count(space.deleted),
        String(space.generation), space.encoder ?? "-",
      ]
    }
    return table
  }
}
