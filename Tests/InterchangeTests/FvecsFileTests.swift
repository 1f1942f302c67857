import TestSupport
import Testing

@testable import Interchange

@Suite struct FvecsFileTests {
  /// Rows as a `.fvecs` file holds them.
  static func fvecs(_ rows: [[Float]]) -> [UInt8] {
    rows.flatMap { row in
      Gzip.littleEndian(UInt32(row.count)) + row.flatMap { Gzip.littleEndian($0.bitPattern) }
    }
  }

  private func row(_ file: FvecsFile, _ index: Int) throws -> [Float] {
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: file.columns)
    defer { memory.deallocate() }
    try file.copyRow(index, into: memory)
    return Array(UnsafeBufferPointer(start: memory, count: file.columns))
  }

  @Test func rowsRead() throws {
    let folder = try TemporaryDirectory()
    let bytes = Self.fvecs([[1, 2.5], [-3, 4], [5, 6]])
    for path in [
      try folder.write(bytes, to: "a.fvecs"), try folder.write(Gzip.member(bytes), to: "b.fvecs.gz"),
    ] {
      let file = try FvecsFile(path: path)
      #expect(file.rows == 3 && file.columns == 2)
      #expect(try row(file, 1) == [-3, 4])
      #expect(try row(file, 2) == [5, 6])
    }
    #expect(try FvecsFile(ByteSource(bytes: [])).rows == 0)
  }

  @Test func damageIsTold() throws {
    let good = Self.fvecs([[1, 2], [3, 4]])
    for length in 1..<good.count where length != good.count / 2 {
      #expect(errorCode { _ = try FvecsFile(ByteSource(bytes: Array(good.prefix(length)))) } == .corrupt)
    }
    for dimension: Int32 in [0, -1, .min, .max, (1 << 20) + 1] {
      let bytes = Gzip.littleEndian(UInt32(bitPattern: dimension)) + [0, 0, 0, 0]
      #expect(errorCode { _ = try FvecsFile(ByteSource(bytes: bytes)) } == .corrupt, "\(dimension)")
    }
    var other = good
    other[12] = 3
    let file = try FvecsFile(ByteSource(bytes: other, name: "x.fvecs"))
    let error = #expect(throws: InterchangeError.self) { _ = try row(file, 1) }
    #expect(error?.code == .corrupt)
    #expect(error?.message == "row 1 of 'x.fvecs' has the dimension 3, the first has 2")
  }
}
