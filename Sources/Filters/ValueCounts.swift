import Basics
package import Values

/// How often each value of a name occurs among some records.
///
/// Each element of a list counts once for a record. Objects are values without a name.
package struct ValueCounts: Sendable {
  /// Records with a value.
  package private(set) var recordCount = 0
  /// By text, truth value or number, numbers only as long as there are few different ones.
  package private(set) var counts: [SortValue: Int] = [:]
  /// All numbers, one for a record or an element, in no order.
  package private(set) var numbers: [Double] = []
  /// Whether numbers are in `counts`.
  package private(set) var hasFewNumbers = true
  private var numberCounts: [Double: Int] = [:]
  private let numberLimit: Int

  /// - Parameter numberLimit: with more different numbers they are not counted one by one.
  package init(numberLimit: Int) { self.numberLimit = numberLimit }

  /// - Parameters:
  ///   - name: an attribute, a path into one, `id` or `text`.
  ///   - ordinals: those that are counted.
  ///   - texts: what `id` and `text` stand for.
  ///   - column: the column of an attribute; nil where no record ever had it.
  /// - Throws: `ColumnError`; what the sources throw.
  /// - Complexity: O(ordinals).
  package mutating func count(
    named name: String, among ordinals: Bitmap, texts: (RecordText) throws -> (any TextSource)?,
    column: (String) throws -> (any ColumnSource)?
  ) throws {
    switch try NameSource(AttributePath(name), texts: texts, column: column) {
    case .texts(let source):
      try source.forEachText { ordinal, text in
        if ordinals.contains(ordinal) { add(.string(text)) }
      }
    case .columns(let columns):
      // What a name before has a value for is not looked up in the ones behind.
      var rest = ordinals
      for (place, column) in columns.enumerated() {
        if place > 0 { rest.subtract(try Self.withValue(columns[place - 1], rest.count)) }
        try read(column.source, at: column.path, among: rest)
      }
    }
    finish()
  }

  /// Counts a value of one record.
  package mutating func add(_ value: AttributeValue, count: Int = 1) {
    guard !value.isNull else { return }
    recordCount += count
    for element in Set(value.elements.compactMap { SortValue($0) }) { add(element, count: count) }
  }

  /// To be called once, when all are counted.
  package mutating func finish() {
    if hasFewNumbers {
      for (number, count) in numberCounts { counts[.number(FilterNumber(number)), default: 0] += count }
    }
    numberCounts = [:]
  }

  private static func withValue(
    _ column: (source: any ColumnSource, path: Substring?), _ ordinalCount: Int
  ) throws -> Bitmap {
    try ColumnScan.evaluate(
      ValueTest(.null, isNegated: true), over: column.source, at: column.path, ordinalCount: ordinalCount)
  }

  private mutating func add(_ value: SortValue, count: Int) {
    guard case .number(let number) = value, number.whole == nil else {
      counts[value, default: 0] += count
      return
    }
    for _ in 0..<count { add(number: number.value) }
  }

  @inline(__always)
  private mutating func add(number: Double) {
    numbers.append(number)
    guard hasFewNumbers else { return }
    numberCounts[number, default: 0] += 1
    if numberCounts.count > numberLimit { hasFewNumbers = false }
  }

  private mutating func read(
    _ source: any ColumnSource, at path: Substring?, among ordinals: Bitmap
  ) throws {
    // Texts and lists by code, each decoded once in the end.
    var codes = CodeCounts()
    try source.forEachCell(below: ordinals.count) { ordinal, tag, payload in
      guard ordinals.contains(ordinal) else { return }
      switch tag {
      case ColumnTag.string, ColumnTag.list: codes.add(payload, tag)
      case ColumnTag.number where path == nil:
        recordCount += 1
        add(number: Double(bitPattern: payload) + 0)
      case ColumnTag.integer where path == nil: add(.integer(Int64(bitPattern: payload)))
      case ColumnTag.bool where path == nil: add(.bool(payload != 0))
      // A number or a truth value leads nowhere.
      case ColumnTag.number, ColumnTag.integer, ColumnTag.bool: return
      case ColumnTag.inRecord: add(at: path, try source.value(ordinal: ordinal))
      default: throw ColumnError(tag: tag, ordinal: UInt64(ordinal))
      }
    }
    try codes.forEach { add(at: path, try source.decode(code: $0, tag: $1), count: $2) }
  }

  private mutating func add(at path: Substring?, _ value: AttributeValue, count: Int = 1) {
    add(path.map { value.member(at: $0) } ?? value, count: count)
  }
}

/// How often each dictionary code occurs.
private struct CodeCounts {
  /// By code below 65,536: how often, and the tag.
  private var direct = [UInt32](repeating: 0, count: 1 << 16)
  private var tags = [UInt8](repeating: 0, count: 1 << 16)
  private var others: [UInt64: (tag: UInt8, count: UInt32)] = [:]

  @inline(__always)
  mutating func add(_ code: UInt64, _ tag: UInt8) {
    guard code < UInt64(direct.count) else {
      others[code, default: (tag, 0)].count += 1
      return
    }
    direct[Int(truncatingIfNeeded: code)] &+= 1
    tags[Int(truncatingIfNeeded: code)] = tag
  }

  func forEach(_ body: (_ code: UInt64, _ tag: UInt8, _ count: Int) throws -> Void) rethrows {
    for code in direct.indices where direct[code] > 0 {
      try body(UInt64(code), tags[code], Int(direct[code]))
    }
    for (code, found) in others { try body(code, found.tag, Int(found.count)) }
  }
}
