import Basics

/// The tokenizer of SentencePiece models of the kind Unigram, such as XLM-R and multilingual-e5, as a `tokenizer.json`
/// describes it.
struct UnigramTokenizer: Tokenizing {
  /// A way to cut a normalised text into words.
  enum Cut: Sendable {
    /// At white space, which is left out.
    case whiteSpace
    /// A sign replaces spaces and is put before the text; every sign begins a word where `splits`.
    case sign([UInt8], prepends: Prepending, splits: Bool)
  }

  /// Where the sign is put before a text that does not begin with it.
  enum Prepending: String, Sendable {
    case always, first, never
  }

  let vocabularyCount: Int
  var unknownToken: UInt32 { vocabulary.unknown }
  let vocabulary: UnigramVocabulary
  let normalizer: TextNormalizer
  let cuts: [Cut]
  let added: AddedTokens
  /// Added tokens that are found in the normalised text.
  let addedNormalized: AddedTokens
  let ends: TokenEnds

  package func tokenize(_ text: String, maximumCount: Int, into tokens: inout [UInt32]) {
    ends.enclose(maximumCount, &tokens) { tokens, limit in
      text.withBytes { text in
        vocabulary.pieces.withReader { pieces in
          var pass = Pass(tokenizer: self, pieces: pieces, limit: limit, tokens: tokens)
          tokens = []
          pass.take(text)
          tokens = pass.tokens
        }
      }
    }
  }

  /// One pass over a text.
  private struct Pass {
    let tokenizer: UnigramTokenizer
    let pieces: PieceTrie.Reader
    /// As many tokens end the pass.
    let limit: Int
    var tokens: [UInt32]
    private var scratch = UnigramVocabulary.Scratch()
    private var normalized: [UInt8] = []
    private var spare: [UInt8] = []
    /// Per cut: memory for the text that it changes.
    private var buffers: [[UInt8]]

    init(tokenizer: UnigramTokenizer, pieces: PieceTrie.Reader, limit: Int, tokens: [UInt32]) {
      self.tokenizer = tokenizer
      self.pieces = pieces
      self.limit = limit
      self.tokens = tokens
      buffers = [[UInt8]](repeating: [], count: tokenizer.cuts.count)
    }

    private var isDone: Bool { tokens.count >= limit }

    /// Appends the tokens of a text.
    mutating func take(_ text: UnsafeRawBufferPointer) {
      tokenizer.added.forEachPart(of: text) { part, token in
        if let token {
          tokens.append(token)
        } else {
          takePart(part, isFirst: part.baseAddress == text.baseAddress)
        }
        return !isDone
      }
    }

    /// Appends the tokens of a part without literal tokens; `isFirst` where the text begins with it.
    private mutating func takePart(_ part: UnsafeRawBufferPointer, isFirst: Bool) {
      var buffer = normalized
      normalized = []
      tokenizer.normalizer.normalize(part, into: &buffer, spare: &spare)
      buffer.withUnsafeBytes { text in
        tokenizer.addedNormalized.forEachPart(of: text) { part, token in
          if let token {
            tokens.append(token)
          } else {
            cut(part, by: 0, isFirst: isFirst && part.baseAddress == text.baseAddress)
          }
          return !isDone
        }
      }
      normalized = buffer
    }

    /// Appends the tokens of a text that is still to be cut by all cuts from `index` on.
    private mutating func cut(_ text: UnsafeRawBufferPointer, by index: Int, isFirst: Bool) {
      if isDone || text.isEmpty { return }
      guard index < tokenizer.cuts.count else {
        tokenizer.vocabulary.append(text, pieces, limit: limit, &scratch, &tokens)
        return
      }
      switch tokenizer.cuts[index] {
      case .whiteSpace:
        var start = WhiteSpace.endOfSpace(from: 0, in: text)
        while start < text.count, !isDone {
          var end = start
          while end < text.count, WhiteSpace.byteCount(at: end, in: text) == 0 { end += 1 }
          cut(
            UnsafeRawBufferPointer(rebasing: text[start..<end]), by: index + 1, isFirst: isFirst && start == 0
          )
          start = WhiteSpace.endOfSpace(from: end, in: text)
        }
      case .sign(let sign, let prepends, let splits):
        var buffer = buffers[index]
        buffers[index] = []
        Self.mark(text, sign, prepends == .always || prepends == .first && isFirst, &buffer)
        buffer.withUnsafeBytes { marked in
          var start = 0
          while start < marked.count, !isDone {
            let end = splits ? Self.nextSign(sign, marked, after: start) : marked.count
            cut(
              UnsafeRawBufferPointer(rebasing: marked[start..<end]), by: index + 1,
              isFirst: isFirst && start == 0)
            start = end
          }
        }
        buffers[index] = buffer
      }
    }

    /// Sets `result` to the text with `sign` for each space, and one before it where `prepends` and there is none.
    private static func mark(
      _ text: UnsafeRawBufferPointer, _ sign: [UInt8], _ prepends: Bool, _ result: inout [UInt8]
    ) {
      result.removeAll(keepingCapacity: true)
      if prepends, text[0] != 0x20, !text.starts(with: sign) { result.append(contentsOf: sign) }
      for byte in text {
        if byte == 0x20 { result.append(contentsOf: sign) } else { result.append(byte) }
      }
    }

    /// Where the next sign begins behind `start`, or the end.
    private static func nextSign(_ sign: [UInt8], _ text: UnsafeRawBufferPointer, after start: Int) -> Int {
      var place = start + UTF8Text.byteCount(text[start])
      while place < text.count {
        if text[place] == sign[0], text[place...].starts(with: sign) { break }
        place += 1
      }
      return place
    }
  }
}
