import Basics
import Interchange
import Platform
import TestSupport
import Testing

@testable import TextEncoder

/// Folders that are no text model, or not one that is supported, or a damaged one: refused with a sentence that names
/// what is wrong, never read otherwise than they mean.
@Suite struct ModelFolderTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func refusal(_ model: TinyTextModel) throws -> String {
    let folder = try ModelFolder(try model.write(to: directory))
    do { _ = try SentenceEncoder(folder: folder) } catch { return "\(error)" }
    return "read"
  }

  /// What is read for the words of the tiny model.
  @Test func theTinyModelIsRead() throws {
    let encoder = try SentenceEncoder(folder: ModelFolder(TinyTextModel().write(to: directory)))
    #expect(encoder.dimension == 8 && encoder.longestText == 16)
    #expect(encoder.tokens(of: "Red bags of xyz") == [2, 5, 8, 17, 19, 1, 3])
    let vector = try encoder.encode("red bag")
    #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    #expect(try encoder.encode("Red  BAG") == vector && encoder.encode("blue bag") != vector)
  }

  @Test(arguments: [
    ("config.json", "\"bert\"", "\"t5\"", "model type \"t5\""),
    ("config.json", "\"gelu\"", "\"silu\"", "activation \"silu\""),
    ("config.json", "\"pad_token_id\": 0", "\"position_embedding_type\": \"relative_key\"", "relative_key"),
    ("config.json", "\"pad_token_id\": 0", "\"is_decoder\": true", "decoder"),
    ("config.json", "\"hidden_size\": 8", "\"hidden_size\": 16", "shape"),
    ("config.json", "\"hidden_size\": 8", "\"hidden_size\": -8", "whole number"),
    ("config.json", "\"hidden_size\": 8", "\"hidden_size\": 1e99", "whole number"),
    ("config.json", "\"hidden_size\": 8,", "", "no \"hidden_size\""),
    ("config.json", "\"num_attention_heads\": 2", "\"num_attention_heads\": 3", "go together"),
    ("config.json", "\"num_hidden_layers\": 1", "\"num_hidden_layers\": 2", "encoder.layer.1"),
    ("config.json", "{", "[", "JSON"),
    ("1_Pooling/config.json", "mean_tokens", "max_tokens", "max_tokens"),
    (
      "1_Pooling/config.json", "\"word_embedding_dimension\": 8", "\"pooling_mode_cls_token\": true",
      "cls_token and"
    ),
    (
      "1_Pooling/config.json", "\"word_embedding_dimension\": 8", "\"include_prompt\": false",
      "include_prompt"
    ),
    ("modules.json", "1_Pooling", "../1_Pooling", "not inside"),
    ("modules.json", "1_Pooling", "/etc", "not inside"),
    ("modules.json", "models.Normalize", "models.Dense", "\"Dense\""),
    ("modules.json", "sentence_transformers.models.Transformer", "my.own.Module", "code of its own"),
    ("modules.json", "[{", "{", "JSON"),
    ("vocab.txt", "[UNK]\n", "", "[UNK]"),
    ("vocab.txt", "red\n", "blue\n", "blue"),
    ("vocab.txt", "of\n", "of\nmore\nwords\n", "22 tokens, its model 20"),
    ("sentence_bert_config.json", "16", "\"long\"", "whole number"),
  ]) func whatIsNotSupportedIsRefusedByName(file: String, old: String, new: String, words: String) throws {
    var model = TinyTextModel()
    model.files[file] = model.files[file]?.replacing(old, with: new)
    let refusal = try refusal(model)
    #expect(refusal.contains(words), "\(file), \(new): \(refusal)")
  }

  @Test(arguments: ["modules.json", "config.json", "vocab.txt", "1_Pooling/config.json"])
  func missingFilesAreNamed(file: String) throws {
    var model = TinyTextModel()
    model.files[file] = nil
    let refusal = try refusal(model)
    #expect(refusal.contains(file), "\(refusal)")
  }

  @Test func weightsAreChecked() throws {
    var model = TinyTextModel()
    let name = "encoder.layer.0.output.dense.weight"
    let place = try #require(model.weights.tensors.firstIndex { $0.name == name })
    model.weights.tensors[place].values[77] = .nan
    #expect(try refusal(model).contains("not finite"))
    model.weights.tensors[place].values[77] = .infinity
    let folder = try TinyTextModel().write(to: directory, as: "other")
    try model.weights.write(to: "\(folder)/model.safetensors")
    #expect(throws: ModelError.self) { try SentenceEncoder(folder: ModelFolder(folder)) }
    model.weights.tensors.remove(at: place)
    try model.weights.write(to: "\(folder)/model.safetensors")
    #expect { try SentenceEncoder(folder: ModelFolder(folder)) } throws: { "\($0)".contains(name) }
    // Cut off anywhere.
    let bytes = TinyTextModel().weights.encoded()
    for count in stride(from: 0, to: bytes.count, by: 97) {
      _ = try directory.write(Array(bytes[..<count]), to: "other/model.safetensors")
      #expect(throws: (any Error).self) { try SentenceEncoder(folder: ModelFolder(folder)) }
    }
    // A header that claims more than there is.
    _ = try directory.write([UInt8](repeating: 0xFF, count: 4_096), to: "other/model.safetensors")
    #expect(throws: InterchangeError.self) { try SentenceEncoder(folder: ModelFolder(folder)) }
  }

  @Test func picklesAreNotRead() throws {
    let folder = try TinyTextModel().write(to: directory)
    unlink("\(folder)/model.safetensors")
    _ = try directory.write("\u{80}\u{2}.", to: "model/pytorch_model.bin")
    #expect { try SentenceEncoder(folder: ModelFolder(folder)) } throws: { "\($0)".contains("pickle") }
    #expect(throws: InterchangeError.self) { try ModelFolder(directory.file("absent")) }
    #expect(throws: InterchangeError.self) { try ModelFolder("\(folder)/config.json") }
  }

  /// Models of other programs name their arrays with a prefix, or hold halves.
  @Test func namesWithAPrefixAreFound() throws {
    let plain = try SentenceEncoder(folder: ModelFolder(TinyTextModel().write(to: directory)))
    var model = TinyTextModel()
    for index in model.weights.tensors.indices {
      model.weights.tensors[index].name = "bert." + model.weights.tensors[index].name
    }
    let prefixed = try SentenceEncoder(folder: ModelFolder(model.write(to: directory, as: "prefixed")))
    #expect(try prefixed.encode("red bag") == plain.encode("red bag"))
  }

  /// Prompts of the model, and those that are given in their place.
  @Test func promptsAreTheModels() throws {
    var model = TinyTextModel()
    model.files["config_sentence_transformers.json"] = #"{"prompts": {"query": "query: ", "document": "a "}}"#
    let folder = try ModelFolder(model.write(to: directory))
    let encoder = try SentenceEncoder(folder: folder)
    #expect(encoder.tokens(of: "red", as: .query) == [2, 15, 16, 5, 3])
    #expect(encoder.tokens(of: "red", as: .passage) == [2, 18, 5, 3])
    let bare = try SentenceEncoder(folder: folder, .init(prefixes: TextPrefixes()))
    #expect(bare.tokens(of: "red", as: .query) == [2, 5, 3] && bare.fingerprint != encoder.fingerprint)
  }

  /// Greek capitals at the ends of words, as Python's `str.lower` has them.
  @Test func lowerCaseIsPythons() {
    for (text, lower) in [
      ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"), ("ΣΑΣ ΣΕ", "σας σε"), ("Σ", "σ"), ("ΑΣ'", "ας'"), ("ΑΣ'Α", "ασ'α"),
      ("İX", "i\u{307}x"),
    ] {
      #expect(LowerCase.of(text).unicodeScalars.elementsEqual(lower.unicodeScalars), "\(text)")
    }
  }
}

