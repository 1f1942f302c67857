import Basics
import Testing

@Suite struct DecimalNumberTests {
  private func parse(_ text: String) -> Double? { Array(text.utf8).withUnsafeBytes { parseNumber($0) } }

  @Test func whatIsTooLargeIsANumber() {
    func outcome(_ text: String) -> DecimalNumber.Outcome {
      Array(text.utf8).withUnsafeBytes { DecimalNumber.parse($0) }
    }
    #expect(outcome("1e309") == .tooLarge && outcome("-1e99999999999999999999") == .tooLarge)
    #expect(outcome("0e999999999999") == .number(0) && outcome("00012") == .number(12))
    // Only `parseNumber` takes blanks away.
    #expect(outcome(" 1") == .notANumber && outcome("1e") == .notANumber && outcome("") == .notANumber)
  }

  @Test func plainNumbers() {
    let golden: [(String, Double)] = [
      ("0", 0), ("7", 7), ("-1.5", -1.5), ("+2", 2), (" 3.25\t", 3.25), (".5", 0.5), ("5.", 5), ("1e3", 1000),
      ("1E-2", 0.01), ("2.5e+1", 25), ("0.1", 0.1), ("9007199254740993", 9_007_199_254_740_992),
      ("12345678901234567890", 12_345_678_901_234_567_168), ("1e22", 1e22), ("1e23", 1e23),
      ("5.e30", 5e30), (".5e30", 0.5e30), ("+1e30", 1e30),
      ("1.7976931348623157e308", .greatestFiniteMagnitude),
      ("4.9e-324", .leastNonzeroMagnitude), ("1e-400", 0),
      ("123456789012345678901234567890", 1.2345678901234568e29),
    ]
    for (text, value) in golden { #expect(parse(text) == value, "\(text)") }
    #expect(parse("-0")?.sign == .minus)
  }

  @Test(arguments: [
    "", " ", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "NaN", "nan", "inf", "-Infinity", "0x10", "1e400",
    "-1e400", "1 2", "1,5", "1_000", "12a", "--1", "1e5.5", "\u{661}", "1e99999999999999999999", "\n1",
  ])
  func everythingElseIsNone(text: String) {
    #expect(parse(text) == nil)
  }

  @Test func overlongTextsAreRefusedOnlyWhereTheyCost() {
    #expect(parse(String(repeating: "0", count: 5000) + "7") == 7)
    #expect(parse(String(repeating: "7", count: 5000)) == nil)
  }

  @Test func valuesAreTheNearestDoubles() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      let digits = Int.random(in: 1...20, using: &generator)
      var text = (0..<digits).map { _ in String(Int.random(in: 0...9, using: &generator)) }.joined()
      if Bool.random(using: &generator) {
        text.insert(
          ".", at: text.index(text.startIndex, offsetBy: Int.random(in: 1...digits, using: &generator)))
      }
      if Bool.random(using: &generator) { text += "e\(Int.random(in: -40...40, using: &generator))" }
      if Bool.random(using: &generator) { text = "-" + text }
      #expect(parse(text) == Double(text), "\(generator) \(text)")
    }
  }

  @Test func shortestTextsReadBack() {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: generator.next())
      if value.isFinite { #expect(parse(value.description) == value, "\(generator)") }
    }
  }
}
