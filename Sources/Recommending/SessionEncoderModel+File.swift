package import Interchange
import SessionEncoder

extension SessionEncoderModel {
  /// The weights as float32 safetensors under the names of the model's layout; the manifest is in the metadata.
  package var file: Safetensors {
    var file = Safetensors(
      model.layout.entries.map { entry in
        let range = entry.range.offset..<(entry.range.offset + entry.range.count)
        return .init(name: entry.name, shape: entry.shape, values: Array(weights[range]))
      })
    file.metadata = ["description": manifest.encoded()]
    return file
  }

  /// A model that is otherwise like this one.
  /// - Parameter path: of the file, for messages.
  /// - Throws: `RecommendingError` `.badInput` for a file whose tensors are not those of the model.
  package func withWeights(of file: Safetensors, named path: String) throws -> TrainedModel {
    let tensors = Dictionary(file.tensors.map { ($0.name, $0) }) { first, _ in first }
    var weights: [Float] = []
    for entry in model.layout.entries {
      guard let tensor = tensors[entry.name], tensor.shape == entry.shape else {
        let found = tensors[entry.name].map { "of shape \($0.shape)" } ?? "missing"
        throw RecommendingError(
          code: .badInput,
          message: "\(path): \(entry.name) is \(found); model \(version) has it of shape \(entry.shape)")
      }
      guard tensor.values.allSatisfy(\.isFinite) else {
        throw RecommendingError(
          code: .badInput, message: "\(path): \(entry.name) holds a number that is not finite")
      }
      weights += tensor.values
    }
    return TrainedModel(manifest: manifest, contents: ModelContents(contents, weights: weights))
  }
}
