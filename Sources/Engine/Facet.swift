public import Values
import Basics
import Filters
import LMDB
import Records

/// How the values of one attribute, or of one field of events, are distributed.
public struct Facet: Sendable, Hashable {
  /// A value and how many records have it; of a list each element counts.
  public struct ValueCount: Sendable, Hashable {
    /// A text, its first 500 bytes, a number or a truth value.
    public var value: AttributeValue
    /// Records that have it.
    public var count: Int
  }

  /// Numbers from `lower` up to but without `upper`; the last range has its `upper` in it.
  public struct NumberRange: Sendable, Hashable {
    /// The smallest number of the range.
    public var lower: Double
    /// The end of the range.
    public var upper: Double
    /// Values in it.
    public var count: Int
  }

  /// The attribute or field.
  public var field: String
  /// Records, or events, that pass the filter.
  public var total: Int
  /// Those of them without a value.
  public var missing: Int
  /// Different values; nil where they are numbers that are counted by ranges.
  public var distinct: Int?
  /// The most frequent values, at most as many as were asked for; equal counts by value.
  public var values: [ValueCount] = []
  /// The smallest and the largest number, where there is one.
  public var smallest: Double?
  /// See `smallest`.
  public var largest: Double?
  /// Where there are more different numbers than values were asked for: up to ten ranges with about as many values.
  public var ranges: [NumberRange] = []
}

extension Facet {
  private static let rangeCount = 10
  /// Numbers that the limits of ranges are chosen by.
  private static let sampleCount = 10_000

  /// - Parameters:
  ///   - total: records that were counted, with and without a value.
  ///   - limit: values that are listed.
  init(_ field: String, _ counts: ValueCounts, total: Int, limit: Int) {
    self.field = field
    self.total = total
    missing = total - counts.recordCount
    let sorted = counts.counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    values = sorted.prefix(limit).map { ValueCount(value: AttributeValue($0.key), count: $0.value) }
    distinct = counts.hasFewNumbers ? sorted.count : nil
    var range: (smallest: Double, largest: Double)?
    func extend(_ number: Double) {
      range = (min(range?.smallest ?? number, number), max(range?.largest ?? number, number))
    }
    for number in counts.numbers { extend(number) }
    if !counts.hasFewNumbers, let range {
      ranges = Self.ranges(of: counts.numbers, from: range.smallest, to: range.largest)
    }
    // Whole numbers that a Double may round are counted each.
    for case .number(let number) in counts.counts.keys { extend(number.value) }
    (smallest, largest) = (range?.smallest, range?.largest)
  }

  /// Ranges between quantiles of a sample, with exact counts.
  private static func ranges(
    of numbers: [Double], from smallest: Double, to largest: Double
  ) -> [NumberRange] {
    let step = max(1, numbers.count / sampleCount)
    let sample = stride(from: 0, to: numbers.count, by: step).map { numbers[$0] }.sorted()
    var limits = [smallest]
    for part in 1..<rangeCount {
      let limit = sample[part * sample.count / rangeCount]
      if limit > limits[limits.count - 1] { limits.append(limit) }
    }
    var counts = [Int](repeating: 0, count: limits.count)
    for number in numbers {
      var place = limits.count - 1
      while number < limits[place] { place -= 1 }
      counts[place] += 1
    }
    return limits.indices.map { place in
      NumberRange(
        lower: limits[place], upper: place + 1 < limits.count ? limits[place + 1] : largest,
        count: counts[place])
    }
  }
}

extension Snapshot {
  /// How the values of an attribute are distributed among the records that pass a filter.
  /// - Throws: `.badFilter`, `.invalidArgument` for a name that no record has, `.corrupted`.
  /// - Complexity: O(ordinals).
  package func facet(
    _ kind: RecordKind, field: String, where filter: String?, limit: Int
  ) throws -> Facet {
    try Self.requireValues(limit)
    let store = try store()
    let ordinalCount = store.ordinalCount(kind)
    var ordinals =
      try filter.map { try matches($0, kind).ordinals } ?? Bitmap(count: ordinalCount, filledWith: true)
    if store.recordCount(kind) < ordinalCount { ordinals = try live(among: ordinals, kind) }
    var counts = ValueCounts(numberLimit: limit)
    try reading { transaction, tables in
      let columns = ColumnReader(kind: kind, tables: tables, transaction: transaction)
      try counts.count(
        named: field, among: ordinals, texts: { columns.texts($0) }, column: { try columns.source($0) })
    }
    if counts.recordCount == 0 { try requireName(field, of: kind) }
    return Facet(field, counts, total: ordinals.populationCount, limit: limit)
  }

  /// How the values of a field are distributed among the events that pass a filter.
  /// - Throws: as `listEvents`.
  /// - Complexity: O(events).
  package func eventFacet(field: String, where filter: String?, limit: Int) throws -> Facet {
    try Self.requireValues(limit)
    try EventField.require(field, .invalidArgument)
    guard let known = EventField(rawValue: field) else { return Facet(field: field, total: 0, missing: 0) }
    var counts = ValueCounts(numberLimit: limit)
    var total = 0
    _ = try listEvents(ListOptions(where: filter.map { Filter($0) })) { event in
      total += 1
      counts.add(known.value(of: event))
    }
    counts.finish()
    return Facet(field, counts, total: total, limit: limit)
  }

  private static func requireValues(_ limit: Int) throws {
    guard limit >= 1 else {
      throw EngineError(.invalidArgument, "\(limit) values were asked for; ask for at least 1")
    }
  }

  /// How many records pass.
  /// - Throws: `.badFilter`, `.corrupted`.
  package func count(_ kind: RecordKind, where filter: String?) throws -> Int {
    let store = try store()
    guard let filter else { return store.recordCount(kind) }
    let matches = try matches(filter, kind)
    guard store.recordCount(kind) < store.ordinalCount(kind) else { return matches.count }
    return try live(among: matches.ordinals, kind).populationCount
  }

  /// How many events pass.
  /// - Throws: `.badFilter`, `.corrupted`.
  package func countEvents(where filter: String?) throws -> Int {
    guard let filter else { return Int(try store().eventCount) }
    var count = 0
    _ = try listEvents(ListOptions(where: Filter(filter))) { _ in count += 1 }
    return count
  }

  /// The ordinals whose records are there and not deleted.
  private func live(among ordinals: Bitmap, _ kind: RecordKind) throws -> Bitmap {
    var live = Bitmap(count: ordinals.count)
    try reading { transaction, tables in
      try transaction.forEach(tables.entities(kind)) { key, value in
        guard let ordinal = UInt32(keyBytes: key), ordinals.contains(ordinal) else { return .next }
        let isDeleted = try EngineError.decoding(kind.rawValue, "\(ordinal)") {
          try EntityRecord.decodeID(value, of: Ordinal(ordinal)).isDeleted
        }
        if !isDeleted { live.insert(ordinal) }
        return .next
      }
    }
    return live
  }

  /// - Throws: `.invalidArgument` for a name that stands for no value of any record, with the nearest names that do;
  ///   where there are no records no name is wrong.
  package func requireName(_ name: String, of kind: RecordKind) throws {
    guard RecordText(rawValue: name) == nil, try store().recordCount(kind) > 0 else { return }
    let condition = "\(name: name) is not null" as Filter
    guard let unknown = try unknownNames(inFilter: condition.text, of: kind).first else { return }
    throw EngineError.unknownAttribute(name, of: kind, nearest: unknown.nearest)
  }
}
