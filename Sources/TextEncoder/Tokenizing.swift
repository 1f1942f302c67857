import Basics

/// Turns a text into the tokens of a model's vocabulary.
package protocol Tokenizing: Sendable {
  /// How many ids there are: every token is below.
  var vocabularyCount: Int { get }
  /// The token of what no other stands for.
  var unknownToken: UInt32 { get }
  /// Sets `tokens` to those of `text`: at most `maximumCount` with the model's special tokens at the ends; what is too
  /// long is cut at its end, before the closing special tokens.
  ///
  /// - Complexity: O(length of `text`).
  func tokenize(_ text: String, maximumCount: Int, into tokens: inout [UInt32])
}

extension Tokenizing {
  /// The tokens of `text`, at most `maximumCount`.
  package func tokenize(_ text: String, maximumCount: Int = .max) -> [UInt32] {
    var tokens: [UInt32] = []
    tokenize(text, maximumCount: maximumCount, into: &tokens)
    return tokens
  }
}

/// The special tokens before and behind those of a text.
struct TokenEnds: Sendable, Hashable {
  var opening: [UInt32] = []
  var closing: [UInt32] = []

  /// Sets `tokens` to the opening tokens, those that `body` appends up to the count that it is given, and the closing
  /// ones. What `body` appends beyond the count is cut off.
  @inline(__always)
  func enclose(_ maximumCount: Int, _ tokens: inout [UInt32], _ body: (inout [UInt32], Int) -> Void) {
    tokens.removeAll(keepingCapacity: true)
    tokens.append(contentsOf: opening)
    let limit = maximumCount - closing.count
    if tokens.count < limit { body(&tokens, limit) }
    if tokens.count > limit { tokens.removeLast(tokens.count - max(limit, opening.count)) }
    tokens.append(contentsOf: closing)
    if tokens.count > maximumCount { tokens.removeLast(tokens.count - max(0, maximumCount)) }
  }
}

/// The tokens that are found literally in a text before anything else is done with it.
struct AddedTokens: Sendable {
  /// One of them.
  struct Entry: Sendable {
    var token: UInt32
    /// Whether white space before it, or behind it, belongs to it.
    var takesSpaceBefore = false
    var takesSpaceBehind = false
  }

  private(set) var entries: [Entry] = []
  private(set) var trie = PieceTrie()
  /// Per byte: whether one of them begins with it.
  private(set) var isFirst = [Bool](repeating: false, count: 256)

  /// Adds one.
  /// - Returns: False where `content` is there already, empty or too long.
  mutating func insert(_ content: String, _ entry: Entry) -> Bool {
    guard let first = content.utf8.first, content.utf8.count <= 256 else { return false }
    isFirst[Int(first)] = true
    entries.append(entry)
    return content.withBytes { trie.insert($0, token: UInt32(entries.count - 1)) }
  }

  /// The longest of them that begins at `start`, by its place in `entries`, and its bytes.
  static func match(
    _ trie: PieceTrie.Reader, _ text: UnsafeRawBufferPointer, at start: Int
  ) -> (entry: Int, count: Int)? {
    var (node, found) = (0 as UInt32, nil as (entry: Int, count: Int)?)
    var place = start
    while place < text.count {
      node = trie.child(node, text[place])
      if node == 0 { break }
      place += 1
      let entry = trie.token(node)
      if entry != PieceTrie.none { found = (Int(entry), place - start) }
    }
    return found
  }

  /// Calls `body` with the parts of `text` in their order: texts, and tokens. It returns whether to go on.
  func forEachPart(
    of text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, _ token: UInt32?) -> Bool
  ) {
    guard !entries.isEmpty else {
      if !text.isEmpty { _ = body(text, nil) }
      return
    }
    var begin = 0
    var place = 0
    let isDone = trie.withReader { trie in
      while place < text.count {
        guard isFirst[Int(text[place])], let found = Self.match(trie, text, at: place) else {
          place += 1
          continue
        }
        let entry = entries[found.entry]
        var (start, end) = (place, place + found.count)
        place = end
        if entry.takesSpaceBefore { start = max(WhiteSpace.startOfSpace(before: start, in: text), begin) }
        if entry.takesSpaceBehind { end = WhiteSpace.endOfSpace(from: end, in: text) }
        if begin < start, !body(UnsafeRawBufferPointer(rebasing: text[begin..<start]), nil) { return true }
        if !body(UnsafeRawBufferPointer(rebasing: text[start..<end]), entry.token) { return true }
        begin = end
      }
      return false
    }
    if !isDone, begin < text.count { _ = body(UnsafeRawBufferPointer(rebasing: text[begin...]), nil) }
  }
}
