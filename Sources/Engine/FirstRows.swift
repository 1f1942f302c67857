import LMDB

/// The first rows in an order, of more than are kept.
struct FirstRows<Row> {
  private(set) var rows: [Row] = []
  private let limit: Int
  /// The last of the first `limit` rows so far; rows behind it are none of them.
  private(set) var last: Row?

  init(_ limit: Int) { self.limit = limit }

  /// - Complexity: O(log limit) amortised for a row before `last`, else one comparison.
  mutating func insert(_ row: Row, _ isBefore: (Row, Row) throws -> Bool) rethrows {
    if let last, try !isBefore(row, last) { return }
    rows.append(row)
    let (double, isLarge) = limit.multipliedReportingOverflow(by: 2)
    if !isLarge, rows.count >= max(double, 256) { try cut(isBefore) }
  }

  /// All that are kept, in order.
  mutating func sorted(_ isBefore: (Row, Row) throws -> Bool) rethrows -> [Row] {
    try cut(isBefore)
    return rows
  }

  private mutating func cut(_ isBefore: (Row, Row) throws -> Bool) rethrows {
    try rows.sort(by: isBefore)
    guard rows.count >= limit else { return }
    rows.removeSubrange(limit...)
    last = rows.last
  }
}

/// A page of a list: hands rows out until it is full, and says whether there was one more.
struct ListPage<Place> {
  let limit: Int
  /// Where the last row stands.
  private(set) var last: Place?
  private(set) var hasMore = false
  private var count = 0

  init(limit: Int) { self.limit = limit }

  /// - Parameter body: hands the row out.
  mutating func take(_ place: Place, _ body: () throws -> Void) rethrows -> WalkStep {
    guard count < limit else {
      hasMore = true
      return .stop
    }
    try body()
    count += 1
    last = place
    return .next
  }
}
