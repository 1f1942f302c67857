/// The share of the true `k` nearest that was found, averaged over the queries: recall@k, 0 to 1.
///
/// Row i of both lists belongs to query i, best first; only the first `k` ids count. A query with fewer than
/// `k` true ids is measured against those; one with none counts as 1. 1 for no queries.
package func recall(of found: [[UInt32]], against truth: [[UInt32]], atK k: Int) -> Double {
  precondition(found.count == truth.count, "recall: \(found.count) answers for \(truth.count) queries")
  precondition(k > 0, "recall: k must be positive")
  guard !truth.isEmpty else { return 1 }
  var sum = 0.0
  for (answer, nearest) in zip(found, truth) {
    let wanted = Set(nearest.prefix(k))
    let hits = wanted.intersection(answer.prefix(k)).count
    sum += wanted.isEmpty ? 1 : Double(hits) / Double(wanted.count)
  }
  return sum / Double(truth.count)
}
