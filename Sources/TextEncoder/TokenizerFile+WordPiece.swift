import Basics
import Interchange

extension TokenizerFile {
  /// The tokenizer of a file whose model is `WordPiece`.
  static func wordPiece(_ file: TokenizerPart, _ model: TokenizerPart) throws(ModelError) -> any Tokenizing {
    guard let members = model.object["vocab"]?.object?.members else {
      throw TokenizerPart.wrong("\"vocab\" of \(model.path)", "an object", model.object["vocab"])
    }
    var reader = VocabularyReader(count: members.count, byteCount: members.count * 8)
    for member in members {
      guard case .number(let number) = member.value, let token = TokenizerPart.index(number) else {
        throw TokenizerPart.wrong(
          "the token of \(JSONValue.string(member.key).text)", "a whole number from 0 on", member.value)
      }
      let added = member.key.withBytes { piece in
        Result { () throws(ModelError) in try reader.add(piece, token) }
      }
      try added.get()
    }
    let unknown = try model.text("unk_token", or: "[UNK]")
    guard let token = reader.token(of: unknown) else {
      throw TokenizerPart.broken("The vocabulary lacks its unknown token \(JSONValue.string(unknown).text)")
    }
    let longest =
      model.object["max_input_chars_per_word"] == nil ? 100 : try model.count("max_input_chars_per_word")
    let vocabulary = WordPieceTokenizer.Vocabulary(
      pieces: reader.pieces, count: members.count,
      continuationPrefix: try model.text("continuing_subword_prefix", or: "##"), unknown: token,
      longestWord: longest)
    let added = try AddedTokenReader(file, count: members.count) { reader.token(of: $0) }
    if let part = added.normalized.first {
      throw TokenizerPart.unsupported("\"normalized\" of \(part.path), which is true,")
    }
    let settings = try bertSettings(file)
    return WordPieceTokenizer(
      vocabulary, settings, added.literal, try tokenEnds(file, added.count), vocabularyCount: added.count)
  }

  private static func bertSettings(_ file: TokenizerPart) throws(ModelError) -> BertSettings {
    guard let preTokenizer = try file.part("pre_tokenizer"), try preTokenizer.type() == "BertPreTokenizer"
    else {
      let type = file.object["pre_tokenizer"]?.object?["type"]?.string ?? "null"
      throw TokenizerPart.unsupported("the tokenizer's pre_tokenizer \"\(type)\" with a WordPiece model")
    }
    guard let normalizer = try file.part("normalizer") else {
      return BertSettings(cleans: false, isolatesIdeographs: false, stripsAccents: false, lowercases: false)
    }
    guard try normalizer.type() == "BertNormalizer" else {
      throw TokenizerPart.unsupported(
        "the tokenizer's normalizer \"\(try normalizer.type())\" with a WordPiece model")
    }
    let lowercases = try normalizer.flag("lowercase", or: true)
    let settings = BertSettings(
      cleans: try normalizer.flag("clean_text", or: true),
      isolatesIdeographs: try normalizer.flag("handle_chinese_chars", or: true),
      stripsAccents: try normalizer.optionalFlag("strip_accents") ?? lowercases, lowercases: lowercases)
    guard settings.lowercases || !settings.stripsAccents else {
      throw TokenizerPart.unsupported(
        "the tokenizer's normalizer \"BertNormalizer\" with \"strip_accents\" true and"
          + " \"lowercase\" false")
    }
    return settings
  }

  /// The special tokens at the ends of a text, below `vocabularyCount`.
  static func tokenEnds(_ file: TokenizerPart, _ vocabularyCount: Int) throws(ModelError) -> TokenEnds {
    guard let processor = try file.part("post_processor") else { return TokenEnds() }
    var ends = TokenEnds()
    switch try processor.type() {
    case "TemplateProcessing": ends = try template(processor)
    case "BertProcessing", "RobertaProcessing":
      ends = TokenEnds(opening: [try pair("cls", processor)], closing: [try pair("sep", processor)])
    case let type: throw TokenizerPart.unsupported("the tokenizer's post_processor \"\(type)\"")
    }
    if let token = (ends.opening + ends.closing).first(where: { $0 >= vocabularyCount }) {
      throw TokenizerPart.broken(
        "\(processor.path) has the token \(token), beyond the vocabulary of \(vocabularyCount)")
    }
    return ends
  }

