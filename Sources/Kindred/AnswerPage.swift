/// Which part of a list, best first, is the answer.
struct AnswerPage: Sendable {
  var k: Int
  var offset: Int
  var minScore: Float?

  /// How many of the best are to be found.
  var depth: Int {
    let (sum, isTooLarge) = k.addingReportingOverflow(offset)
    return isTooLarge ? .max : sum
  }

  /// - Throws: `StoreError` `.invalidArgument`.
  func check() throws {
    guard k >= 1 else {
      throw StoreError(code: .invalidArgument, message: "k is \(k); ask for at least 1")
    }
    guard offset >= 0 else {
      throw StoreError(code: .invalidArgument, message: "offset is \(offset); it is at least 0")
    }
    if let minScore, !minScore.isFinite {
      throw StoreError(
        code: .invalidArgument, message: "the least score is \(minScore); it is a finite number")
    }
  }

  /// The page of the `depth` best.
  func of<Found>(_ found: [Found], score: (Found) -> Float) -> [Found] {
    if offset == 0, minScore == nil, found.count <= k { return found }
    let good = minScore.map { least in found.filter { score($0) >= least } } ?? found
    return Array(good.dropFirst(offset).prefix(k))
  }
}
