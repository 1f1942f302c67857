/// A decimal number being read digit by digit, and its exact conversion to the nearest `Double`.
struct DecimalNumber {
  var isNegative = false
  /// The first digits, as many as certainly fit.
  private(set) var mantissa: UInt64 = 0
  /// The power of ten that `mantissa` is multiplied with.
  var exponent = 0
  /// Whether a digit other than those in `mantissa` was seen.
  private(set) var isTruncated = false

  /// Exponents beyond this are as good as infinite, and sums of two stay far from overflow.
  static let exponentLimit = 1_000_000
  /// Longer texts are refused: nobody writes them, and their conversion is not linear everywhere.
  static let maximumLength = 1024

  /// Takes one more digit; false if `byte` is none.
  @inline(__always)
  mutating func append(_ byte: UInt8, isFraction: Bool) -> Bool {
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

  /// The nearest double, ties to even, of the number whose whole text is `text`; nil if it is not finite or
  /// the text is overlong.
  @inline(__always)
  func value(of text: UnsafeRawBufferPointer) -> Double? {
    // Both the mantissa and the power are exact doubles, so that one rounding, the right one, happens.
    if !isTruncated, mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
      let magnitude =
        exponent < 0
        ? Double(mantissa) / Self.powersOfTen[-exponent] : Double(mantissa) * Self.powersOfTen[exponent]
      return isNegative ? -magnitude : magnitude
    }
    return slowValue(of: text)
  }

  @inline(never)
  private func slowValue(of text: UnsafeRawBufferPointer) -> Double? {
    guard text.count <= Self.maximumLength else { return nil }
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19,
    1e20, 1e21, 1e22,
  ]
}

/// The number that `bytes` write in decimal, or nil if they are anything else.
///
/// Blanks around it, a leading `+`, and a missing digit on one side of the point are allowed; the whole field
/// must be consumed. `""`, `NaN`, `inf`, hexadecimal and numbers beyond `Double` are nil.
/// - Complexity: O(count); without an allocation for up to 15 digits.
package func parseNumber(_ bytes: UnsafeRawBufferPointer) -> Double? {
  let text = trimmed(bytes)
  guard let base = text.baseAddress, text.count > 0 else { return nil }
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
  guard digitCount > 0 else { return nil }
  if index < count, base[index] | 0x20 == UInt8(ascii: "e") {
    index &+= 1
    var isNegative = false
    if index < count, base[index] == UInt8(ascii: "-") || base[index] == UInt8(ascii: "+") {
      isNegative = base[index] == UInt8(ascii: "-")
      index &+= 1
    }
    let begin = index
    var exponent = 0
    while index < count, case let digit = base[index] &- UInt8(ascii: "0"), digit < 10 {
      exponent = min(exponent &* 10 &+ Int(digit), DecimalNumber.exponentLimit)
      index &+= 1
    }
    guard index > begin else { return nil }
    decimal.exponent &+= isNegative ? -exponent : exponent
  }
  guard index == count else { return nil }
  return decimal.value(of: text)
}

/// `bytes` without blanks and tabs at both ends.
@inline(__always)
func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
  var from = 0
  var to = bytes.count
  while from < to, bytes[from] == 0x20 || bytes[from] == 0x09 { from &+= 1 }
  while to > from, bytes[to &- 1] == 0x20 || bytes[to &- 1] == 0x09 { to &-= 1 }
  return UnsafeRawBufferPointer(rebasing: bytes[from..<to])
}
