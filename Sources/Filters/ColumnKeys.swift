import Basics
import Values

/// The values of one name for all ordinals, as numbers that are ordered as the values are.
package struct ColumnKeys: Sendable {
  /// By ordinal; `none` for those without a value that has an order.
  package private(set) var keys: [UInt64]
  private var scale = Scale.numbers
  private let isDescending: Bool

  /// The key of no value, behind all others in both directions.
  package static let none = UInt64.max

  private enum Scale {
    /// Keys are the bits of numbers.
    case numbers
    /// Keys are places in this ascending list, doubled so that what is not in it has a place between.
    case ranks([SortValue])
  }

  /// - Parameters:
  ///   - name: an attribute, a path into one, `id` or `text`.
  ///   - isDescending: whether larger values have smaller keys.
  ///   - ordinalCount: keys are made for the ordinals below.
  ///   - texts: what `id` and `text` stand for.
  ///   - column: the column of an attribute; nil where no record ever had it.
  /// - Throws: `ColumnError`; what the sources throw.
  /// - Complexity: O(ordinals), and O(n log n) of n different values where they are not all numbers.
  package init(
    named name: String, isDescending: Bool, ordinalCount: Int,
    texts: (RecordText) throws -> (any TextSource)?, column: (String) throws -> (any ColumnSource)?
  ) throws {
    self.isDescending = isDescending
    keys = [UInt64](repeating: Self.none, count: ordinalCount)
    let source = try NameSource(AttributePath(name), texts: texts, column: column)
    if case .columns(let columns) = source, columns.count == 1, columns[0].path == nil,
      try readNumbers(columns[0].source)
    {
      return
    }
    try rank(source)
  }

  /// The key that a value would have.
  package func key(of value: SortValue?) -> UInt64 {
    guard let value else { return Self.none }
    switch scale {
    case .numbers:
      // Behind all numbers, before what has no value.
      guard case .number(let number) = value else { return directed(Self.none - 1) }
      return directed(Self.bits(number.value))
    case .ranks(let values):
      let place = Self.place(of: value, in: values)
      return directed(2 * UInt64(place) + (place < values.count && values[place] == value ? 1 : 0))
    }
  }

  /// How many of the ascending values are less.
  private static func place(of value: SortValue, in values: [SortValue]) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func directed(_ key: UInt64) -> UInt64 { isDescending ? Self.none - 1 - key : key }

  /// Bits that are ordered as finite numbers are, neither `none` nor the one before it.
  @inline(__always)
  private static func bits(_ number: Double) -> UInt64 {
    // Adding makes one of the two zeros.
    let bits = (number + 0).bitPattern
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }

  /// Reads a column of nothing but numbers.
  /// - Returns: whether it is one.
  private mutating func readNumbers(_ source: any ColumnSource) throws -> Bool {
    var isPlain = true
    let isDescending = isDescending
    try keys.withUnsafeMutableBufferPointer { keys in
      try source.forEachBlock { first, tags, payloads in
        guard isPlain else { return }
        let payloads = UnsafeRawPointer(payloads)
        let rows = min(tags.count, max(0, keys.count - Int(first)))
        var highest: UInt8 = 0
        for row in 0..<rows { highest = max(highest, tags[row]) }
        guard highest <= ColumnTag.number else {
          isPlain = false
          return
        }
        for row in 0..<rows where tags[row] == ColumnTag.number {
          let number = Double(
            bitPattern: payloads.loadUnaligned(fromByteOffset: row &* 8, as: UInt64.self))
          let bits = Self.bits(number)
          keys[Int(first) &+ row] = isDescending ? Self.none &- 1 &- bits : bits
        }
      }
    }
    return isPlain
  }

  private mutating func rank(_ source: NameSource) throws {
    var distinct = DistinctValues(ordinalCount: keys.count)
    switch source {
    case .texts(let texts):
      try texts.forEachText { ordinal, text in
        if Int(ordinal) < keys.count { distinct.set(SortValue(text: text), at: Int(ordinal)) }
      }
    // The first one that has a value counts, so it is read last.
    case .columns(let columns):
      for column in columns.reversed() { try distinct.read(column.source, at: column.path) }
    }
    let order = distinct.values.indices.sorted { distinct.values[$0] < distinct.values[$1] }
    var rankOf = [UInt64](repeating: 0, count: order.count)
    for (rank, number) in order.enumerated() { rankOf[number] = directed(2 * UInt64(rank) + 1) }
    for ordinal in keys.indices {
      let number = distinct.numbers[ordinal]
      keys[ordinal] = number == DistinctValues.none ? Self.none : rankOf[Int(number)]
    }
    scale = .ranks(order.map { distinct.values[$0] })
  }
}

/// The different values of a name, numbered, and the number of each ordinal's.
private struct DistinctValues {
  static let none = UInt32.max
  private(set) var values: [SortValue] = []
  private(set) var numbers: [UInt32]
  private var numberOf: [SortValue: UInt32] = [:]

  init(ordinalCount: Int) { numbers = [UInt32](repeating: Self.none, count: ordinalCount) }

  mutating func set(_ value: SortValue, at ordinal: Int) { numbers[ordinal] = number(of: value) }

  private mutating func number(of value: SortValue) -> UInt32 {
    if let known = numberOf[value] { return known }
    let number = UInt32(values.count)
    values.append(value)
    numberOf[value] = number
    return number
  }

  mutating func read(_ source: any ColumnSource, at path: Substring?) throws {
    // By code: what a code stands for is decoded once.
    var known: [UInt64: UInt32?] = [:]
    func ordered(_ value: AttributeValue) -> SortValue? {
      SortValue(path.map { value.member(at: $0) } ?? value)
    }
    try source.forEachCell(below: numbers.count) { ordinal, tag, payload in
      let number: UInt32?
      switch tag {
      case ColumnTag.number:
        number = ordered(.number(Double(bitPattern: payload))).map { self.number(of: $0) }
      case ColumnTag.integer:
        number = ordered(.integer(Int64(bitPattern: payload))).map { self.number(of: $0) }
      case ColumnTag.bool: number = ordered(.bool(payload != 0)).map { self.number(of: $0) }
      case ColumnTag.string, ColumnTag.list:
        if let found = known[payload] {
          number = found
        } else {
          number = ordered(try source.decode(code: payload, tag: tag)).map { self.number(of: $0) }
          known[payload] = .some(number)
        }
      case ColumnTag.inRecord:
        number = ordered(try source.value(ordinal: ordinal)).map { self.number(of: $0) }
      default: throw ColumnError(tag: tag, ordinal: UInt64(ordinal))
      }
      if let number { numbers[Int(ordinal)] = number }
    }
  }
}
