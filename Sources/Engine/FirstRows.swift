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
