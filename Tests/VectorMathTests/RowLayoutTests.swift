import Basics
import Testing
import VectorMath

@Suite struct RowLayoutTests {
  @Test func stridesAreWholeLines() throws {
    let expected: [(Int, RowEncoding, Int)] = [
      (1, .float32, 64), (16, .float32, 64), (17, .float32, 128), (384, .float32, 1536), (1, .float16, 64),
      (33, .float16, 128), (384, .float16, 768),
    ]
    for (dimension, encoding, stride) in expected {
      let layout = try RowLayout(dimension: dimension, encoding: encoding)
      #expect(layout.strideBytes == stride, "\(dimension) \(encoding)")
    }
  }

  @Test(arguments: [0, -1, 16_385, .max, .min]) func badDimensionsAreRefused(dimension: Int) {
    let error = #expect(throws: VectorError.self) { try RowLayout(dimension: dimension, encoding: .float32) }
    #expect(error?.code == .dimensionOutOfRange)
    #expect(error?.message.contains("\(dimension)") == true)
  }

  @Test(arguments: RowEncoding.allCases) func encodingPadsWithZerosAndStaysInside(encoding: RowEncoding)
    throws
  {
    for dimension in [1, 5, 31, 32, 33, 100] {
      let layout = try RowLayout(dimension: dimension, encoding: encoding)
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: layout.strideBytes + 64, alignment: 64)
      defer { memory.deallocate() }
      memory.initializeMemory(as: UInt8.self, repeating: 0xAB)
      let row = try #require(memory.baseAddress)
      // Small whole numbers are exact in both encodings.
      let vector = (0..<dimension).map { Float($0 - 20) }
      layout.encode(vector, into: row)
      #expect(layout.decoded(row) == vector)
      #expect(memory[layout.componentBytes..<layout.strideBytes].allSatisfy { $0 == 0 })
      #expect(memory[layout.strideBytes...].allSatisfy { $0 == 0xAB })
    }
  }

  @Test func halvesRoundWithinTheirPrecision() throws {
    var generator = SeededGenerator(seed: 41)
    let vector = generator.nextVector(dimension: 300)
    let rows = try EncodedRows(vector, dimension: 300, encoding: .float16)
    let back = rows.layout.decoded(try #require(rows.pointers[0]))
    for (before, after) in zip(vector, back) {
      #expect(abs(before - after) <= max(abs(before) * 0x1p-11, 0x1p-25), "\(before) \(generator)")
    }
  }
}
