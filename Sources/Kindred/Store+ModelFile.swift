import Engine
import Interchange
import SessionEncoder

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
      let info = try model(version)
      let encoder = try sessionEncoders.model(version, base)
      var file = Safetensors(
        encoder.model.layout.entries.map { entry in
          let range = entry.range.offset..<(entry.range.offset + entry.range.count)
          return .init(name: entry.name, shape: entry.shape, values: Array(encoder.weights[range]))
        })
      file.metadata = ["description": info.manifest]
      try file.write(to: path)
      return try encoder.items.map { try base.id(of: $0, .items) }
    }
  }
}

extension Store {
  /// Stores weights that were changed elsewhere, in PyTorch say, as a new model version that is otherwise like another one;
  /// `rebuildFromSequences` serves it.
  /// - Parameter version: the model whose exported file was changed.
  /// - Throws: `StoreError` `.badInput` for a file whose tensors are not those of the model, `.recordNotFound`.
  @discardableResult
  public func importModel(_ path: String, like version: Int) throws -> ModelInfo {
    try StoreError.translating {
      try engine.requireWritable()
      let (manifest, encoder, tail) = try engine.read { snapshot in
        let encoder = try sessionEncoders.model(version, snapshot)
        guard let stored = try snapshot.model(encoder.version) else {
          throw SessionEncoderCache.noModel(version)
        }
        let values = try snapshot.contents(of: stored).weights
        return (stored.record.manifest, encoder, values[encoder.model.layout.count...])
      }
      let file = try Safetensors(path: path)
      let tensors = Dictionary(file.tensors.map { ($0.name, $0) }) { first, _ in first }
      var weights: [Float] = []
      for entry in encoder.model.layout.entries {
        guard let tensor = tensors[entry.name], tensor.shape == entry.shape else {
          let found = tensors[entry.name].map { "of shape \($0.shape)" } ?? "missing"
          throw StoreError(
            code: .badInput,
            message: "\(path): \(entry.name) is \(found); model \(version) has it of shape \(entry.shape)")
        }
        guard tensor.values.allSatisfy(\.isFinite) else {
          throw StoreError(
            code: .badInput, message: "\(path): \(entry.name) holds a number that is not finite")
        }
        weights += tensor.values
      }
      let added = try engine.addModel(
        manifest: manifest, items: encoder.items, weights: weights + tail,
        created: Timestamp.now().milliseconds)
      return try read { try $0.model(Int(added)) }
    }
  }
}
