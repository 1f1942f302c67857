import Baselines
package import Engine
package import Records
import SessionEncoder

/// What a session model has learned: the arrays that are stored of it beside its manifest.
package struct ModelContents: Sendable {
  /// The ordinal of each item.
  let items: [Ordinal]
  /// All weights of a `SessionModel` without features, in the order of its layout: what the items' features add is in
  /// their rows.
  let weights: [Float]
  /// The vectors of the items' features [features, dimension], for items that the model does not know.
  let features: [Float]
  /// What is made of the vectors of the manifest's sources of content, for those items too; nil where there is none.
  let projection: NewItemEncoder.Projection?
  /// The vectors of the users' attributes [manifest's profiles, dimension].
  let profiles: [Float]
  /// Recent popularity [items].
  let popularity: [Float]
  /// Which items follow which as counted.
  var rules: SequentialRules?

  /// What a training has learned.
  /// - Parameters:
  ///   - weights: of `model`, features and projection included.
  ///   - content: what it learned from; nil where it has no projection.
  init(
    _ model: SessionModel, _ weights: [Float], items: [Ordinal], popularity: [Float],
    content: PreparedContent? = nil
  ) {
    let rows = model.items.rows
    self.items = items
    projection = content.flatMap { content in
      model.items.projection.map {
        .init(weights: Array(weights[$0.weight.elements]), whitenings: content.whitenings)
      }
    }
    let known = [model.profiles?.rows, model.items.projection?.weight].compactMap { $0?.elements }
    let rest = known.map(\.upperBound).max() ?? rows.count
    profiles = model.profiles.map { Array(weights[$0.rows.elements]) } ?? []
    self.weights = model.items.bakedRows(weights) + weights[rest...]
    features = Array(weights[(model.items.itemCount * model.items.width)..<rows.count])
    self.popularity = popularity
  }

  /// The same with other weights of the same layout.
  init(_ other: ModelContents, weights: [Float]) {
    items = other.items
    self.weights = weights
    features = other.features
    projection = other.projection
    profiles = other.profiles
    popularity = other.popularity
    rules = other.rules
  }
}

extension ModelContents {
  enum Names {
    static let items = "items"
    static let features = "features.weight"
    static let contentWeights = "content.weight"
    static let contentMeans = "content.mean"
    static let contentWhitenings = "content.whitening"
    static let profiles = "profiles.weight"
    static let popularity = "popularity"
    static let ruleCounts = "rules.counts"
    static let ruleItems = "rules.items"
    static let ruleWeights = "rules.weights"
    static let ruleUsers = "rules.users"
    static let itemUsers = "rules.item-users"
  }

  /// As they are stored: the weights under the names of the model's layout.
  package func arrays(_ manifest: SessionManifest) -> [ModelArray] {
    var arrays = [ModelArray(Names.items, items.map(\.rawValue))]
    for entry in SessionModel(manifest.storedShape).layout.entries {
      let range = entry.range.offset..<(entry.range.offset + entry.range.count)
      arrays.append(ModelArray(entry.name, entry.shape, .floats(Array(weights[range]))))
    }
    let shape = [manifest.features.count, manifest.shape.dimension]
    arrays.append(ModelArray(Names.features, shape, .floats(features)))
    if let projection {
      let width = manifest.shape.dimension
      arrays.append(
        ModelArray(Names.contentWeights, [width, projection.inputCount], .floats(projection.weights)))
      arrays.append(ModelArray(Names.contentMeans, projection.whitenings.flatMap(\.mean)))
      arrays.append(ModelArray(Names.contentWhitenings, projection.whitenings.flatMap(\.matrix)))
    }
    if !manifest.profiles.isEmpty {
      arrays.append(
        ModelArray(Names.profiles, [manifest.profiles.count, manifest.shape.dimension], .floats(profiles)))
    }
    arrays.append(ModelArray(Names.popularity, popularity))
    guard let rules else { return arrays }
    let starts = rules.table.starts
    arrays.append(ModelArray(Names.ruleCounts, zip(starts, starts.dropFirst()).map { UInt32($1 - $0) }))
    arrays.append(ModelArray(Names.ruleItems, rules.table.columns))
    arrays.append(ModelArray(Names.ruleWeights, rules.table.weights))
    if let counts = rules.counts {
      arrays.append(ModelArray(Names.ruleUsers, counts.rules))
      arrays.append(ModelArray(Names.itemUsers, counts.items))
    }
    return arrays
  }

