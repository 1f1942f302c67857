import TestSupport
import Basics
import Testing

@testable import Interchange
@testable import Values

/// Every parser meets thousands of broken inputs. What is tested is that each one comes to an end, with rows or
/// with an error of this module; a trap would end the test process.
@Suite struct HostileInputTests {
  private static let everyByte = [UInt8](0...255)

  /// Random bytes, and mutations of a valid document.
  private func inputs(_ valid: [UInt8], count: Int, seed: UInt64) -> [[UInt8]] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { number in
      number % 4 == 0 ? generator.bytes(200, from: Self.everyByte) : generator.mutated(valid)
    }
  }

  /// Runs `body` on every input and counts those it accepted; another error than ours fails the test.
  private func accepted(_ inputs: [[UInt8]], _ body: ([UInt8]) throws -> Void) -> Int {
    inputs.count { input in
      do {
        try body(input)
        return true
      } catch is InterchangeError {
        return false
      } catch {
        Issue.record("\(error) for \(input)")
        return false
      }
    }
  }

  @Test func arrays() {
    let valid = NPYFileTests.npy("<f4", "(3, 2)", [UInt8](repeating: 0x3f, count: 24))
    let inputs = inputs(valid, count: 4000, seed: 10)
    let count = accepted(inputs) { bytes in
      let file = try NPYFile(ByteSource(bytes: bytes))
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: file.columns)
      defer { memory.deallocate() }
      for row in 0..<file.rows {
        if file.element.isFloatingPoint {
          file.copyRows(row..<row + 1, into: memory)
        } else {
          _ = file.integer(row: row, column: file.columns - 1)
        }
      }
    }
    #expect(count > 0 && count < inputs.count)
  }

  @Test func fvecs() {
    let inputs = inputs(FvecsFileTests.fvecs([[1, 2], [3, 4], [5, 6]]), count: 3000, seed: 11)
    let count = accepted(inputs) { bytes in
      let file = try FvecsFile(ByteSource(bytes: bytes))
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: max(file.columns, 1))
      defer { memory.deallocate() }
      for row in 0..<file.rows { try file.copyRow(row, into: memory) }
    }
    #expect(count > 0 && count < inputs.count)
  }

  @Test func gzip() {
    let valid = ByteSourceTests.compressedTable + Gzip.member(Array("more text".utf8))
    let inputs = inputs(valid, count: 3000, seed: 12)
    let count = accepted(inputs) { bytes in
      let source = ByteSource(bytes: bytes)
      var buffer = [UInt8](repeating: 0, count: 64)
      while try buffer.withUnsafeMutableBytes({ raw in try source.read(into: raw) }) > 0 {}
    }
    #expect(count > 0 && count < inputs.count)
  }

  @Test func tables() {
    let valid = Array("id,text,price\n1,\"a \"\"b\"\"\",2.5\n2,é漢,\r\n3,\"x\ny\",1e5\n".utf8)
    let inputs = inputs(valid, count: 3000, seed: 13)
    let count = accepted(inputs) { bytes in
      let rows = try RowRecord.all(bytes)
      #expect(rows.count <= bytes.count)
    }
    #expect(count > 0 && count < inputs.count)
  }

  @Test func json() {
    let valid = Array(
      #"{"id":"a\u00e9\ud83d\ude42","n":[-1.5e-3,0,12345678901234567890],"o":{"x":null,"y":[true,false]}}"#
        .utf8)
    let inputs = inputs(valid, count: 4000, seed: 14)
    let count = accepted(inputs) { bytes in
      let value = try JSONParser.parse(bytes)
      #expect(try JSONParser.parse(value.text) == value, "what is accepted survives writing")
    }
    #expect(count > 0 && count < inputs.count)
  }

  @Test func vectorLines() {
    let valid = Array(#"{"id":"a","vector":[1,-2.5e3,0.125],"attributes":{"x":[1]}}"#.utf8)
    var good = 0
    for bytes in inputs(valid, count: 4000, seed: 15) {
      bytes.withUnsafeBytes { raw in
        var values: [Float] = []
        do throws(JSONFault) {
          _ = try VectorLine.parse(raw, limits: JSONLimits(), appendingTo: &values)
          good += 1
        } catch {
          #expect(error.offset >= 0 && error.offset <= bytes.count)
          #expect(!error.message(for: raw).isEmpty)
        }
      }
    }
    #expect(good > 0 && good < 4000)
  }

  @Test func numbersAndTimes() {
    var generator = SeededGenerator(seed: 16)
    let alphabet = Array("0123456789+-.eE:TZ naif".utf8)
    let valid = Array("2010-12-01T08:26:00.123+01:00".utf8)
    var times = 0
    for number in 0..<10_000 {
      let bytes = number % 2 == 0 ? generator.bytes(30, from: alphabet) : generator.mutated(valid)
      bytes.withUnsafeBytes { raw in
        if let value = parseNumber(raw) { #expect(value.isFinite) }
        if let time = parseTime(raw) {
          times += 1
          #expect(time >= Calendar.earliest && time <= Calendar.latest)
        }
      }
    }
    #expect(times > 0)
  }

  @Test func idLists() {
    let count = accepted(inputs(Array("a\nb\r\né\n".utf8), count: 1000, seed: 17)) { bytes in
      let ids = try IDFile.read(ByteSource(bytes: bytes))
      #expect(ids.allSatisfy { !$0.isEmpty })
    }
    #expect(count > 0 && count < 1000)
  }
}