/// Tables of token vectors: model2vec, and StaticEmbedding of sentence-transformers.
@Suite struct TokenTableTests {
  private let directory: TemporaryDirectory
  private static let tokenizer = #"""
    {"version": "1.0", "added_tokens": [], "normalizer": {"type": "BertNormalizer", "clean_text": true,
     "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
     "pre_tokenizer": {"type": "BertPreTokenizer"},
     "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
     "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
     "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "red": 3, "bag": 4}}}
    """#

  init() throws { directory = try TemporaryDirectory() }

  private func encoder(
    _ arrays: [Safetensors.Tensor], config: String? = nil, modules: String? = nil
  ) throws -> SentenceEncoder {
    let folder = try directory.makeFolder("table")
    _ = try directory.write(Self.tokenizer, to: "table/tokenizer.json")
    if let config { _ = try directory.write(config, to: "table/config.json") }
    if let modules { _ = try directory.write(modules, to: "table/modules.json") }
    try Safetensors(arrays).write(to: "\(folder)/model.safetensors")
    return try SentenceEncoder(folder: ModelFolder(folder))
  }

  private static let rows: [Float] = [9, 9, 7, 7, 8, 8, 1, 0, 0, 3]
  private static let model2vec = #"{"model_type": "model2vec", "normalize": false}"#

  /// No tokens at the ends, and none for unknown words.
  @Test func tablesOfModel2vec() throws {
    let encoder = try encoder(
      [.init(name: "embeddings", shape: [5, 2], values: Self.rows)], config: Self.model2vec)
    #expect(encoder.dimension == 2 && encoder.tokens(of: "Red BAG xyz") == [3, 4, 0])
    #expect(try encoder.encode("red bag xyz") == [0.5, 1.5])
    #expect(try encoder.encode("xyz") == [0, 0] && encoder.encode("") == [0, 0])
  }

  @Test func tablesWithFactorsAndPlaces() throws {
    let places = Safetensors.Tensor(name: "weights", shape: [5], values: [1, 1, 1, 4, 2])
    let encoder = try encoder(
      [.init(name: "embeddings", shape: [5, 2], values: Self.rows), places],
      config: #"{"model_type": "model2vec"}"#)
    // (4 · 1, 2 · 3) / 2, and length 1.
    let vector = try encoder.encode("red bag")
    #expect(
      abs(vector[0] - 2 / 13.0.squareRoot().float) < 1e-6
        && abs(vector[1] - 3 / 13.0.squareRoot().float) < 1e-6)
  }

  /// Here the unknown token counts as any other.
  @Test func tablesOfSentenceTransformers() throws {
    let encoder = try encoder(
      [.init(name: "embedding.weight", shape: [5, 2], values: Self.rows)],
      modules: #"[{"path": "", "type": "sentence_transformers.models.StaticEmbedding"}]"#)
    #expect(try encoder.encode("red xyz") == [5, 4.5])
  }

  @Test func tablesThatAreNoneAreRefused() throws {
    #expect(throws: ModelError.self) {
      try encoder([.init(name: "other", shape: [5, 2], values: Self.rows)], config: Self.model2vec)
    }
    let other = try TokenTableTests()
    #expect(throws: ModelError.self) {
      // Fewer rows than the tokenizer has tokens.
      try other.encoder(
        [.init(name: "embeddings", shape: [4, 2], values: Array(Self.rows.prefix(8)))], config: Self.model2vec
      )
    }
  }
}

extension Double {
  fileprivate var float: Float { Float(self) }
}
