/// Pieces with scores, and the way to write a word with those whose scores have the largest sum.
struct UnigramVocabulary: Sendable {
  /// How much worse an unknown character is than the worst piece.
  private static let unknownPenalty = 10.0
  /// Marks where no way leads, and where a character stands for itself, unknown.
  private static let unset = UInt32.max
  private static let character = UInt32.max - 1

  let pieces: PieceTrie
  private let scores: [Double]
  /// Per piece: its bytes.
  private let lengths: [UInt16]
  let unknown: UInt32
  private let unknownScore: Double
  /// Per byte: the token that stands for it where a character is unknown, `unset` where there is none; nil where bytes
  /// are not used.
  private let byteTokens: [UInt32]?

  /// A vocabulary; `lengths` are at most 1,024.
  init(pieces: PieceTrie, scores: [Double], lengths: [UInt16], unknown: UInt32, byteTokens: [UInt32]?) {
    self.pieces = pieces
    self.scores = scores
    self.lengths = lengths
    self.unknown = unknown
    self.byteTokens = byteTokens
    unknownScore = scores.reduce(.infinity) { $1 < $0 ? $1 : $0 } - Self.unknownPenalty
  }

  /// Memory that is kept between words.
  struct Scratch {
    /// Per place in the word: the piece that ends there on the best way, afterwards the one that begins there.
    fileprivate var steps: [UInt32] = []
    /// The best sums of the places not yet passed, in a ring.
    fileprivate var sums: [Double] = []

    init() {}
  }

  /// Appends the tokens of `word`, at least until there are `limit` or all are appended.
  ///
  /// Viterbi over the scalars of the word, in the reference's order of additions and with its choice among equal sums
  /// (the first found, which begins leftmost). Unknown characters in a row are one token.
  /// - Complexity: O(length of `word` · length of the longest piece).
  func append(
    _ word: UnsafeRawBufferPointer, _ pieces: PieceTrie.Reader, limit: Int, _ scratch: inout Scratch,
    _ tokens: inout [UInt32]
  ) {
    guard !word.isEmpty else { return }
    scratch.steps.removeAll(keepingCapacity: true)
    scratch.steps.append(contentsOf: repeatElement(Self.unset, count: word.count + 1))
    if scratch.sums.isEmpty {
      var size = 8
      while size <= self.pieces.longestCount { size *= 2 }
      scratch.sums = [Double](repeating: 0, count: size)
    }
    scratch.sums[0] = 0
    scratch.steps.withUnsafeMutableBufferPointer { steps in
      scratch.sums.withUnsafeMutableBufferPointer { sums in
        findBestWay(word, pieces, steps, sums)
      }
      turnRound(word, steps)
      follow(word, pieces, steps, limit, &tokens)
    }
  }

  @inline(__always)
  private func findBestWay(
    _ word: UnsafeRawBufferPointer, _ pieces: PieceTrie.Reader,
    _ steps: UnsafeMutableBufferPointer<UInt32>, _ sums: UnsafeMutableBufferPointer<Double>
  ) {
    let mask = sums.count &- 1
    scores.withUnsafeBufferPointer { scores in
      var start = 0
      while start < word.count {
        let sum = sums[start & mask]
        let characterEnd = start &+ UTF8Text.byteCount(word[start])
        var hasCharacter = false
        func take(_ end: Int, _ step: UInt32, _ candidate: Double) {
          if steps[end] == Self.unset || candidate > sums[end & mask] {
            steps[end] = step
            sums[end & mask] = candidate
          }
        }
        var (place, node) = (start, 0 as UInt32)
        while place < word.count {
          node = pieces.child(node, word[place])
          if node == 0 { break }
          place &+= 1
          let token = pieces.token(node)
          if token == PieceTrie.none { continue }
          if place == characterEnd { hasCharacter = true }
          take(place, token, scores[Int(token)] + sum)
        }
        if !hasCharacter { take(characterEnd, Self.character, unknownScore + sum) }
        start = characterEnd
      }
    }
  }

  /// Makes the steps of the best way those that begin at their places.
  private func turnRound(_ word: UnsafeRawBufferPointer, _ steps: UnsafeMutableBufferPointer<UInt32>) {
    var end = word.count
    var step = steps[end]
    while end > 0 {
      let start =
        step == Self.character ? UTF8Text.start(before: end, in: word) : end - Int(lengths[Int(step)])
      let before = steps[start]
      steps[start] = step
      (end, step) = (start, before)
    }
  }

  private func follow(
    _ word: UnsafeRawBufferPointer, _ pieces: PieceTrie.Reader,
    _ steps: UnsafeMutableBufferPointer<UInt32>, _ limit: Int, _ tokens: inout [UInt32]
  ) {
    var place = 0
    var unknownStart: Int?
    while place < word.count, tokens.count < limit {
      let step = steps[place]
      if step == Self.character || step == unknown {
        if unknownStart == nil { unknownStart = place }
      } else {
        if let start = unknownStart { appendUnknown(word, start..<place, pieces, &tokens) }
        unknownStart = nil
        tokens.append(step)
      }
      place += step == Self.character ? UTF8Text.byteCount(word[place]) : Int(lengths[Int(step)])
    }
    if let start = unknownStart { appendUnknown(word, start..<place, pieces, &tokens) }
  }

  /// Appends unknown characters in a row: as the piece that they are all the same, else as their bytes, else as the
  /// unknown token.
  private func appendUnknown(
    _ word: UnsafeRawBufferPointer, _ range: Range<Int>, _ pieces: PieceTrie.Reader, _ tokens: inout [UInt32]
  ) {
    let bytes = UnsafeRawBufferPointer(rebasing: word[range])
    let node = pieces.node(bytes)
    if node != 0, pieces.token(node) != PieceTrie.none {
      tokens.append(pieces.token(node))
    } else if let byteTokens, bytes.allSatisfy({ byteTokens[Int($0)] != Self.unset }) {
      tokens.append(contentsOf: bytes.lazy.map { byteTokens[Int($0)] })
    } else {
      tokens.append(unknown)
    }
  }
}
