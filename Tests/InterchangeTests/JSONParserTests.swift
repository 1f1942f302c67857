import Basics
import Testing

@testable import Interchange

@Suite struct JSONParserTests {
  /// The value that `text` writes, written again.
  private func again(_ text: String) throws -> String {
    try JSONParser.parse(text).text
  }

  /// The reason why `text` is refused, or nil if it is not.
  private func reason(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> BadRow.Reason? {
    bytes.withUnsafeBytes { raw in
      do throws(JSONFault) {
        _ = try JSONParser.parseDocument(raw, limits: limits)
        return nil
      } catch {
        return error.reason
      }
    }
  }

  private func reason(_ text: String, limits: JSONLimits = JSONLimits()) -> BadRow.Reason? {
    reason(Array(text.utf8), limits: limits)
  }

  @Test func values() throws {
    #expect(try JSONParser.parse("null") == .null)
    #expect(try JSONParser.parse(" true ") == .bool(true))
    #expect(try JSONParser.parse("[]") == .array([]))
    #expect(try JSONParser.parse("{}") == .object(JSONObject()))
    #expect(try JSONParser.parse("-12.5e1").number == -125)
    let value = try JSONParser.parse("{\"b\":[1,{\"c\":null}],\r\n\t\"a\":\"x\"}")
    #expect(value.object?.members.map(\.key) == ["b", "a"])
    #expect(value.object?["b"]?.array?.first?.number == 1)
    #expect(value.object?["a"]?.string == "x")
    #expect(value.object?["z"] == nil)
  }

  @Test func numbersKeepTheirText() throws {
    for text in ["12345678901234567890", "0.10", "1e2", "-0", "1E+05", "3.0"] {
      #expect(try JSONParser.parse(text).identifier == text)
      #expect(try again(text) == text)
    }
    #expect(try JSONParser.parse("42") == .number(JSONNumber(42)))
  }

  @Test func stringsAreUnescaped() throws {
    let golden = [
      (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
      (#""\u00e9\u6f22\ud83d\ude42\u0000""#, "\u{e9}\u{6f22}\u{1f642}\u{0}"), (#""é漢🙂""#, "é漢🙂"),
      (
        #""long enough to need more than one step \n of eight bytes each""#,
        "long enough to need more than one step \n of eight bytes each"
      ),
      (#""\uD83D\uDE42x""#, "\u{1f642}x"),
    ]
    for (text, value) in golden { #expect(try JSONParser.parse(text).string == value, "\(text)") }
  }

  @Test(arguments: [
    "{", "[", "[1", "[1,", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "\"abc", "\"abc\\", "\"\\u12", "tru",
    "-",
    "1.", "1e", "", "  ", "\"\\ud83d", "\"\\ud83d\\", "\"\\ud83d\\u",
  ])
  func cutShort(text: String) {
    #expect(reason(text) == .truncatedJSON)
  }

  @Test(arguments: [
    "[1,]", "{\"a\":1,}", "{a:1}", "{'a':1}", "[1 2]", "{\"a\" 1}", "nul1", "True", "1 2", "{}x", "\"\\x\"",
    "\"\\u12g4\"",
    "\"a\nb\"", "\"\u{1}\"", "]", "{\"a\":1]", "[1}", "/**/1", ",", "{1:2}", "\u{feff}1", "\0",
  ])
  func brokenGrammar(text: String) {
    #expect(reason(text) == .invalidJSON)
  }

  @Test(arguments: [
    "NaN", "[NaN]", "Infinity", "-Infinity", "1e400", "-1e400", "01", "-01", "+1", ".5", "1.x", "-x",
  ])
  func badNumbers(text: String) {
    #expect(reason(text) == .badNumber)
  }

  @Test(arguments: [
    #""\ud83d""#, #""\ude42""#, #""\ud83dx""#, #""\ud83d\n""#, #""\ud83d\u0041""#, #""\ude42\ud83d""#,
    #"{"\ud800":1}"#,
  ])
  func loneSurrogates(text: String) {
    #expect(reason(text) == .loneSurrogate)
  }

  @Test func duplicateKeys() {
    #expect(reason(#"{"a":1,"b":2,"a":3}"#) == .duplicateKey)
    #expect(reason(#"{"a":1,"\u0061":3}"#) == .duplicateKey)
    #expect(reason(#"{"a":{"a":1},"b":{"a":1}}"#) == nil)
    // Two spellings of é are equal as characters, but they are different keys.
    #expect(reason("{\"\u{e9}\":1,\"e\u{301}\":2}") == nil)
    let many = (0..<100).map { "\"key \($0)\":0" }
    #expect(reason("{\(many.joined(separator: ","))}") == nil)
    for repeated in [0, 15, 16, 17, 99] {
      let keys = many + [many[repeated]]
      #expect(reason("{\(keys.joined(separator: ","))}") == .duplicateKey, "key \(repeated)")
    }
  }

  @Test func limits() {
    let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(reason(deep) == nil)
    #expect(reason("[" + deep + "]") == .tooDeep)
    #expect(reason(String(repeating: "[", count: 1_000_000)) == .tooDeep)
    #expect(reason(String(repeating: "{\"a\":", count: 1_000_000)) == .tooDeep)
    #expect(reason("[1,2,3]", limits: JSONLimits(valueCount: 4)) == nil)
    #expect(reason("[1,2,3,4]", limits: JSONLimits(valueCount: 4)) == .tooManyValues)
    #expect(reason([0x22, 0xff, 0x22]) == .invalidUTF8)
  }

  @Test func errorsNameThePlace() {
    let error = #expect(throws: InterchangeError.self) {
      _ = try JSONParser.parse("{\n \"a\": 1,\n \"b\": x}")
    }
    #expect(error?.code == .invalidJSON)
    #expect(error?.message == "not JSON at line 3, column 7: a value expected, found 'x'")
  }

  @Test func randomValuesReadBack() throws {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<2000 {
      let value = randomValue(depth: 0, &generator)
      #expect(try JSONParser.parse(value.text) == value, "\(generator) \(value.text)")
    }
  }

  private func randomValue(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2: return .number(JSONNumber(Int64(bitPattern: generator.next())))
    case 3: return JSONNumber(Double(bitPattern: generator.next())).map { .number($0) } ?? .null
    case 4: return .string(randomText(&generator))
    case 5:
      return .array(
        (0..<Int.random(in: 0...4, using: &generator)).map { _ in randomValue(depth: depth + 1, &generator) })
    default:
      var object = JSONObject()
      for _ in 0..<Int.random(in: 0...20, using: &generator) {
        object[randomText(&generator)] = randomValue(depth: depth + 1, &generator)
      }
      return .object(object)
    }
  }

  private func randomText(_ generator: inout SeededGenerator) -> String {
    let scalars = Array("ab\"\\/\n\r\t\u{0}\u{1f}\u{7f}é漢🙂\u{2028}e\u{301}".unicodeScalars)
    var text = ""
    for _ in 0..<Int.random(in: 0...12, using: &generator) {
      text.unicodeScalars.append(scalars[Int.random(in: 0..<scalars.count, using: &generator)])
    }
    return text
  }
}
