import Basics

/// How a file writes numbers: with which decimal sign, what stands between thousands, and perhaps with a currency.
///
/// Thousands may be set apart or not; where they are, each group behind the first has three digits, so that `1.5` is no
/// thousand of anything. A sign and one currency (`$`, `€`, `US$`, `EUR`, `kr` …) may stand on either side.
package struct NumberFormat: Sendable, Equatable {
  private enum Grouping {
    case none, comma, point, blank, apostrophe
  }

  private let decimalSign: UInt8
  private let grouping: Grouping

  /// Digits and a decimal point, nothing between thousands.
  package static let plain = NumberFormat(decimalSign: UInt8(ascii: "."), grouping: .none)

  /// The names of the formats: each is a number that is written so.
  package static let names = [
    "1234.56", "1,234.56", "1'234.56", "1 234.56", "1234,56", "1.234,56", "1 234,56",
  ]

  /// The format of that name.
  /// - Throws: `.invalidArgument` with the names there are.
  package static func named(_ name: String) throws(InterchangeError) -> NumberFormat {
    guard names.contains(where: { $0.isExactly(name) }) else {
      throw InterchangeError(
        .invalidArgument,
        "unknown number format \"\(name)\"; it is given by example: \(names.joined(separator: " or "))")
    }
    let grouping: Grouping =
      switch Array(name.utf8)[1] {
      case UInt8(ascii: ","): .comma
      case UInt8(ascii: "."): .point
      case UInt8(ascii: "'"): .apostrophe
      case UInt8(ascii: " "): .blank
      default: .none
      }
    let decimalSign = Array(name.utf8)[name.utf8.count - 3]
    return NumberFormat(decimalSign: decimalSign, grouping: grouping)
  }

  /// A number in digits.
  package struct Digits {
    /// `-`, digits, and perhaps a point and more digits; valid inside the call that hands it out.
    package let text: UnsafeRawBufferPointer
    /// Whether the field was written just so.
    package let isUnchanged: Bool
  }

  /// Hands the number that `field` writes in this format to `body`; nil where it is none.
  package func withDigits<R>(of field: UnsafeRawBufferPointer, _ body: (Digits) -> R?) -> R? {
    guard field.count <= Limits.formattedNumberBytes, !field.isEmpty else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: Limits.formattedNumberBytes + 1, alignment: 1) { buffer in
      var scan = Scan(field)
      scan.takeMarks()
      guard let count = digits(of: scan, into: buffer) else { return nil }
      let text = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      return body(Digits(text: text, isUnchanged: text.elementsEqual(field)))
    }
  }

  /// The number that `field` writes in this format; nil where it is none.
  package func number(_ field: UnsafeRawBufferPointer) -> Double? {
    withDigits(of: field) { parseNumber($0.text) }
  }

  /// Writes the digits of `scan` with a point; returns how many bytes.
  private func digits(of scan: Scan, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let field = scan.field
    var count = 0
    func put(_ byte: UInt8) {
      buffer[count] = byte
      count += 1
    }
    if scan.isNegative { put(UInt8(ascii: "-")) }
    var place = scan.start
    var digitCount = 0
    /// Digits since the last separator; nil before the first one.
    var groupCount: Int?
    while place < scan.end {
      if field[place].isDigit {
        put(field[place])
        digitCount += 1
        groupCount = groupCount.map { $0 + 1 }
        place += 1
        continue
      }
      let length = separatorLength(field, place)
      guard length > 0, place + length <= scan.end else { break }
      // A zero in front of a separator is no thousand: 0,500 is half of one in another format.
      let beginsNumber = (1...3).contains(digitCount) && field[scan.start] != UInt8(ascii: "0")
      guard groupCount.map({ $0 == 3 }) ?? beginsNumber else { return nil }
      groupCount = 0
      place += length
    }
    guard groupCount.map({ $0 == 3 }) ?? true else { return nil }
    if place < scan.end, field[place] == decimalSign {
      if digitCount == 0 { put(UInt8(ascii: "0")) }
      place += 1
      let first = place
      put(UInt8(ascii: "."))
      while place < scan.end, field[place].isDigit {
        put(field[place])
        place += 1
      }
      guard place > first else { return nil }
      digitCount += place - first
    }
    return digitCount > 0 && place == scan.end ? count : nil
  }

  /// The length of what separates thousands at `place`; 0 where nothing does.
  private func separatorLength(_ field: UnsafeRawBufferPointer, _ place: Int) -> Int {
    let rest = field[place...]
    func length(_ marks: [StaticString]) -> Int {
      for mark in marks where rest.starts(with: mark.bytes) { return mark.utf8CodeUnitCount }
      return 0
    }
    switch grouping {
    case .none: return 0
    case .comma: return length([","])
    case .point: return length(["."])
    // With no-break space and its narrow form; the apostrophe also as typographers set it.
    case .blank: return length([" ", "\u{a0}", "\u{202f}"])
    case .apostrophe: return length(["'", "\u{2019}"])
    }
  }
}