  /// The token of a pair such as `["[CLS]", 101]`.
  private static func pair(_ key: String, _ processor: TokenizerPart) throws(ModelError) -> UInt32 {
    let pair = try processor.array(key)
    guard pair.count == 2, case .number(let number) = pair[1], let token = TokenizerPart.index(number) else {
      throw TokenizerPart.wrong(
        "\"\(key)\" of \(processor.path)", "a piece and its token", processor.object[key])
    }
    return UInt32(token)
  }

  private static func template(_ processor: TokenizerPart) throws(ModelError) -> TokenEnds {
    guard let specials = try processor.part("special_tokens") else {
      throw TokenizerPart.wrong("\"special_tokens\" of \(processor.path)", "an object", nil)
    }
    var ends = TokenEnds()
    var hasText = false
    for element in try processor.parts("single") {
      if let sequence = try element.part("Sequence") {
        guard !hasText, try sequence.text("id") == "A" else {
          throw TokenizerPart.broken("\"single\" of \(processor.path) does not have the text once")
        }
        hasText = true
        continue
      }
      guard let special = try element.part("SpecialToken"),
        let entry = try specials.part(try special.text("id"))
      else {
        throw TokenizerPart.broken("\(element.path) names no special token")
      }
      for value in try entry.array("ids") {
        guard case .number(let number) = value, let token = TokenizerPart.index(number) else {
          throw TokenizerPart.wrong("\"ids\" of \(entry.path)", "tokens", value)
        }
        if hasText { ends.closing.append(UInt32(token)) } else { ends.opening.append(UInt32(token)) }
      }
    }
    guard hasText else {
      throw TokenizerPart.broken("\"single\" of \(processor.path) does not have the text once")
    }
    return ends
  }
}

/// Reads the added tokens of a file.
struct AddedTokenReader {
  /// Those that are found in the text as it is.
  private(set) var literal = AddedTokens()
  /// Those that are found in the normalised text.
  private(set) var normalized: [(path: String, content: String, entry: AddedTokens.Entry)] = []
  /// How many tokens there are with those of the vocabulary.
  private(set) var count: Int

  /// Reads them; `count` pieces are in the vocabulary, where `find` finds tokens.
  init(_ file: TokenizerPart, count: Int, _ find: (String) -> UInt32?) throws(ModelError) {
    self.count = count
    guard file.object["added_tokens"] != nil, file.object["added_tokens"] != .null else { return }
    var contents: Set<ExactString> = []
    for part in try file.parts("added_tokens") {
      let content = try part.text("content")
      let token = UInt32(try part.count("id"))
      guard contents.insert(ExactString(content)).inserted else {
        throw TokenizerPart.broken("\(part.path), \(JSONValue.string(content).text), stands there twice")
      }
      let expected = find(content) ?? UInt32(self.count)
      guard token == expected else {
        throw TokenizerPart.broken(
          "\(part.path), \(JSONValue.string(content).text), has the token \(token) instead of \(expected)")
      }
      if token == self.count { self.count += 1 }
      if try part.flag("single_word", or: false) {
        throw TokenizerPart.unsupported("\"single_word\" of \(part.path), which is true,")
      }
      let entry = AddedTokens.Entry(
        token: token, takesSpaceBefore: try part.flag("lstrip", or: false),
        takesSpaceBehind: try part.flag("rstrip", or: false))
      if try part.flag("normalized", or: true) {
        normalized.append((part.path, content, entry))
      } else if !literal.insert(content, entry) {
        throw TokenizerPart.broken("\(part.path) must have 1 to 256 bytes")
      }
    }
  }
}
