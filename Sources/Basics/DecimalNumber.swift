/// A decimal number being read digit by digit, and its exact conversion to the nearest `Double`.
@usableFromInline package struct DecimalNumber {
  /// Whether a minus sign was read.
  @usableFromInline package var isNegative = false
  /// The first digits, as many as certainly fit.
  @usableFromInline var mantissa: UInt64 = 0
  /// The power of ten that `mantissa` is multiplied with.
  @usableFromInline package var exponent = 0
  /// Whether a digit other than those in `mantissa` was seen.
  @usableFromInline var isTruncated = false

  /// Exponents beyond this are as good as infinite, and sums of two stay far from overflow.
  @inlinable package static var exponentLimit: Int { 1_000_000 }

  /// No digits yet.
  @inlinable package init() {}

  /// Takes one more digit; false if `byte` is none.
  @inlinable @inline(__always)
  package mutating func append(_ byte: UInt8, isFraction: Bool) -> Bool {
    let digit = byte &- UInt8(ascii: "0")
    guard digit < 10 else { return false }
    if mantissa < 900_000_000_000_000_000 {
      mantissa = mantissa &* 10 &+ UInt64(digit)
      if isFraction { exponent &-= 1 }
    } else {
      isTruncated = true
      if !isFraction { exponent &+= 1 }
    }
    return true
  }

  /// Takes `[+-] digits` at `index` and steps behind them; false if there is no digit.
  @inlinable @inline(__always)
  package mutating func readExponent(_ base: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int) -> Bool {
    let isNegative = index < count && base[index] == UInt8(ascii: "-")
    if isNegative || index < count && base[index] == UInt8(ascii: "+") { index &+= 1 }
    let begin = index
    var found = 0
    while index < count, case let digit = base[index] &- UInt8(ascii: "0"), digit < 10 {
      found = min(found &* 10 &+ Int(digit), Self.exponentLimit)
      index &+= 1
    }
    exponent &+= isNegative ? -found : found
    return index > begin
  }

  /// The nearest double, ties to even, of the number whose whole text is `text`; nil if it is not finite or
  /// the text is overlong.
  @inlinable @inline(__always)
  package func value(of text: UnsafeRawBufferPointer) -> Double? {
    // Both the mantissa and the power are exact doubles, so that one rounding, the right one, happens.
    if !isTruncated, mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
      let magnitude =
        exponent < 0
        ? Double(mantissa) / Self.powersOfTen[-exponent] : Double(mantissa) * Self.powersOfTen[exponent]
      return isNegative ? -magnitude : magnitude
    }
    return Self.slowValue(of: text)
  }

  @usableFromInline @inline(never)
  static func slowValue(of text: UnsafeRawBufferPointer) -> Double? {
    guard text.count <= Limits.numberBytes else { return nil }
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }

  /// 10^0 to 10^22, all exact.
  @usableFromInline static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]
}

extension DecimalNumber {
  /// What a text is as a number.
  package enum Outcome: Equatable {
    case number(Double)
    case notANumber
    /// Beyond the range of `Double`, or overlong.
    case tooLarge
  }

  /// Reads a whole text, without blanks around it: `[+-] digits [. digits] [e [+-] digits]`, where one side of the
  /// point may be empty. Words (`nan`, `inf`), hexadecimal numbers and digit separators are not numbers.
  /// - Complexity: O(count); without an allocation for up to 15 digits.
  package static func parse(_ text: UnsafeRawBufferPointer) -> Outcome {
    guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self), text.count > 0 else {
      return .notANumber
    }
    let count = text.count
    var index = 0
    var decimal = DecimalNumber()
    if base[0] == UInt8(ascii: "-") || base[0] == UInt8(ascii: "+") {
      decimal.isNegative = base[0] == UInt8(ascii: "-")
      index = 1
    }
    let whole = index
    while index < count, decimal.append(base[index], isFraction: false) { index &+= 1 }
    var digitCount = index - whole
    if index < count, base[index] == UInt8(ascii: ".") {
      index &+= 1
      let fraction = index
      while index < count, decimal.append(base[index], isFraction: true) { index &+= 1 }
      digitCount += index - fraction
    }
    guard digitCount > 0 else { return .notANumber }
    if index < count, base[index] | 0x20 == UInt8(ascii: "e") {
      index &+= 1
      guard decimal.readExponent(base, &index, count) else { return .notANumber }
    }
    guard index == count else { return .notANumber }
    return decimal.value(of: text).map { .number($0) } ?? .tooLarge
  }
}

/// The number that `bytes` write in decimal, blanks and tabs around it left out; nil if they are anything else, or one
/// beyond `Double`.
package func parseNumber(_ bytes: UnsafeRawBufferPointer) -> Double? {
  if case .number(let value) = DecimalNumber.parse(trimmed(bytes)) { value } else { nil }
}

/// `bytes` without blanks and tabs at both ends.
@inlinable @inline(__always)
package func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
  var from = 0
  var to = bytes.count
  while from < to, bytes[from] == 0x20 || bytes[from] == 0x09 { from &+= 1 }
  while to > from, bytes[to &- 1] == 0x20 || bytes[to &- 1] == 0x09 { to &-= 1 }
  return UnsafeRawBufferPointer(rebasing: bytes[from..<to])
}