  /// The arrays of a model as they are stored today, from those of any format that is read.
  /// - Throws: `RecommendingError` `.corrupted`, `.foreign`.
  package static func converted(_ stored: StoredModel, _ arrays: [ModelArray]) throws -> [ModelArray] {
    let manifest = try SessionManifest(decoding: stored.record.manifest)
    return try ModelContents(stored, arrays, manifest).arrays(manifest)
  }

  /// - Throws: `RecommendingError` `.corrupted`, where manifest and arrays do not go together.
  package init(_ stored: StoredModel, _ arrays: [ModelArray], _ manifest: SessionManifest) throws {
    let reader = ArrayReader(version: stored.version, arrays: arrays)
    let (count, shape) = (manifest.shape.itemCount, manifest.storedShape)
    items = try reader.words(Names.items, count).map { Ordinal($0) }
    if stored.record.isOld {
      var cut = OldNumbers(try reader.floats(ModelRecord.oldWeights))
      projection = nil
      profiles = []
      do {
        weights = try cut.next(SessionModel(shape).layout.count)
        features = try cut.next(manifest.features.count * shape.dimension)
        popularity = try cut.next(count)
        rules = try manifest.rules.map { rules in try cut.rules(rules, itemCount: count) }
        try cut.requireEnd()
      } catch let error as OldNumbers.Misfit { throw reader.damaged(error.what) }
      return
    }
    weights = try SessionModel(shape).layout.entries.flatMap { try reader.floats($0.name, $0.shape) }
    features = try reader.floats(Names.features, [manifest.features.count, shape.dimension])
    popularity = try reader.floats(Names.popularity, [count])
    projection = try reader.projection(manifest.content, width: shape.dimension)
    profiles =
      manifest.profiles.isEmpty
      ? [] : try reader.floats(Names.profiles, [manifest.profiles.count, shape.dimension])
    rules = try manifest.rules.map { described in
      let counts =
        reader.has(Names.ruleUsers)
        ? SequentialRules.Counts(
          items: try reader.words(Names.itemUsers, count),
          rules: try reader.words(Names.ruleUsers, described.count)) : nil
      guard
        let rules = SequentialRules(
          counts: try reader.words(Names.ruleCounts, count),
          columns: try reader.words(Names.ruleItems, described.count),
          weights: try reader.floats(Names.ruleWeights, [described.count]), described.configuration, counts)
      else { throw reader.damaged("its rules are no table of items") }
      return rules
    }
  }
}

extension StorageEngine {
  /// Stores a trained model under the next version.
  /// - Parameter created: milliseconds since 1970.
  package func addModel(_ model: TrainedModel, created: Int64) throws -> UInt32 {
    try addModel(
      manifest: model.manifest.encoded(), arrays: model.contents.arrays(model.manifest), created: created)
  }

  /// Stores models of formats up to 6 again, as named arrays.
  /// - Returns: how many there were.
  @discardableResult
  package func upgradeModels() throws -> Int {
    let old = try read { snapshot in try snapshot.models().filter(\.record.isOld) }
    var count = 0
    for model in old {
      // One that is damaged, or deleted meanwhile, stays as it is: `verify` reports it.
      do {
        let (manifest, contents) = try read { snapshot in try snapshot.contents(of: model) }
        try addModel(
          replacing: model.version, manifest: manifest.encoded(), arrays: contents.arrays(manifest),
          created: model.record.created)
        count += 1
      } catch is RecommendingError {
        continue
      } catch let error as EngineError where [.recordNotFound, .corrupted].contains(error.code) { continue }
    }
    return count
  }
}

extension Snapshot {
  /// What a model has learned.
  /// - Throws: `RecommendingError` `.corrupted`, `.foreign`.
  package func contents(of model: StoredModel) throws -> (SessionManifest, ModelContents) {
    let manifest = try SessionManifest(decoding: model.record.manifest)
    return (manifest, try ModelContents(model, try arrays(of: model), manifest))
  }
}

extension StoredModel {
  /// Items that the model knows.
  package var itemCount: Int { record.section(ModelContents.Names.items)?.count ?? 0 }
}
