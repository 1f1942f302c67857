import Basics
import Interchange
import Tensors

/// The shape of a model of the BERT family, from its `config.json`.
struct BertConfiguration {
  var vocabularyCount: Int
  var width: Int
  var heads: Int
  var hidden: Int
  var layerCount: Int
  /// Rows of the table of positions.
  var positionCount: Int
  /// Rows of the table of token types; the first is used.
  var typeCount: Int
  /// The row of a text's first token in the table of positions.
  var firstPosition: Int
  var activation: ServedActivation
  var epsilon: Float

  /// The most tokens of a text.
  var longestText: Int { positionCount - firstPosition }

  private static let families = ["bert", "roberta", "xlm-roberta", "camembert"]

  init(_ fields: JSONFields) throws {
    let family = try fields.text("model_type") ?? ""
    guard Self.families.contains(family) else {
      throw Self.unsupported(
        fields, "the model type \"\(family)\"; these are: \(Self.families.joined(separator: ", "))")
    }
    let position = try fields.text("position_embedding_type") ?? "absolute"
    guard position == "absolute" else {
      throw Self.unsupported(fields, "positions of type \"\(position)\"; \"absolute\" is")
    }
    guard try !(fields.flag("is_decoder") ?? false), try !(fields.flag("add_cross_attention") ?? false) else {
      throw Self.unsupported(fields, "a decoder")
    }
    vocabularyCount = try fields.requiredInteger("vocab_size", 1...10_000_000)
    width = try fields.requiredInteger("hidden_size", 2...16_384)
    heads = try fields.requiredInteger("num_attention_heads", 1...1_024)
    hidden = try fields.requiredInteger("intermediate_size", 1...65_536)
    layerCount = try fields.requiredInteger("num_hidden_layers", 1...200)
    positionCount = try fields.requiredInteger("max_position_embeddings", 4...1_000_000)
    typeCount = try fields.integer("type_vocab_size", 1...1_000) ?? 2
    // The RoBERTa family counts positions from behind the padding token's number.
    let padding = try fields.integer("pad_token_id", 0...1_000_000) ?? (family == "bert" ? 0 : 1)
    firstPosition = family == "bert" ? 0 : padding + 1
    epsilon = Float(try fields.number("layer_norm_eps", 0...1) ?? 1e-12)
    let name = try fields.text("hidden_act") ?? "gelu"
    switch name {
    case "gelu": activation = .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": activation = .geluTanh
    case "relu": activation = .relu
    default: throw Self.unsupported(fields, "the activation \"\(name)\"; gelu, gelu_new and relu are")
    }
    guard width % heads == 0, firstPosition + 3 <= positionCount else {
      throw ModelError(
        code: .corrupted,
        message:
          "'\(fields.file)': a width of \(width), \(heads) heads and \(positionCount) positions do not go together"
      )
    }
  }

  private static func unsupported(_ fields: JSONFields, _ what: String) -> ModelError {
    ModelError(code: .unsupported, message: "'\(fields.file)': not supported is \(what)")
  }
}
