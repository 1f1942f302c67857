import Engine
import Interchange

extension Snapshot {
  /// Writes a model's weights as float32 safetensors, under the names and in the shapes that
  /// `tools/encoder_goldens.py` computes with in PyTorch; the description is in the file's metadata.
  ///
  /// What was learned of the items' words and attributes is in their rows.
  /// - Returns: the ids of the items in the order of the rows of `items.weight`.
  /// - Throws: `StoreError` `.recordNotFound`, `.alreadyExists` when the path is the store's, `.corrupted`; what a file
  ///   throws that cannot be written.
  public func exportModel(_ version: Int, to path: String) throws -> [String] {
    try StoreError.translating {
      var claims = FileClaims(store: base.engine.environment.path)
      _ = try claims.write(path, as: "the file of weights")
      _ = try model(version)
      let encoder = try modelCache.model(version, base)
      try encoder.file.write(to: path)
      return try encoder.items.map { try base.id(of: $0, .items) }
    }
  }
}

extension Store {
  /// Stores weights that were changed elsewhere, in PyTorch say, as a new model version that is otherwise like another
  /// one; `rebuildFromSequences` serves it.
  /// - Parameters:
  ///   - path: a safetensors file.
  ///   - version: the model whose exported file was changed.
  /// - Throws: `StoreError` `.badInput` for a file whose tensors are not those of the model, `.recordNotFound`.
  @discardableResult
  public func importModel(_ path: String, like version: Int) throws -> ModelInfo {
    try StoreError.translating {
      try engine.requireWritable()
      let encoder = try engine.read { snapshot in try modelCache.model(version, snapshot) }
      let added = try engine.addModel(
        encoder.withWeights(of: Safetensors(path: path), named: path),
        created: Timestamp.now().milliseconds)
      return try read { try $0.model(Int(added)) }
    }
  }
}
