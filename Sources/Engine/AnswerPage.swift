import Filters
package import Records
package import Values

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

/// How many records of an answer may have the same value of an attribute, such as two of each brand.
public struct Grouping: Sendable, Hashable {
  /// The attribute, a path into one, or `text`. Records without a value that can be ordered are not limited.
  public var attribute: String
  /// Records of one value, at least 1.
  public var limit: Int

  /// See the properties.
  public init(by attribute: String, limit: Int = 1) {
    self.attribute = attribute
    self.limit = limit
  }
}

extension Snapshot {
  /// The first rows of a list that a grouping admits: more are asked for until enough are found or there are no more.
  /// - Parameters:
  ///   - grouping: nil for none.
  ///   - depth: rows that are wanted.
  ///   - ordinal: of a row's record.
  ///   - ask: the first rows of the list, as many as it is given; fewer where there are no more.
  /// - Throws: `.invalidArgument` for a limit below 1 or an attribute that no record has; what `ask` throws.
  package func grouped<Row>(
    by grouping: Grouping?, of kind: RecordKind, depth: Int, ordinal: (Row) throws -> Ordinal?,
    _ ask: (Int) throws -> [Row]
  ) throws -> [Row] {
    guard let grouping else { return try ask(depth) }
    guard grouping.limit >= 1 else {
      throw EngineError(.invalidArgument, "groups of \(grouping.limit) records; a group has at least 1")
    }
    // By ordinal, read once though lists are asked for again.
    var values: [Ordinal: SortValue?] = [:]
    var asked = max(100, min(depth, .max / 16) * 4)
    while true {
      let rows = try ask(asked)
      var counts: [SortValue: Int] = [:]
      let admitted = try rows.filter { row in
        guard let ordinal = try ordinal(row) else { return true }
        if values[ordinal] == nil {
          values[ordinal] = .some(try entity(at: ordinal, kind)?.sortValue(named: grouping.attribute))
        }
        guard let found = values[ordinal], let value = found else { return true }
        counts[value, default: 0] += 1
        return counts[value, default: 0] <= grouping.limit
      }
      if admitted.count >= depth || rows.count < asked {
        if values.values.allSatisfy({ $0 == nil }) { try requireName(grouping.attribute, of: kind) }
        return Array(admitted.prefix(depth))
      }
      asked = min(asked, .max / 16) * 4
    }
  }
}
