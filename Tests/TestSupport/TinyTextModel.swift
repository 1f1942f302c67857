import Basics
package import Interchange

/// The folder of a text model of the BERT family that is small enough to be made in a test: 8 components, one layer of
/// two heads, the words below. Its numbers are random and always the same.
package struct TinyTextModel {
  package static let width = 8
  package static let words = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "blue", "green", "bag", "mug", "lamp", "cotton",
    "leather",
    "travel", "coffee", "query", ":", "##s", "a", "of",
  ]

  /// The files but for the weights, by name: to be changed before they are written.
  package var files: [String: String]
  /// The weights: to be changed before they are written.
  package var weights: Safetensors

  /// - Parameter seed: another model of the same shape has another.
  package init(seed: UInt64 = 1) {
    files = [
      "modules.json": #"""
      [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
       {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
       {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
      """#,
      "1_Pooling/config.json": #"{"word_embedding_dimension": 8, "pooling_mode_mean_tokens": true}"#,
      "config.json": #"""
      {"model_type": "bert", "hidden_act": "gelu", "hidden_size": 8, "intermediate_size": 16, "layer_norm_eps": 1e-12,
       "max_position_embeddings": 32, "num_attention_heads": 2, "num_hidden_layers": 1, "type_vocab_size": 2,
       "vocab_size": 20, "pad_token_id": 0}
      """#,
      "sentence_bert_config.json": #"{"max_seq_length": 16, "do_lower_case": false}"#,
      "vocab.txt": Self.words.joined(separator: "\n") + "\n",
    ]
    var generator = SeededGenerator(seed: seed)
    func array(_ name: String, _ shape: Int..., about center: Double = 0) -> Safetensors.Tensor {
      let values = (0..<shape.reduce(1, *)).map { _ in Float(center + 0.5 * generator.nextGaussian()) }
      return Safetensors.Tensor(name: name, shape: shape, values: values)
    }
    let layer = "encoder.layer.0"
    weights = Safetensors([
      array("embeddings.word_embeddings.weight", 20, 8),
      array("embeddings.position_embeddings.weight", 32, 8),
      array("embeddings.token_type_embeddings.weight", 2, 8),
      array("embeddings.LayerNorm.weight", 8, about: 1),
      array("embeddings.LayerNorm.bias", 8), array("\(layer).attention.self.query.weight", 8, 8),
      array("\(layer).attention.self.query.bias", 8), array("\(layer).attention.self.key.weight", 8, 8),
      array("\(layer).attention.self.key.bias", 8), array("\(layer).attention.self.value.weight", 8, 8),
      array("\(layer).attention.self.value.bias", 8), array("\(layer).attention.output.dense.weight", 8, 8),
      array("\(layer).attention.output.dense.bias", 8),
      array("\(layer).attention.output.LayerNorm.weight", 8, about: 1),
      array("\(layer).attention.output.LayerNorm.bias", 8),
      array("\(layer).intermediate.dense.weight", 16, 8),
      array("\(layer).intermediate.dense.bias", 16), array("\(layer).output.dense.weight", 8, 16),
      array("\(layer).output.dense.bias", 8), array("\(layer).output.LayerNorm.weight", 8, about: 1),
      array("\(layer).output.LayerNorm.bias", 8),
    ])
  }

  /// Writes the folder into a directory.
  /// - Returns: its path.
  package func write(to directory: TemporaryDirectory, as name: String = "model") throws -> String {
    let folder = try directory.makeFolder(name)
    _ = try directory.makeFolder("\(name)/1_Pooling")
    for (file, text) in files { _ = try directory.write(text, to: "\(name)/\(file)") }
    try weights.write(to: "\(folder)/model.safetensors")
    return folder
  }
}
