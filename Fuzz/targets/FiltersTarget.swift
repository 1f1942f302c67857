import Filters
import Values

extension FuzzTarget {
  /// Filters: row by row and over columns the same rows pass, and so they do in parentheses and doubly negated.
  static let filters = FuzzTarget("filters") { bytes in
    var input = FuzzInput(bytes)
    let shift = input.below(256)
    guard let text = String(validating: input.rest, as: UTF8.self) else { return }
    let filter: ParsedFilter
    do throws(FilterError) { filter = try ParsedFilter.parse(text) } catch {
      return try hold(!error.excerpt(of: text).isEmpty && error.column >= 1, "\(error)")
    }
    let rows = 0..<FilterRows.count
    let passing = rows.map { row in filter.evaluate { FilterRows.value($0, row, shift) } }
    let bitmap = try filter.evaluate(ordinalCount: rows.count) { FilterColumn($0, shift) }
    for row in rows {
      try hold(bitmap.contains(UInt32(row)) == passing[row], "row \(row) passes by one way only: \(text)")
    }
    for written in ["\(Filter(text))", "not not \(Filter(text))", "\(Filter(text)) and not \(false)"]
      as [Filter]
    {
      do throws(FilterError) {
        let other = try ParsedFilter.parse(written.text)
        let same = rows.map { row in other.evaluate { FilterRows.value($0, row, shift) } }
        guard same == passing else { throw FilterError(code: .invalidSyntax, message: "differs", column: 1) }
      } catch {
        let isTooMuch = error.code == .filterTooDeep || error.code == .filterTooLong
        try hold(isTooMuch, "\(written): \(error)")
      }
    }
    try checkTexts(filter, shift)
  } samples: {
    let texts = [
      "price < 30 and category in ('bags', \"home\") and not hidden", "a = 1 or (b != 'x' and not c)",
      "o.w between 2 and 5", "name like '%b_g%' or name not like 'a%'", "x is not null and y is true",
      "`odd name` >= -1.5e3 and [b c] <= 9007199254740993", "'it''s' = a", "id not in ()",
      "true and not false",
      "t between 'a' and 'é'", "a == 2 && !b || c <> 3", "ab >= 1 and cd <= 2.5",
      "ab between 1 and 3 or ef != 1",
    ]
    return texts.enumerated().map { [UInt8($0.offset * 9)] + $0.element.utf8 }
  }

  /// A filter over cells of text, as rows of a file have them, is that over attributes of text.
  private static func checkTexts(_ filter: ParsedFilter, _ shift: Int) throws {
    let names = filter.attributes
    let bound = try filter.bind(columns: names)
    let texts = ["", "1", "-1.5", "true", "bags", "30", "9007199254740993", "a%", "\u{e9}"].map {
      Array($0.utf8)
    }
    for row in 0..<texts.count {
      func cell(_ column: Int) -> [UInt8]? {
        column % 4 == 3 ? nil : texts[(row + column + shift) % texts.count]
      }
      // A cell lives as long as the call: here as long as the arrays of `texts`.
      let passes = texts.withUnsafeBufferPointer { texts in
        bound.evaluate { column in
          guard column % 4 != 3 else { return nil }
          return texts[(row + column + shift) % texts.count].withUnsafeBytes { $0 }
        }
      }
      let wanted = filter.evaluate { name in
        guard let column = names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) else { return .null }
        return cell(column).map { .string(String(decoding: $0, as: UTF8.self)) } ?? .null
      }
      try hold(passes == wanted, "row \(row) of texts passes by one way only")
    }
  }
}

/// Records to filter: every name has a value in each, chosen by the name and the record.
private enum FilterRows {
  static let count = 70

  static let values: [AttributeValue] = [
    .null, .number(1), .number(2.5), .bool(true), .string("bags"), .null, .bool(false), .number(-3),
    .string("30"),
    .strings(["home", "x"]), .integers([1, 30]), .integer(9_007_199_254_740_993), .string(""), .number(30),
    .object(["w": .number(3), "v": .object(["w": .string("a")])]), .strings([]), .string("it's"),
    .list([.object(["w": .number(5)]), .object(["w": .null]), .null, .bool(true)]), .string("\u{e9}"),
    .list([]),
  ]

  /// Where in `values` the numbers and nulls are: columns of nothing else are scanned by loops of their own.
  private static let numbers = [0, 1, 2, 5, 7, 13]

  static func place(_ name: String, _ row: Int, _ shift: Int) -> Int {
    let place = name.utf8.reduce(shift) { ($0 &* 31 &+ Int($1)) & 0xFFFF } + row * row
    return name.utf8.count % 2 == 0 ? numbers[place % numbers.count] : place % values.count
  }

  static func value(_ name: String, _ row: Int, _ shift: Int) -> AttributeValue {
    // Names with dots are mostly paths into objects.
    let isWhole = !name.utf8.contains(UInt8(ascii: ".")) || row % 8 == 0
    return isWhole ? values[place(name, row, shift)] : .null
  }
}

/// The values of one name as a column has them.
private struct FilterColumn: ColumnSource {
  let name: String
  let shift: Int

  init(_ name: String, _ shift: Int) { (self.name, self.shift) = (name, shift) }

  func forEachBlock(
    _ body: (UInt32, UnsafeBufferPointer<UInt8>, UnsafePointer<UInt64>) throws -> Void
  ) throws {
    // Two blocks, the later one first.
    for rows in [32..<FilterRows.count, 0..<32] {
      let cells = rows.map { cell($0) }
      let payloads = cells.map(\.payload)
      try cells.map(\.tag).withUnsafeBufferPointer { tags in
        try payloads.withUnsafeBufferPointer { payloads in
          if let base = payloads.baseAddress { try body(UInt32(rows.lowerBound), tags, base) }
        }
      }
    }
  }

  func decode(code: UInt64, tag: UInt8) throws -> AttributeValue { FilterRows.values[Int(code)] }

  func value(ordinal: UInt32) throws -> AttributeValue { FilterRows.value(name, Int(ordinal), shift) }

  private func cell(_ row: Int) -> (tag: UInt8, payload: UInt64) {
    let value = FilterRows.value(name, row, shift)
    let code = UInt64(FilterRows.place(name, row, shift))
    switch value {
    case .null: return (ColumnTag.null, 0x7FF8_DEAD_0000_0001)
    case .number(let number): return (ColumnTag.number, number.bitPattern)
    case .bool(let flag): return (ColumnTag.bool, flag ? 1 : 0)
    case .string: return row % 5 == 0 ? (ColumnTag.inRecord, 0) : (ColumnTag.string, code)
    case .integer(let number): return (ColumnTag.integer, UInt64(bitPattern: number))
    case .strings, .integers, .list, .object: return (ColumnTag.list, code)
    }
  }
}
