import Basics
import TextEncoder

extension FuzzTarget {
  /// Tokenizers of text models as their files describe them, and what any text becomes.
  static let tokenizers = FuzzTarget("tokenizers") { bytes in
    var input = FuzzInput(bytes)
    let kind = input.below(3)
    let textCount = input.below(64)
    let text = String(decoding: input.take(textCount), as: UTF8.self)
    let file = input.rest
    let found = try accepted(ModelError.self) {
      kind == 0
        ? try TokenizerFile.tokenizer(decoding: file)
        : try TokenizerFile.tokenizer(vocabulary: file, lowercases: kind == 1)
    }
    guard let found else { return }
    for text in [text, "Ein Stück\u{301} ① \u{600}a한 <m> [MASK] 東京", text + text] {
      let tokens = found.tokenize(text)
      try hold(tokens.allSatisfy { $0 < found.vocabularyCount }, "a token beyond \(found.vocabularyCount)")
      try hold(found.tokenize(text) == tokens, "other tokens the second time")
      var cut = [UInt32](repeating: .max, count: 3)
      found.tokenize(text, maximumCount: 5, into: &cut)
      try hold(cut.count == min(5, tokens.count), "\(cut.count) tokens of \(tokens.count)")
    }
  } samples: {
    [wordPiece, unigram].map { [0, 8] + "Red bags".utf8 + $0.utf8 } + [
      [1, 0] + "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nred\nbag\n##s\n".utf8
    ]
  }

  private static let wordPiece = """
    {"version":"1.0","added_tokens":[{"id":0,"content":"[UNK]","normalized":false},\
    {"id":1,"content":"[MASK]","normalized":false,"lstrip":true},\
    {"id":6,"content":"<m>","normalized":false}],\
    "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,\
    "lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},\
    "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[UNK]","type_id":0}},\
    {"Sequence":{"id":"A","type_id":0}}],"special_tokens":{"[UNK]":{"id":"[UNK]","ids":[0]}}},\
    "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",\
    "max_input_chars_per_word":20,"vocab":{"[UNK]":0,"[MASK]":1,"red":2,"bag":3,"##s":4,"東":5}}}
    """

  /// Its table of replacements has `yes` for U+0002.
  private static let unigram = """
    {"version":"1.0","added_tokens":[{"id":4,"content":"<m>","normalized":true,"rstrip":true}],\
    "normalizer":{"type":"Sequence","normalizers":[{"type":"Precompiled","precompiled_charsmap":\
    "IAAAAAAEAAAAAAAAAAAAAAIRAAAAAAAAAAAAAAAAAAAAAACAeWVzAA=="},\
    {"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "},{"type":"Lowercase"},\
    {"type":"Strip","strip_left":true,"strip_right":true},{"type":"Prepend","prepend":"a"}]},\
    "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},\
    {"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}]},\
    "post_processor":{"type":"RobertaProcessing","sep":["x",1],"cls":["x",0]},\
    "model":{"type":"Unigram","unk_id":0,"byte_fallback":true,\
    "vocab":[["u",0],["▁",-1.5],["▁red",-2],["<0xCC>",-9]]}}
    """
}
