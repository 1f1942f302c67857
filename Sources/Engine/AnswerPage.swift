/// Which part of a list, best first, is the answer.
package struct AnswerPage: Sendable {
  package let k: Int
  package let offset: Int
  package let minScore: Float?

  /// - Parameters:
  ///   - k: entries of the page, at least 1.
  ///   - offset: better ones that are left out, from 0.
  ///   - minScore: the lowest score of an entry; nil for any.
  /// - Throws: `.invalidArgument`.
  package init(k: Int, offset: Int = 0, minScore: Float? = nil) throws(EngineError) {
    guard k >= 1 else { throw EngineError(.invalidArgument, "k is \(k); ask for at least 1") }
    guard offset >= 0 else {
      throw EngineError(.invalidArgument, "offset is \(offset); it is at least 0")
    }
    if let minScore, !minScore.isFinite {
      throw EngineError(.invalidArgument, "the least score is \(minScore); it is a finite number")
    }
    self.k = k
    self.offset = offset
    self.minScore = minScore
  }

  /// How many of the best are to be found.
  package var depth: Int {
    let (sum, isTooLarge) = k.addingReportingOverflow(offset)
    return isTooLarge ? .max : sum
  }

  /// The page of the `depth` best.
  package func of<Found>(_ found: [Found], score: (Found) -> Float) -> [Found] {
    if offset == 0, minScore == nil, found.count <= k { return found }
    let good = minScore.map { least in found.filter { score($0) >= least } } ?? found
    return Array(good.dropFirst(offset).prefix(k))
  }
}
