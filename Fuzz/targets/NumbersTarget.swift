import Basics
import Interchange

extension FuzzTarget {
  /// Numbers as people and programs write them: decimals are those of the C library, and a format's digits are a
  /// number of the plain format.
  static let numbers = FuzzTarget("numbers", maximumBytes: 1_200) { bytes in
    var input = FuzzInput(bytes)
    let choice = input.below(NumberFormat.names.count + 1)
    guard choice < NumberFormat.names.count else { return try checkDecimal(input.rest) }
    let format = try NumberFormat.named(NumberFormat.names[choice])
    let value = format.number(input.rest)
    let digits = format.withDigits(of: input.rest) { (Array($0.text), $0.isUnchanged) }
    try hold(
      value == digits.flatMap { $0.0.withUnsafeBytes { parseNumber($0) } }, "\(String(describing: value))")
    guard let (text, isUnchanged) = digits else { return }
    try hold(isUnchanged == text.elementsEqual(input.rest), "unchanged \(isUnchanged)")
    // A point without a digit before it gets one: a field of the greatest length becomes too long.
    guard text.count <= Limits.formattedNumberBytes else { return }
    let plain = text.withUnsafeBytes { NumberFormat.plain.withDigits(of: $0) { $0.isUnchanged } }
    try hold(plain == true, "the digits \(String(decoding: text, as: UTF8.self)) are not plain")
  } samples: {
    let texts = [
      ["1234.56", "-.5", "$ 12", "US$1", "7 kr."], ["1,234.56", "-1,234,567", "12 EUR"], ["1'234.56"],
      ["1 234.56", "1\u{a0}234"], ["1234,56", "\u{2212}3,5 \u{20ac}"], ["1.234,56", "1.234.567"],
      ["1 234,56", "1\u{202f}234,5"],
      ["0.1", "-12345678901234567890.5e-3", "1e400", "5.", ".5", "2.2250738585072011e-308", "+1E+22"],
    ]
    return texts.enumerated().flatMap { index, texts in texts.map { [UInt8(index)] + $0.utf8 } }
  }

  /// A number is what the C library reads, of the grammar that is read here and no other.
  private static func checkDecimal(_ bytes: UnsafeRawBufferPointer) throws {
    let outcome = DecimalNumber.parse(bytes)
    var rest = bytes[...]
    func skip(_ options: [UInt8]) -> Bool {
      guard let first = rest.first, options.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    func digits() -> Int {
      let count = rest.prefix { (0x30...0x39).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    _ = skip([0x2b, 0x2d])
    var count = digits()
    if skip([0x2e]) { count += digits() }
    var isNumber = count > 0
    if isNumber, skip([0x65, 0x45]) {
      _ = skip([0x2b, 0x2d])
      isNumber = digits() > 0
    }
    isNumber = isNumber && rest.isEmpty
    guard isNumber else {
      return try hold(outcome == .notANumber, "\(outcome) of \(String(decoding: bytes, as: UTF8.self))")
    }
    let wanted = Double(String(decoding: bytes, as: UTF8.self))
    switch outcome {
    case .number(let value):
      try hold(
        value.bitPattern == wanted?.bitPattern,
        "\(value) where the C library reads \(String(describing: wanted))")
    case .tooLarge: try hold(bytes.count > 1_024 || wanted?.isFinite != true, "\(String(describing: wanted))")
    case .notANumber: throw FuzzFailure("\(String(decoding: bytes, as: UTF8.self)) is a number")
    }
  }
}
