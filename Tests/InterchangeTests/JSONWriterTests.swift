import Basics
import Testing

@testable import Interchange

@Suite struct JSONWriterTests {
  private func text(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return writer.text
  }

  @Test func objectsAndArrays() {
    let document = text { writer in
      writer.object { object in
        object.member("query", 0)
        object.key("matches")
        object.array { array in
          array.object { match in
            match.member("id", "85123A")
            match.member("score", 0.5)
          }
          array.object { _ in }
        }
        object.key("ok")
        object.value(true)
        object.key("none")
        object.null()
        object.key("empty")
        object.array { _ in }
      }
      writer.endLine()
      writer.value(["b": .array([.null, .bool(false)])] as JSONValue)
    }
    #expect(
      document == """
        {"query":0,"matches":[{"id":"85123A","score":0.5},{}],"ok":true,"none":null,"empty":[]}
        {"b":[null,false]}
        """)
  }

  @Test func numbersAreShortestAndWholeOnesBare() {
    let numbers = text { writer in
      writer.array { array in
        for value in [0.0, -0.0, 1, 0.1, 1e21, 1e-7, -2.5, .nan, .infinity, 123_456_789] {
          array.value(value)
        }
        array.value(Float(0.1))
        array.value(Float(16_777_216))
        array.value(-Float.infinity)
        array.value(UInt64.max)
        array.value(Int8(-5))
      }
    }
    #expect(
      numbers
        == "[0,-0,1,0.1,1e+21,1e-07,-2.5,null,null,123456789,0.1,16777216,null,18446744073709551615,-5]")
  }

  @Test func floatsReadBack() throws {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<5000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      guard value.isFinite else { continue }
      let read = try JSONParser.parse(text { $0.value(value) }).number
      #expect(read.map { Float($0) } == value, "\(generator)")
    }
  }

  @Test func onlyWhatMustBeIsEscaped() {
    #expect(
      text { $0.value("a\"\\\n\r\t\u{8}\u{c}\u{0}\u{1f}\u{7f}/é🙂") } == #""a\"\\\n\r\t\b\f\u0000\u001f"#
        + "\u{7f}/é🙂\"")
    #expect(text { $0.object { $0.member("a\"b", "") } } == #"{"a\"b":""}"#)
  }

  @Test func theMemoryIsUsedAgain() {
    var writer = JSONWriter(reservingBytes: 64)
    writer.value("x")
    writer.removeAll()
    writer.value(1)
    #expect(writer.text == "1")
  }
}
