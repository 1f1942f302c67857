/// Which features a text has: its words, pairs of neighboring words, and of each word the character n-grams and
/// the words that lack one of its letters.
package struct TextFeatures: Hashable, Sendable {
  /// The shortest n-gram, in characters with the marked ends of the word.
  package let minimumGram: Int
  /// The longest n-gram.
  package let maximumGram: Int

  /// Three to four characters: on product titles, five found fewer misspelt words and stored more buckets.
  package static let standard = TextFeatures(uncheckedMinimum: 3, maximum: 4)

  /// Makes features with n-grams of `minimumGram` to `maximumGram` characters.
  /// - Throws: `ModelError` `.invalidSetting` unless 2 ≤ `minimumGram` ≤ `maximumGram` ≤ 8.
  package init(minimumGram: Int, maximumGram: Int) throws(ModelError) {
    guard minimumGram >= 2, minimumGram <= maximumGram, maximumGram <= 8 else {
      throw ModelError(
        code: .invalidSetting,
        message: "Character n-grams of \(minimumGram) to \(maximumGram) are not possible; use 2 to 8.")
    }
    self.init(uncheckedMinimum: minimumGram, maximum: maximumGram)
  }

  private init(uncheckedMinimum: Int, maximum: Int) {
    minimumGram = uncheckedMinimum
    maximumGram = maximum
  }

  /// Counts the features of `text` into `counter`. O(length of `text`).
  func collect(_ text: String, into counter: inout FeatureCounter) {
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { collect($0, into: &counter) }
    if isDone == nil { Array(text.utf8).withUnsafeBufferPointer { collect($0, into: &counter) } }
  }

  private func collect(_ bytes: UnsafeBufferPointer<UInt8>, into counter: inout FeatureCounter) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: WordScanner.longestWord + 4) { buffer in
      guard let marked = buffer.baseAddress else { return }
      // The word stands behind one place for its opening mark and before one for its closing mark.
      let word = marked + 1
      var scanner = WordScanner(bytes, word: word)
      var previous: UInt64 = 0
      while true {
        let length = scanner.next()
        if length == 0 { return }
        var hash = FeatureHash.wordSeed
        for index in 0..<length { hash = FeatureHash.step(hash, word[index]) }
        hash = FeatureHash.finish(hash)
        counter.add(FeatureKey(hash, .word), share: 1)
        if previous != 0 {
          let pair = FeatureHash.finish((FeatureHash.pairSeed ^ previous) &* 0x0000_0100_0000_01B3 &+ hash)
          counter.add(FeatureKey(pair, .pair), share: 1)
        }
        previous = hash
        collectDeletions(of: word, count: length, into: &counter)
        marked[0] = 2
        word[length] = 3
        collectGrams(of: marked, count: length + 2, into: &counter)
      }
    }
  }

  /// Counts the n-grams of one marked word, each with a share such that the shares' squares sum to 1: a long
  /// word weighs as much as a short one.
  @inline(__always)
  private func collectGrams(of word: UnsafePointer<UInt32>, count: Int, into counter: inout FeatureCounter) {
    let gramCount = (minimumGram...maximumGram).reduce(0) { $0 + max(0, count - $1 + 1) }
    guard gramCount > 0 else { return }
    let share = 1 / Float(gramCount).squareRoot()
    for start in 0..<(count &- minimumGram &+ 1) {
      var hash = FeatureHash.gramSeed
      let end = min(count, start &+ maximumGram)
      for index in start..<end {
        hash = FeatureHash.step(hash, word[index])
        guard index &- start &+ 1 >= minimumGram else { continue }
        counter.add(FeatureKey(FeatureHash.finish(hash), .gram), share: share)
      }
    }
  }

  /// Counts the word whole and with each of its letters left out; the shares' squares sum to 1.
  ///
  /// One wrong, missing, added or swapped letter leaves two words with at least one of these in common, also
  /// where it destroys most n-grams of a short word.
  @inline(__always)
  private func collectDeletions(
    of word: UnsafePointer<UInt32>, count: Int, into counter: inout FeatureCounter
  ) {
    guard Self.deletionLengths.contains(count) else { return }
    let share = 1 / Float(count + 1).squareRoot()
    // `prefix` is the running hash of the letters before the one left out.
    var prefix = FeatureHash.deletionSeed
    for omitted in 0...count {
      var hash = prefix
      for index in (omitted &+ 1)..<max(count, omitted &+ 1) { hash = FeatureHash.step(hash, word[index]) }
      counter.add(FeatureKey(FeatureHash.finish(hash), .deletion), share: share)
      if omitted < count { prefix = FeatureHash.step(prefix, word[omitted]) }
    }
  }

  /// Shorter words are all neighbors of each other, longer ones have n-grams enough.
  private static let deletionLengths = 4...16
}
