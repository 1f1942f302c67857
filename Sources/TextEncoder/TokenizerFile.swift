import Basics
import Interchange

/// Reads descriptions of tokenizers. What cannot be done exactly as the reference does it is refused by name.
package enum TokenizerFile {
  /// Values in the largest file that is read: a vocabulary of 4,000,000 pieces.
  private static let limits = JSONLimits(valueCount: 1 << 24)

  /// The tokenizer that a `tokenizer.json` describes. What it says of truncation and padding is ignored.
  /// - Parameter hasEnds: whether special tokens are put at the ends of a text as the file says; false for none.
  /// - Throws: `ModelError` `.unsupported` for parts that are not implemented, `.corrupted` for contents that do not
  ///   fit together.
  /// - Complexity: O(count).
  package static func tokenizer(
    decoding bytes: UnsafeRawBufferPointer, hasEnds: Bool = true
  ) throws(ModelError) -> any Tokenizing {
    var value: JSONValue
    do throws(InterchangeError) {
      value = try JSONParser.parse(bytes, limits: limits)
    } catch {
      throw TokenizerPart.broken("The tokenizer is \(error)")
    }
    if !hasEnds, case .object(var object) = value {
      object["post_processor"] = nil
      value = .object(object)
    }
    let file = try TokenizerPart(value, "the tokenizer")
    if let version = file.object["version"], version.string != "1.0" {
      throw TokenizerPart.unsupported("the tokenizer's version \(version.text)")
    }
    guard let model = try file.part("model") else {
      throw TokenizerPart.wrong("the tokenizer's model", "an object", nil)
    }
    switch try modelType(model) {
    case "WordPiece": return try wordPiece(file, model)
    case "Unigram": return try unigram(file, model)
    case let type: throw TokenizerPart.unsupported("the tokenizer's model \"\(type)\"")
    }
  }

  /// The tokenizer of a BERT model that has a `vocab.txt`, one piece a line. `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]` and
  /// `[MASK]` are found literally in texts, and `[CLS]` and `[SEP]` stand at the ends.
  ///
  /// - Parameters:
  ///   - lowercases: `do_lower_case` of the model's `tokenizer_config.json`; accents are stripped with it.
  ///   - isolatesIdeographs: `tokenize_chinese_chars` likewise.
  /// - Throws: `ModelError` `.corrupted`.
  /// - Complexity: O(count).
  package static func tokenizer(
    vocabulary bytes: UnsafeRawBufferPointer, lowercases: Bool, isolatesIdeographs: Bool = true
  ) throws(ModelError) -> any Tokenizing {
    guard isValidUTF8(bytes) else { throw TokenizerPart.broken("The vocabulary is not UTF-8") }
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    var reader = VocabularyReader(count: lines.count, byteCount: bytes.count)
    for (index, line) in lines.enumerated() {
      var line = UnsafeRawBufferPointer(rebasing: line)
      if line.last == 0x0D { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
      try reader.add(line, index)
    }
    var added = AddedTokens()
    for name in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] {
      if let token = reader.token(of: name) { _ = added.insert(name, AddedTokens.Entry(token: token)) }
    }
    func require(_ name: String) throws(ModelError) -> UInt32 {
      guard let token = reader.token(of: name) else {
        throw TokenizerPart.broken("The vocabulary lacks the piece \(name)")
      }
      return token
    }
    let vocabulary = WordPieceTokenizer.Vocabulary(
      pieces: reader.pieces, count: lines.count, unknown: try require("[UNK]"))
    let ends = TokenEnds(opening: [try require("[CLS]")], closing: [try require("[SEP]")])
    let settings = BertSettings(
      isolatesIdeographs: isolatesIdeographs, stripsAccents: lowercases, lowercases: lowercases)
    return WordPieceTokenizer(vocabulary, settings, added, ends, vocabularyCount: lines.count)
  }

  /// The name of the model, which old files do not state.
  private static func modelType(_ model: TokenizerPart) throws(ModelError) -> String {
    if model.object["type"] != nil { return try model.type() }
    if model.object["vocab"]?.array != nil { return "Unigram" }
    return model.object["merges"] == nil && model.object["continuing_subword_prefix"] != nil
      ? "WordPiece" : "(without a type)"
  }
}

/// Gathers the pieces of a vocabulary, each with a token of its own.
struct VocabularyReader {
  private(set) var pieces: PieceTrie
  private var isTaken: [Bool]

  /// A reader of `count` pieces of about `byteCount` bytes in all.
  init(count: Int, byteCount: Int) {
    pieces = PieceTrie(byteCount: byteCount)
    isTaken = [Bool](repeating: false, count: count)
  }

  /// Adds a piece.
  mutating func add(_ piece: UnsafeRawBufferPointer, _ token: Int) throws(ModelError) {
    guard isTaken.indices.contains(token) else {
      throw TokenizerPart.broken(
        "The piece \(Self.name(piece)) has the token \(token) in a vocabulary of \(isTaken.count) pieces")
    }
    guard !isTaken[token] else {
      throw TokenizerPart.broken("Two pieces, one of them \(Self.name(piece)), have the token \(token)")
    }
    isTaken[token] = true
    guard pieces.insert(piece, token: UInt32(token)) else {
      throw TokenizerPart.broken(
        piece.count > PieceTrie.longestPieceBytes
          ? "The piece \(Self.name(piece)) has \(piece.count) bytes, at most \(PieceTrie.longestPieceBytes) are allowed"
          : "The piece \(Self.name(piece)) is in the vocabulary twice, or the vocabulary is too large")
    }
  }

  /// The token of a piece.
  func token(of piece: String) -> UInt32? {
    let token = piece.withBytes { bytes in
      pieces.withReader { reader in
        let node = reader.node(bytes)
        // The root is where a piece that is not there leads, and the place of the empty one.
        return node == 0 && !bytes.isEmpty ? PieceTrie.none : reader.token(node)
      }
    }
    return token == PieceTrie.none ? nil : token
  }

  private static func name(_ piece: UnsafeRawBufferPointer) -> String {
    JSONValue.string(String(decoding: piece.prefix(64), as: UTF8.self)).text
  }
}
