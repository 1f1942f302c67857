import Basics
import Interchange

extension TokenizerFile {
  /// The tokenizer of a file whose model is `Unigram`.
  static func unigram(_ file: TokenizerPart, _ model: TokenizerPart) throws(ModelError) -> any Tokenizing {
    let (vocabulary, reader, count) = try unigramVocabulary(model)
    let addedReader = try AddedTokenReader(file, count: count) { reader.token(of: $0) }
    let normalizer = try textNormalizer(file)
    let cuts = try cuts(file)
    for (index, cut) in cuts.enumerated() {
      guard case .sign(_, prepends: .first, splits: _) = cut else { continue }
      // The reference then asks where in the text a part came from, which only simple steps leave plain.
      guard index == 0, normalizer.keepsStart, addedReader.normalized.isEmpty || normalizer.steps.isEmpty
      else {
        throw TokenizerPart.unsupported(
          "the tokenizer's pre_tokenizer \"Metaspace\" with \"prepend_scheme\" \"first\" behind other steps than"
            + " \"Precompiled\" and \"Lowercase\", or with normalized added tokens,")
      }
    }
    var normalized = AddedTokens()
    for (path, content, entry) in addedReader.normalized {
      var (bytes, spare): ([UInt8], [UInt8]) = ([], [])
      content.withBytes { normalizer.normalize($0, into: &bytes, spare: &spare) }
      guard normalized.insert(String(decoding: bytes, as: UTF8.self), entry) else {
        throw TokenizerPart.broken(
          "\(path) must have 1 to 256 bytes and be like no other when it is normalised")
      }
    }
    return UnigramTokenizer(
      vocabularyCount: addedReader.count, vocabulary: vocabulary, normalizer: normalizer, cuts: cuts,
      added: addedReader.literal, addedNormalized: normalized, ends: try tokenEnds(file, addedReader.count))
  }

  private static func unigramVocabulary(
    _ model: TokenizerPart
  ) throws(ModelError) -> (UnigramVocabulary, VocabularyReader, count: Int) {
    let entries = try model.array("vocab")
    var reader = VocabularyReader(count: entries.count, byteCount: entries.count * 8)
    var scores: [Double] = []
    var lengths: [UInt16] = []
    scores.reserveCapacity(entries.count)
    lengths.reserveCapacity(entries.count)
    for (token, entry) in entries.enumerated() {
      guard case .array(let pair) = entry, pair.count == 2, case .string(let piece) = pair[0],
        case .number(let score) = pair[1]
      else { throw TokenizerPart.wrong("the piece \(token) of the vocabulary", "a text and a number", entry) }
      let added = piece.withBytes { bytes in
        lengths.append(UInt16(truncatingIfNeeded: bytes.count))
        return Result { () throws(ModelError) in try reader.add(bytes, token) }
      }
      try added.get()
      scores.append(score.value)
    }
    if model.object["unk_id"] == nil || model.object["unk_id"] == .null {
      throw TokenizerPart.unsupported("\(model.path), which has no \"unk_id\",")
    }
    let unknown = try model.count("unk_id")
    guard unknown < entries.count else {
      throw TokenizerPart.broken("\"unk_id\" is \(unknown) in a vocabulary of \(entries.count) pieces")
    }
    var byteTokens: [UInt32]?
    if try model.flag("byte_fallback", or: false) {
      let digits = Array("0123456789ABCDEF")
      byteTokens = (0..<256).map {
        reader.token(of: "<0x\(digits[$0 >> 4])\(digits[$0 & 15])>") ?? PieceTrie.none
      }
    }
    let vocabulary = UnigramVocabulary(
      pieces: reader.pieces, scores: scores, lengths: lengths, unknown: UInt32(unknown),
      byteTokens: byteTokens)
    return (vocabulary, reader, entries.count)
  }

