import TestSupport
import Basics
import Testing

@testable import Filters

@Suite struct DecimalNumberTests {
  @Test(arguments: [
    "0", "-0", "1", "12.5", "+3", ".5", "5.", "1e5", "1E-5", "123456789012345", "1234567890123456789", "0.1",
    "179769313486231570000e288", "4.9e-324", "1e-400", "0.000000000000000000000000000001", "00012",
    "9007199254740993", "0.30000000000000004", "2.2250738585072011e-308", "0e999999999999", "1e+22", "1e23",
  ])
  func readsWhatTheStandardLibraryReads(text: String) throws {
    let expected = try #require(
      Double(text.hasSuffix(".") ? text + "0" : text.hasPrefix(".") ? "0" + text : text))
    guard case .number(let value) = DecimalNumber.parse(text) else {
      Issue.record("\(text) was not read")
      return
    }
    #expect(value.bitPattern == expected.bitPattern, "\(text)")
  }

  @Test(arguments: ["", ".", "-", "e5", "1e", "1e+", "--1", "1 2", "0x1", "nan", "inf", "1_000", "1,5", "١"])
  func refusesTheRest(text: String) { #expect(DecimalNumber.parse(text) == .notANumber) }

  @Test func refusesNumbersOutsideDouble() {
    #expect(DecimalNumber.parse("1e309") == .tooLarge)
    #expect(DecimalNumber.parse("-1e99999999999999999999") == .tooLarge)
  }

  @Test func readsRandomNumbersExactly() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<5000 {
      let digits = String((0..<(1 + generator.below(20))).map { _ in Character("\(generator.below(10))") })
      let fraction = String((0..<generator.below(8)).map { _ in Character("\(generator.below(10))") })
      let exponent = generator.below(3) == 0 ? "e\(generator.below(60) - 30)" : ""
      let text = digits + (fraction.isEmpty ? "" : "." + fraction) + exponent
      #expect(DecimalNumber.parse(text) == Double(text).map { .number($0) }, "\(text), \(generator)")
    }
  }
}
