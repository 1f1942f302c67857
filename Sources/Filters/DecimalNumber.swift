/// Reads decimal numbers from bytes, as they stand in filters and in the cells of text files.
///
/// The grammar is `[+-] digits [. digits] [e [+-] digits]` with at least one digit before the exponent. Words
/// (`nan`, `inf`), hexadecimal numbers and digit separators are not numbers here.
enum DecimalNumber {
  /// The outcome of reading.
  enum Outcome: Equatable {
    case number(Double)
    case notANumber
    case tooLarge
  }

  /// Reads a whole text, without spaces around it.
  static func parse(_ text: String) -> Outcome {
    var text = text
    return text.withUTF8 { parse(UnsafeRawBufferPointer($0)) }
  }

  /// The number in a cell, or `nil`: spaces and tabs around it do not count, and a number beyond the range of
  /// `Double` is none.
  static func cell(_ bytes: UnsafeRawBufferPointer) -> Double? {
    let trimmed = trimmingBlanks(bytes)
    guard case .number(let value) = parse(trimmed) else { return nil }
    return value
  }

  /// `bytes` without the spaces and tabs at both ends.
  static func trimmingBlanks(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var first = 0
    var end = bytes.count
    while first < end, bytes[first] == 0x20 || bytes[first] == 0x09 { first += 1 }
    while end > first, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[first..<end])
  }

  /// Reads all of `bytes`. O(count), without allocating for numbers of up to 15 significant digits.
  static func parse(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    var scan = Scan(bytes: bytes)
    guard scan.run() else { return .notANumber }
    if let value = scan.exactValue { return .number(value) }
    // Rare: many digits or a far exponent. The standard library rounds those correctly and has no locale.
    guard let value = Double(String(decoding: bytes, as: UTF8.self)) else { return .notANumber }
    return value.isFinite ? .number(value) : .tooLarge
  }

  private struct Scan {
    let bytes: UnsafeRawBufferPointer
    var position = 0
    var isNegative = false
    var digits: UInt64 = 0
    var significantCount = 0
    var exponent = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Whether all bytes are one number.
    mutating func run() -> Bool {
      if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D {
        isNegative = bytes[position] == 0x2D
        position += 1
      }
      let wholeCount = readDigits(areFraction: false)
      var fractionCount = 0
      if position < bytes.count, bytes[position] == 0x2E {
        position += 1
        fractionCount = readDigits(areFraction: true)
      }
      guard wholeCount + fractionCount > 0 else { return false }
      if position < bytes.count, bytes[position] | 0x20 == 0x65, !readExponent() { return false }
      return position == bytes.count
    }

    private mutating func readDigits(areFraction: Bool) -> Int {
      let start = position
      while position < bytes.count {
        let digit = bytes[position] &- 0x30
        guard digit < 10 else { break }
        position += 1
        if significantCount > 0 || digit != 0 { significantCount += 1 }
        if significantCount <= 18 { digits = digits &* 10 &+ UInt64(digit) }
        if areFraction { exponent -= 1 }
      }
      return position - start
    }

    private mutating func readExponent() -> Bool {
      position += 1
      var isNegativeExponent = false
      if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D {
        isNegativeExponent = bytes[position] == 0x2D
        position += 1
      }
      let start = position
      var written = 0
      while position < bytes.count {
        let digit = bytes[position] &- 0x30
        guard digit < 10 else { break }
        position += 1
        // More is beyond any double; the slow path finds out which end of the range it is.
        if written < 100_000 { written = written * 10 + Int(digit) }
      }
      exponent += isNegativeExponent ? -written : written
      return position > start
    }

    /// The value, where one correctly rounded operation on exact operands gives it.
    var exactValue: Double? {
      guard significantCount <= 15, exponent >= -22, exponent <= 22 else {
        return digits == 0 && significantCount == 0 ? (isNegative ? -0.0 : 0.0) : nil
      }
      let whole = Double(digits)
      let scale = DecimalNumber.powersOfTen[abs(exponent)]
      let magnitude = exponent < 0 ? whole / scale : whole * scale
      return isNegative ? -magnitude : magnitude
    }
  }

  /// 10^0 to 10^22, all exact.
  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]
}
