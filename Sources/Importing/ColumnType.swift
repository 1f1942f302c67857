package import Values
import Basics
import Interchange

/// The type of one column of a delimited file, decided by all of its cells that become values.
///
/// Cell by cell the code `12E4` became the number 120000 beside `12F4`, and a post code 12345 a number beside 02139: a
/// column is of one type. It is of numbers where each cell is written as the number's own text, so that nothing is
/// lost: digits without leading zeros, at most 15, no exponent. Zeros behind the point are the way a number is written
/// in two cases: all cells have as many decimals, as prices `19.90` and `5.00`, or a whole number ends in `.0`, as
/// programs print it beside `4.25`. `1.10` beside `1.9` is a version, and text. A column is of truth values where each
/// cell is `true` or `false`; otherwise it is text.
///
/// Where the file's way of writing numbers was stated, a cell is a number if it is written so; the rule of trailing
/// zeros then only concerns cells without a decimal comma, a mark between thousands or a currency, which no version
/// has.
package struct ColumnType {
  private let format: NumberFormat?
  private(set) var isEmpty = true
  private var isNumbers = true
  private var isTruthValues = true
  private var fewestDecimals = Int.max
  private var mostDecimals = 0
  private var hasTrailingZeros = false

  /// A column of which no cell was seen.
  package init() { self.init(format: nil) }

  init(format: NumberFormat?) { self.format = format }

  /// The name of the type.
  var name: String {
    if isEmpty { return "empty" }
    if isTruthValues { return "bool" }
    return isOfNumbers ? "number" : "text"
  }

  private var isOfNumbers: Bool { isNumbers && (!hasTrailingZeros || fewestDecimals == mostDecimals) }

  /// Takes one more cell, which is not empty.
  package mutating func see(_ cell: UnsafeRawBufferPointer) {
    isEmpty = false
    if isTruthValues { isTruthValues = Self.truthValue(cell) != nil }
    guard isNumbers else { return }
    if let format {
      let known = format.withDigits(of: cell) { digits -> Bool? in
        see(number: digits.text, isAsWritten: digits.isUnchanged)
        return true
      }
      if known == nil { isNumbers = false }
    } else {
      see(number: cell, isAsWritten: true)
    }
  }

  private mutating func see(number cell: UnsafeRawBufferPointer, isAsWritten: Bool) {
    guard let decimals = Self.decimals(cell) else {
      isNumbers = false
      return
    }
    fewestDecimals = min(fewestDecimals, decimals)
    mostDecimals = max(mostDecimals, decimals)
    let isWhole = decimals == 1 && cell[cell.count - 1] == UInt8(ascii: "0")
    if isAsWritten, decimals > 0, !isWhole, cell[cell.count - 1] == UInt8(ascii: "0") {
      hasTrailingZeros = true
    }
  }

  /// A cell as a value of the column's type.
  package func value(of field: String) -> AttributeValue {
    if isTruthValues { return .bool(field == "true") }
    if isOfNumbers {
      let number = field.withBytes { bytes in format.map { $0.number(bytes) } ?? parseNumber(bytes) }
      if let number { return .number(number) }
    }
    return .string(field)
  }

  private static func truthValue(_ cell: UnsafeRawBufferPointer) -> Bool? {
    if cell.elementsEqual("true".utf8) { return true }
    if cell.elementsEqual("false".utf8) { return false }
    return nil
  }

  /// How many digits stand behind the point of a plain number; nil for every other text.
  private static func decimals(_ cell: UnsafeRawBufferPointer) -> Int? {
    let digits = cell.first == UInt8(ascii: "-") ? cell.dropFirst() : cell[...]
    let point = digits.firstIndex(of: UInt8(ascii: ".")) ?? digits.endIndex
    let whole = digits[..<point]
    let fraction = digits[point...].dropFirst()
    guard !whole.isEmpty, digits.count <= 16, whole.count + fraction.count <= 15 else { return nil }
    guard point == digits.endIndex || !fraction.isEmpty else { return nil }
    guard whole.count == 1 || whole.first != UInt8(ascii: "0") else { return nil }
    let isDigit = { (byte: UInt8) in byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    guard whole.allSatisfy(isDigit), fraction.allSatisfy(isDigit) else { return nil }
    // The number -0 would come back as 0.
    let isNegativeZero = digits.count < cell.count && digits.allSatisfy { $0 == 0x30 || $0 == 0x2e }
    return isNegativeZero ? nil : fraction.count
  }
}
