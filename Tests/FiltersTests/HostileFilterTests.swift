import Values
import TestSupport
import Basics
import Testing

@testable import Filters

/// No text makes the parser trap; what it accepts can be evaluated and written.
@Suite struct HostileFilterTests {
  private func check(_ text: String, _ generator: SeededGenerator) {
    do throws(FilterError) {
      let filter = try ParsedFilter.parse(text)
      _ = filter.evaluate { _ in 1 }
      let canonical = try ParsedFilter.canonical(text)
      let again = try ParsedFilter.canonical(canonical)
      #expect(again == canonical, "\(text), \(generator)")
    } catch {
      #expect(error.column >= 1 && error.column <= text.unicodeScalars.count + 1, "\(text), \(generator)")
      #expect(error.length >= 1 && !error.message.isEmpty)
      #expect(error.excerpt(of: text).split(separator: "\n").count <= 2)
    }
  }

  @Test func survivesRandomTokens() {
    var generator = SeededGenerator(seed: 21)
    let tokens = [
      "a", "b", "and", "or", "not", "in", "is", "null", "true", "false", "between", "like", "(", ")", ",",
      "=", "<",
      "<=", "!=", "<>", "1", "-2.5", "'x'", "\"y\"", "`q r`", "[z]", "where", "é", "1e5",
    ]
    for _ in 0..<4000 {
      check((0..<generator.below(14)).map { _ in generator.pick(tokens) }.joined(separator: " "), generator)
    }
  }

  @Test func survivesRandomBytes() {
    var generator = SeededGenerator(seed: 22)
    let signs = Array("ab01.'\"`[]()<>=!,-+eE &|;\n\t".utf8)
    for round in 0..<4000 {
      let bytes = (0..<generator.below(40)).map { _ in
        round % 2 == 0 ? UInt8(truncatingIfNeeded: generator.next()) : generator.pick(signs)
      }
      check(String(decoding: bytes, as: UTF8.self), generator)
    }
  }

  @Test func bordersOfDepthAndLength() throws {
    func code(_ text: String) -> FilterError.Code? {
      do throws(FilterError) { _ = try ParsedFilter.parse(text) } catch { return error.code }
      return nil
    }
    func nested(_ depth: Int) -> String {
      String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
    }
    #expect(code(nested(64)) == nil)
    #expect(code(nested(65)) == .filterTooDeep)
    #expect(code(String(repeating: "not ", count: 64) + "a") == nil)
    #expect(code(String(repeating: "not ", count: 65) + "a") == .filterTooDeep)
    #expect(code(String(repeating: "(", count: 60_000)) == .filterTooDeep)
    #expect(code(String(repeating: "not ", count: 16_000)) == .filterTooDeep)
    #expect(code("a = '" + String(repeating: "x", count: Limits.filterBytes - 6) + "'") == nil)
    #expect(
      code("a = '" + String(repeating: "x", count: Limits.filterBytes - 5) + "'") == .filterTooLong)
  }

  @Test func longChainsDoNotRecurse() throws {
    let chain = try ParsedFilter.parse(Array(repeating: "a=1", count: 9000).joined(separator: " or "))
    #expect(chain.evaluate { _ in 1 })
    #expect(!chain.evaluate { _ in 2 })
    let list = try ParsedFilter.parse("a in (\((0..<9000).map { "\($0)" }.joined(separator: ",")))")
    #expect(list.evaluate { _ in 8999 } && !list.evaluate { _ in 9000 })
  }

  @Test func likeStaysPolynomial() throws {
    let filter = try ParsedFilter.parse("a like '\(String(repeating: "%a", count: 200))b'")
    let text = AttributeValue.string(String(repeating: "a", count: 2000))
    #expect(!filter.evaluate { _ in text })
  }
}
