import Basics
import Testing

@testable import Interchange

@Suite struct JSONWriterTests {
  @Test func objectsAndArrays() {
    let first: JSONValue = [
      "query": .integer(0),
      "matches": .array([["id": .string("85123A"), "score": .number(0.5)], [:]]), "ok": .bool(true),
      "none": .null, "empty": .array([]),
    ]
    var writer = JSONWriter()
    writer.value(first)
    writer.endLine()
    writer.value(["b": .array([.null, .bool(false)])])
    #expect(
      String(decoding: writer.bytes, as: UTF8.self) == """
        {"query":0,"matches":[{"id":"85123A","score":0.5},{}],"ok":true,"none":null,"empty":[]}
        {"b":[null,false]}
        """)
  }

  @Test func numbersAreShortestAndWholeOnesBare() {
    let doubles = [0.0, -0.0, 1, 0.1, 1e21, 1e-7, -2.5, .nan, .infinity, 123_456_789]
    #expect(
      JSONValue.array(doubles.map { .number($0) }).text
        == "[0,-0,1,0.1,1e+21,1e-07,-2.5,null,null,123456789]")
    let others: [JSONValue] = [
      .float(0.1), .float(16_777_216), .float(-.infinity), .number(JSONNumber(UInt64.max)), .integer(-5),
    ]
    #expect(JSONValue.array(others).text == "[0.1,16777216,null,18446744073709551615,-5]")
  }

  @Test func floatsReadBack() throws {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<5000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      guard value.isFinite else { continue }
      let read = try JSONParser.parse(JSONValue.float(value).text).number
      #expect(read.map { Float($0) } == value, "\(generator)")
    }
  }

  @Test func onlyWhatMustBeIsEscaped() {
    #expect(
      JSONValue.string("a\"\\\n\r\t\u{8}\u{c}\u{0}\u{1f}\u{7f}/é🙂").text
        == #""a\"\\\n\r\t\b\f\u0000\u001f"# + "\u{7f}/é🙂\"")
    #expect((["a\"b": .string("")] as JSONValue).text == #"{"a\"b":""}"#)
  }

  @Test func theMemoryIsUsedAgain() {
    var writer = JSONWriter()
    writer.value(.string("x"))
    writer.removeAll()
    writer.value(.integer(1))
    #expect(writer.bytes == Array("1".utf8))
  }
}
