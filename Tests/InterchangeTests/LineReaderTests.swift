import Testing

@testable import Interchange

@Suite struct LineReaderTests {
  private func lines(_ text: String, limitBytes: Int = 1 << 20) throws -> [String] {
    let reader = LineReader(ByteSource(bytes: Array(text.utf8)), limitBytes: limitBytes)
    var result: [String] = []
    while let line = try reader.next() {
      switch line {
      case .text(let bytes): result.append(String(decoding: bytes, as: UTF8.self))
      case .tooLong(let beginning): result.append("long " + String(decoding: beginning, as: UTF8.self))
      }
      #expect(reader.lineNumber == result.count)
    }
    return result
  }

  @Test func lineEndsOfBothKinds() throws {
    #expect(try lines("a\nb\r\n\nc") == ["a", "b", "", "c"])
    #expect(try lines("a\n") == ["a"])
    #expect(try lines("\n") == [""])
    #expect(try lines("") == [])
    #expect(try lines("\u{feff}a\nb") == ["a", "b"])
    #expect(try lines("a\nb\rc\n") == ["a", "b\rc"])
    #expect(try lines("a\rb\n") == ["a", "b"], "the first line decides")
  }

  @Test func linesAboveTheLimitAreSkipped() throws {
    let long = String(repeating: "x", count: 100)
    #expect(try lines("a\n\(long)\nb\n", limitBytes: 16) == ["a", "long " + long.prefix(16), "b"])
    #expect(try lines(long, limitBytes: 16) == ["long " + long.prefix(16)])
  }

  @Test func manyLinesThroughASmallBuffer() throws {
    let expected = (0..<5000).map { "line \($0)" }
    #expect(try lines(expected.joined(separator: "\n"), limitBytes: 40) == expected)
  }

  @Test func aLongLineGrowsTheBuffer() throws {
    let long = String(repeating: "0123456789", count: 200_000)
    #expect(try lines("a\n\(long)\nb", limitBytes: 4 << 20) == ["a", long, "b"])
  }
}
