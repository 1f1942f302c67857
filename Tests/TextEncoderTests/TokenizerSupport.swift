import Basics
import Interchange
import Platform
import TestSupport

@testable import TextEncoder

/// Tokenizers and files of tests.
enum TokenizerSupport {
  /// The tokenizer that a `tokenizer.json` describes.
  static func tokenizer(_ json: String) throws -> any Tokenizing { try tokenizer(Array(json.utf8)) }

  /// The tokenizer that the bytes of a `tokenizer.json` describe.
  static func tokenizer(_ bytes: [UInt8]) throws -> any Tokenizing {
    try bytes.withUnsafeBytes { try TokenizerFile.tokenizer(decoding: $0) }
  }

  /// The tokenizer of a `vocab.txt`.
  static func tokenizer(vocabulary: String, lowercases: Bool) throws -> any Tokenizing {
    try Array(vocabulary.utf8).withUnsafeBytes {
      try TokenizerFile.tokenizer(vocabulary: $0, lowercases: lowercases)
    }
  }

  /// A `tokenizer.json` of a BERT model with the pieces, in the order of their tokens; `[UNK]` must be among them.
  static func bert(_ pieces: [String], _ settings: BertSettings = BertSettings()) -> String {
    let vocabulary = pieces.enumerated().map { JSONObject.Member(key: $1, value: .integer($0)) }
    let file: JSONValue = [
      "version": .string("1.0"), "added_tokens": .array([]),
      "normalizer": [
        "type": .string("BertNormalizer"), "clean_text": .bool(settings.cleans),
        "handle_chinese_chars": .bool(settings.isolatesIdeographs),
        "strip_accents": .bool(settings.stripsAccents), "lowercase": .bool(settings.lowercases),
      ],
      "pre_tokenizer": ["type": .string("BertPreTokenizer")],
      "model": ["type": .string("WordPiece"), "vocab": .object(vocabulary)],
    ]
    return file.text
  }

  /// A `tokenizer.json` of a Unigram model with pieces and scores, the first of them unknown.
  static func unigram(_ pieces: [(String, Double)], normalizer: JSONValue = .null) -> String {
    let file: JSONValue = [
      "version": .string("1.0"), "normalizer": normalizer,
      "model": [
        "type": .string("Unigram"), "unk_id": .integer(0),
        "vocab": .array(pieces.map { .array([.string($0), .number($1)]) }),
      ],
    ]
    return file.text
  }

  /// The bytes of a file.
  static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// The lines of a file of the shared data set `minilm-golden`, or nil where it is not here.
  static func goldenLines(_ name: String) -> [Substring]? {
    SharedData.path("minilm-golden/\(name)").flatMap(read).map {
      String(decoding: $0, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
    }
  }

  /// The bytes of a file of the model folder that KINDRED_TEXT_MODEL names, or nil where there is none.
  static func modelFile(_ name: String) -> [UInt8]? {
    guard let folder = getenv("KINDRED_TEXT_MODEL").map({ String(cString: $0) }) else {
      print("tests of \(name) are left out: KINDRED_TEXT_MODEL names no folder of a model")
      return nil
    }
    let bytes = read("\(folder)/\(name)")
    if bytes == nil { print("tests of \(name) are left out: \(folder)/\(name) cannot be read") }
    return bytes
  }
}