/// A field without the blanks, the sign and the currency at its ends.
private struct Scan {
  let field: UnsafeRawBufferPointer
  var start = 0
  var end: Int
  var isNegative = false
  private var hasSign = false
  private var hasCurrency = false

  init(_ field: UnsafeRawBufferPointer) {
    self.field = field
    end = field.count
  }

  private static let blanks: [StaticString] = [" ", "\t", "\u{a0}", "\u{202f}"]
  /// Signs of the block U+20A0 to U+20CF are found by their bytes. Codes are named one by one: any three letters before
  /// digits would make an article number `ABC123` an amount.
  private static let currencies: [StaticString] = [
    "US$", "R$", "$", "\u{a2}", "\u{a3}", "\u{a5}", "kr.", "kr", "z\u{142}", "K\u{10d}", "Fr.", "Ft",
    "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF",
    "RON", "BGN", "TRY", "RUB", "UAH", "INR", "BRL", "MXN", "ZAR", "SGD", "HKD", "KRW", "ILS", "THB", "AED",
    "SAR", "IDR", "MYR", "PHP", "VND", "ARS", "CLP", "COP",
  ]

  /// Takes blanks, sign and currency from both ends, as far as they are there.
  mutating func takeMarks() {
    var isGoingOn = true
    while isGoingOn, start < end {
      isGoingOn = take(Self.blanks, atEnd: false) || takeSign() || takeCurrency(atEnd: false)
    }
    isGoingOn = true
    while isGoingOn, start < end {
      isGoingOn = take(Self.blanks, atEnd: true) || takeCurrency(atEnd: true)
    }
  }

  private mutating func takeSign() -> Bool {
    guard !hasSign else { return false }
    isNegative = take(["-", "\u{2212}"], atEnd: false)
    hasSign = isNegative || take(["+"], atEnd: false)
    return hasSign
  }

  private mutating func takeCurrency(atEnd: Bool) -> Bool {
    guard !hasCurrency else { return false }
    hasCurrency = take(Self.currencies, atEnd: atEnd) || takeBlockSign(atEnd: atEnd)
    return hasCurrency
  }

  /// Takes one of some marks; false where none of them stands there.
  private mutating func take(_ marks: [StaticString], atEnd: Bool) -> Bool {
    for mark in marks where mark.utf8CodeUnitCount <= end - start {
      let range = piece(mark.utf8CodeUnitCount, atEnd: atEnd)
      if field[range].elementsEqual(mark.bytes) {
        cut(range, atEnd: atEnd)
        return true
      }
    }
    return false
  }

  /// Takes a sign of Unicode's block of currencies: E2 82 A0 to E2 83 8F.
  private mutating func takeBlockSign(atEnd: Bool) -> Bool {
    guard end - start >= 3 else { return false }
    let range = piece(3, atEnd: atEnd)
    let bytes = (field[range.lowerBound], field[range.lowerBound + 1], field[range.lowerBound + 2])
    guard bytes.0 == 0xe2,
      bytes.1 == 0x82 && bytes.2 >= 0xa0 || bytes.1 == 0x83 && bytes.2 <= 0x8f
    else { return false }
    cut(range, atEnd: atEnd)
    return true
  }

  private func piece(_ count: Int, atEnd: Bool) -> Range<Int> {
    atEnd ? end - count..<end : start..<start + count
  }

  private mutating func cut(_ range: Range<Int>, atEnd: Bool) {
    if atEnd { end = range.lowerBound } else { start = range.upperBound }
  }
}

extension StaticString {
  /// Its UTF-8.
  fileprivate var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
