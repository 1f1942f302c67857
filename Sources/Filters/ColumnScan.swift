import Values

/// One condition evaluated over a whole column.
///
/// Dictionary codes are decoded once per distinct code, since a column of a million categories has a few dozen.
struct ColumnScan {
  private let test: ValueTest
  private let source: any ColumnSource
  /// The way from the column's values to the ones that are tested; nil where those are the same.
  private let path: Substring?
  private var textOutcomes = CodeOutcomes()
  private var listOutcomes = CodeOutcomes()

  /// The ordinals below `ordinalCount` whose value in `source`, or at `path` in it, passes `test`.
  static func evaluate(
    _ test: ValueTest, over source: any ColumnSource, at path: Substring? = nil, ordinalCount: Int
  ) throws -> Bitmap {
    var scan = ColumnScan(test: test, source: source, path: path)
    var result = Bitmap(count: ordinalCount, filledWith: test.passesNull)
    try source.forEachBlock { firstOrdinal, tags, payloads in
      try scan.read(Block(firstOrdinal: firstOrdinal, tags: tags, payloads: payloads), into: &result)
    }
    return result
  }

  /// A block as the source handed it out.
  private struct Block {
    let firstOrdinal: UInt32
    let tags: UnsafeBufferPointer<UInt8>
    let payloads: UnsafeRawPointer

    init(firstOrdinal: UInt32, tags: UnsafeBufferPointer<UInt8>, payloads: UnsafePointer<UInt64>) {
      self.firstOrdinal = firstOrdinal
      self.tags = tags
      self.payloads = UnsafeRawPointer(payloads)
    }

    @inline(__always)
    func payload(_ row: Int) -> UInt64 {
      payloads.loadUnaligned(fromByteOffset: row &* 8, as: UInt64.self)
    }

    @inline(__always)
    func number(_ row: Int) -> Double { Double(bitPattern: payload(row)) }
  }

  /// Evaluates 64 rows at a time and writes their bits as one word.
  private mutating func read(_ block: Block, into result: inout Bitmap) throws {
    let first = Int(block.firstOrdinal)
    let rowCount = min(block.tags.count, result.count - first)
    var start = 0
    while start < rowCount {
      let rows = start..<min(start + 64, rowCount)
      result.assign(try bits(of: rows, in: block), bitCount: rows.count, at: first + start)
      start += 64
    }
  }

  private mutating func bits(of rows: Range<Int>, in block: Block) throws -> UInt64 {
    if path == nil {
      if case .null = test.matcher { return Self.nullBits(rows, block, isNegated: test.isNegated) }
      if Self.highestTag(rows, block) <= ColumnTag.number, let bits = numberBits(rows, block) { return bits }
    }
    var bits: UInt64 = 0
    for row in rows where try passes(row, in: block) { bits |= 1 << UInt64(row &- rows.lowerBound) }
    return bits
  }

  private mutating func passes(_ row: Int, in block: Block) throws -> Bool {
    let tag = block.tags[row]
    // Only lists, objects and what is too long for a column lead further.
    if path != nil, tag != ColumnTag.list, tag != ColumnTag.inRecord, tag <= ColumnTag.integer {
      return test.passesNull
    }
    switch tag {
    case ColumnTag.null: return test.passesNull
    case ColumnTag.number: return test.matches(FilterNumber(block.number(row))) != test.isNegated
    case ColumnTag.integer:
      return test.passes(.integer(Int64(bitPattern: block.payload(row))))
    case ColumnTag.bool: return test.matches(block.payload(row) != 0) != test.isNegated
    case ColumnTag.string:
      let code = block.payload(row)
      if let known = textOutcomes.known(code) { return known }
      let outcome = test.passes(try source.decode(code: code, tag: ColumnTag.string))
      textOutcomes.learn(code, outcome)
      return outcome
    case ColumnTag.list:
      let code = block.payload(row)
      if let known = listOutcomes.known(code) { return known }
      let outcome = passes(try source.decode(code: code, tag: ColumnTag.list))
      listOutcomes.learn(code, outcome)
      return outcome
    case ColumnTag.inRecord: return passes(try source.value(ordinal: block.firstOrdinal + UInt32(row)))
    default: throw ColumnError(tag: tag, ordinal: UInt64(block.firstOrdinal) + UInt64(row))
    }
  }

  private func passes(_ value: AttributeValue) -> Bool {
    test.passes(path.map { value.member(at: $0) } ?? value)
  }
}

/// The loops over 64 rows of nothing but numbers and nulls.
extension ColumnScan {
  private static func nullBits(_ rows: Range<Int>, _ block: Block, isNegated: Bool) -> UInt64 {
    collect(rows) { (block.tags[$0] == ColumnTag.null) != isNegated }
  }

  private static func highestTag(_ rows: Range<Int>, _ block: Block) -> UInt8 {
    var highest: UInt8 = 0
    for row in rows { highest = max(highest, block.tags[row]) }
    return highest
  }

  /// The bits for a test on numbers, or `nil` for a test that no fast loop knows.
  private func numberBits(_ rows: Range<Int>, _ block: Block) -> UInt64? {
    switch test.matcher {
    case .number(let comparison, let number):
      // What a `Double` rounds is compared one by one.
      guard number.whole == nil else { return nil }
      let literal = number.value
      switch comparison {
      case .equal: return numbers(rows, block) { $0 == literal }
      case .less: return numbers(rows, block) { $0 < literal }
      case .lessOrEqual: return numbers(rows, block) { $0 <= literal }
      case .greater: return numbers(rows, block) { $0 > literal }
      case .greaterOrEqual: return numbers(rows, block) { $0 >= literal }
      case .notEqual: return nil
      }
    case .numberRange(let low, let high):
      guard low.whole == nil, high.whole == nil else { return nil }
      let (low, high) = (low.value, high.value)
      return numbers(rows, block) { $0 >= low && $0 <= high }
    case .oneOf(let set): return numbers(rows, block) { set.containsValue(FilterNumber($0)) }
    case .text, .textRange, .like: return nil
    case .null, .bool:
      // No number is a truth value, and for a truth test neither is null.
      if test.passesNull { return Self.collect(rows) { _ in true } }
      return numbers(rows, block) { _ in false }
    }
  }

  @inline(__always)
  private func numbers(_ rows: Range<Int>, _ block: Block, _ matches: (Double) -> Bool) -> UInt64 {
    let isNegated = test.isNegated
    return Self.collect(rows) { row in
      // Null rows have a payload too, of no meaning; reading it is cheaper than a branch.
      block.tags[row] == ColumnTag.number && matches(block.number(row)) != isNegated
    }
  }

  @inline(__always)
  private static func collect(_ rows: Range<Int>, _ passes: (Int) -> Bool) -> UInt64 {
    var bits: UInt64 = 0
    for row in rows { bits |= (passes(row) ? 1 : 0) &<< UInt64(truncatingIfNeeded: row &- rows.lowerBound) }
    return bits
  }
}

/// A row of a column with a tag of no meaning.
package struct ColumnError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The tag found.
  package var tag: UInt8
  /// The row it was found at.
  package var ordinal: UInt64

  package init(tag: UInt8, ordinal: UInt64) {
    self.tag = tag
    self.ordinal = ordinal
  }

  /// What was found and where.
  package var description: String {
    "The column has the unknown tag \(tag) at ordinal \(ordinal); 0 to \(ColumnTag.integer) were expected."
  }
}