  private static func textNormalizer(_ file: TokenizerPart) throws(ModelError) -> TextNormalizer {
    guard let normalizer = try file.part("normalizer") else { return TextNormalizer() }
    var steps: [TextNormalizer.Step] = []
    // How many times as long a text may become.
    var growth = 1
    for part in try normalizer.flattened("normalizers") {
      switch try part.type() {
      case "Precompiled":
        guard let bytes = Base64.decode(try part.text("precompiled_charsmap")) else {
          throw TokenizerPart.broken("\"precompiled_charsmap\" of \(part.path) is not base64")
        }
        steps.append(.map(try ReplacementMap(bytes)))
      case "Replace":
        let (step, factor) = try replacement(part)
        growth *= factor
        guard growth <= 64 else {
          throw TokenizerPart.broken("The replacements of \(part.path) make a text over 64 times as long")
        }
        steps.append(step)
      case "Lowercase":
        steps.append(
          .lowercase(
            CharacterRules(
              BertSettings(cleans: false, isolatesIdeographs: false, stripsAccents: false, lowercases: true)))
        )
      case "Strip":
        steps.append(
          .strip(left: try part.flag("strip_left", or: true), right: try part.flag("strip_right", or: true)))
      case "Prepend":
        let text = Array(try part.text("prepend").utf8)
        guard text.count <= 256 else {
          throw TokenizerPart.broken("\"prepend\" of \(part.path) must have at most 256 bytes")
        }
        steps.append(.prepend(text))
      case let type:
        throw TokenizerPart.unsupported("the tokenizer's normalizer \"\(type)\" with a Unigram model")
      }
    }
    return TextNormalizer(steps: steps)
  }

  /// A replacement, and how many times as long it makes a text at most.
  private static func replacement(_ part: TokenizerPart) throws(ModelError) -> (TextNormalizer.Step, Int) {
    let content = Array(try part.text("content").utf8)
    guard content.count <= 64 else {
      throw TokenizerPart.broken("\"content\" of \(part.path) must have at most 64 bytes")
    }
    guard let pattern = try part.part("pattern") else {
      throw TokenizerPart.wrong("\"pattern\" of \(part.path)", "an object", nil)
    }
    if pattern.object["Regex"] != nil {
      let expression = try pattern.text("Regex")
      guard expression == " {2,}" else {
        throw TokenizerPart.unsupported(
          "the regular expression \(JSONValue.string(expression).text) of \(part.path)")
      }
      return (.replaceSpaces(by: content), max(1, (content.count + 1) / 2))
    }
    let text = Array(try pattern.text("String").utf8)
    guard (1...256).contains(text.count) else {
      throw TokenizerPart.broken("\"pattern\" of \(part.path) must have 1 to 256 bytes")
    }
    return (.replace(text, by: content), max(1, (content.count + text.count - 1) / text.count))
  }

  private static func cuts(_ file: TokenizerPart) throws(ModelError) -> [UnigramTokenizer.Cut] {
    guard let preTokenizer = try file.part("pre_tokenizer") else { return [] }
    var cuts: [UnigramTokenizer.Cut] = []
    for part in try preTokenizer.flattened("pretokenizers") {
      switch try part.type() {
      case "WhitespaceSplit": cuts.append(.whiteSpace)
      case "Metaspace": cuts.append(try metaspace(part))
      case let type:
        throw TokenizerPart.unsupported("the tokenizer's pre_tokenizer \"\(type)\" with a Unigram model")
      }
    }
    return cuts
  }

  private static func metaspace(_ part: TokenizerPart) throws(ModelError) -> UnigramTokenizer.Cut {
    let sign = try part.text("replacement")
    guard sign.unicodeScalars.count == 1, sign != " " else {
      throw TokenizerPart.broken("\"replacement\" of \(part.path) must be one character other than a space")
    }
    let scheme = try part.text("prepend_scheme", or: "always")
    guard var prepends = UnigramTokenizer.Prepending(rawValue: scheme) else {
      throw TokenizerPart.unsupported("\"prepend_scheme\" \(JSONValue.string(scheme).text) of \(part.path)")
    }
    // Old files have a flag instead.
    if try part.optionalFlag("add_prefix_space") == false {
      guard prepends == .never || part.object["prepend_scheme"] == nil else {
        throw TokenizerPart.broken("\"add_prefix_space\" and \"prepend_scheme\" of \(part.path) differ")
      }
      prepends = .never
    }
    return .sign(Array(sign.utf8), prepends: prepends, splits: try part.flag("split", or: true))
  }
}
