package import Engine
import Records

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
  package var itemCount: Int { record.section(ModelRecord.oldItems)?.count ?? 0 }
}
