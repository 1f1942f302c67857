import Basics
import Interchange

/// What becomes of a text in a sentence-transformers model, apart from the numbers: read from `modules.json` and what
/// it names. A module or a setting that this program does not have is refused by its name.
struct SentenceModelSettings {
  /// How the vectors of a text's tokens become one.
  enum Pooling: String {
    /// Their mean, those of the special tokens included.
    case mean
    /// That of the first token.
    case cls
  }

  /// What turns tokens into vectors.
  enum Kind: Equatable {
    /// A Transformer of the BERT family.
    case transformer(Pooling)
    /// A table of vectors, of which the mean is taken.
    case table
  }

  var kind: Kind
  /// Where the first module lies.
  var folder: ModelFolder
  var normalizes: Bool
  /// The most tokens of a text, the special ones included; nil where the model does not say.
  var longestText: Int?
  /// Whether texts are lower-cased before the tokenizer has them.
  var lowercases = false
  /// What stands before texts to be found, and before those that are looked for.
  var prefixes = TextPrefixes()
  /// How the model's vectors are compared: `cosine`, `dot` or `euclidean`; nil where the model does not say.
  var similarity: String?

  init(_ model: ModelFolder) throws {
    guard model.has("modules.json") else {
      self = try Self(tableIn: model)
      return
    }
    let modules = try Self.modules(of: model)
    guard let first = modules.first else {
      throw ModelError(code: .corrupted, message: "'\(model.file("modules.json"))' names no modules")
    }
    var rest = modules.dropFirst()
    folder = try model.folder(named: first.folder)
    switch first.name {
    case "Transformer":
      guard let second = rest.popFirst(), second.name == "Pooling" else {
        throw ModelError(
          code: .unsupported,
          message: "'\(model.path)': behind its Transformer comes no Pooling, which this program needs")
      }
      kind = .transformer(try Self.pooling(try model.folder(named: second.folder).object("config.json")))
    case "StaticEmbedding": kind = .table
    default: throw Self.unsupported(first.name, model)
    }
    normalizes = rest.first?.name == "Normalize"
    if normalizes { rest.removeFirst() }
    if let other = rest.first { throw Self.unsupported(other.name, model) }
    try readLengths()
    try readPrompts(model)
  }

  /// A folder of model2vec, which may have no modules: `config.json` says so.
  private init(tableIn model: ModelFolder) throws {
    guard model.has("config.json"), try model.object("config.json").text("model_type") == "model2vec" else {
      throw ModelError(
        code: .unsupported,
        message: "'\(model.path)' has no modules.json; give the folder of a sentence-transformers model")
    }
    (kind, folder) = (.table, model)
    normalizes = try model.object("config.json").flag("normalize") ?? true
  }

  /// The modules in their order, by the last word of their type.
  private static func modules(of model: ModelFolder) throws -> [(name: String, folder: String)] {
    let file = model.file("modules.json")
    guard let list = try model.json("modules.json").array else {
      throw ModelError(code: .corrupted, message: "'\(file)' is not a JSON array")
    }
    return try list.map { element in
      guard let object = element.object else {
        throw ModelError(code: .corrupted, message: "'\(file)' holds what is no module")
      }
      let fields = JSONFields(object, file: file)
      guard let type = try fields.text("type"), let path = try fields.text("path") else {
        throw ModelError(code: .corrupted, message: "'\(file)' holds a module without type or path")
      }
      guard type.hasPrefix("sentence_transformers."), let name = type.split(separator: ".").last else {
        throw ModelError(
          code: .unsupported,
          message: "'\(model.path)': its module \"\(type)\" is code of its own, which is not run")
      }
      return (String(name), path)
    }
  }

  private static func unsupported(_ module: String, _ model: ModelFolder) -> ModelError {
    ModelError(
      code: .unsupported,
      message:
        "'\(model.path)': its module \"\(module)\" is not supported; Transformer, Pooling, Normalize and "
        + "StaticEmbedding are")
  }

  private static func pooling(_ fields: JSONFields) throws -> Pooling {
    var modes: [String] = []
    for member in fields.object.members where member.key.hasPrefix("pooling_mode_") {
      if try fields.flag(member.key) == true {
        modes.append(String(member.key.dropFirst("pooling_mode_".count)))
      }
    }
    // Later versions have one word instead.
    if modes.isEmpty, let mode = try fields.text("pooling_mode") { modes = [mode] }
    guard try fields.flag("include_prompt") ?? true else {
      throw ModelError(
        code: .unsupported,
        message: "'\(fields.file)': pooling that leaves the prompt out (\"include_prompt\") is not supported")
    }
    switch modes {
    case ["mean_tokens"], ["mean"]: return .mean
    case ["cls_token"], ["cls"]: return .cls
    default:
      throw ModelError(
        code: .unsupported,
        message:
          "'\(fields.file)': pooling by \(modes.isEmpty ? "nothing" : modes.joined(separator: " and ")) is not "
          + "supported; the mean of the tokens and the first token are")
    }
  }

  private mutating func readLengths() throws {
    guard folder.has("sentence_bert_config.json") else { return }
    let fields = try folder.object("sentence_bert_config.json")
    longestText = try fields.integer("max_seq_length", 3...1_000_000)
    lowercases = try fields.flag("do_lower_case") ?? false
  }

  private mutating func readPrompts(_ model: ModelFolder) throws {
    guard model.has("config_sentence_transformers.json") else { return }
    let fields = try model.object("config_sentence_transformers.json")
    similarity = try fields.text("similarity_fn_name")
    guard let prompts = fields["prompts"]?.object else { return }
    let texts = JSONFields(prompts, file: fields.file)
    // The order in which sentence-transformers looks for one, and the one for whatever has none.
    let usual = try fields.text("default_prompt_name").flatMap { name throws(ModelError) in
      try texts.text(name)
    }
    let passages = try ["document", "passage", "corpus"].compactMap { try texts.text($0) }
    prefixes = TextPrefixes(
      query: try texts.text("query") ?? usual ?? "", passage: passages.first ?? usual ?? "")
  }
}

/// What is put in front of texts before they are encoded, as some models were trained with.
package struct TextPrefixes: Sendable, Hashable {
  /// In front of what is looked for, such as `query: `.
  package var query: String
  /// In front of what is to be found, such as `passage: `.
  package var passage: String

  package init(query: String = "", passage: String = "") { (self.query, self.passage) = (query, passage) }

  /// A text with the prefix of its role.
  func prefixed(_ text: String, as role: TextRole) -> String {
    let prefix = role == .query ? query : passage
    return prefix.isEmpty ? text : prefix + text
  }
}
