import TestSupport
import Testing

@testable import Interchange

@Suite struct NPYWriterTests {
  @Test func rowsWrittenPieceByPieceReadBack() throws {
    let folder = try TemporaryDirectory()
    let path = folder.file("v.npy")
    let writer = try NPYWriter(path: path, element: .float32, columns: 3, rows: 100_002)
    try writer.append([1, 2, 3, 4, 5, 6] as [Float])
    try writer.append([] as [Float])
    try writer.append([Float](repeating: 7, count: 300_000))
    try writer.close()
    let file = try NPYFile(path: path)
    #expect(file.shape == [100_002, 3] && file.element == .float32)
    var row: [Float] = [0, 0, 0]
    row.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { file.copyRows(1..<2, into: base) } }
    #expect(row == [4, 5, 6])
    let text = String(decoding: try readFile(path).prefix(128), as: UTF8.self)
    #expect(text.hasSuffix("\n") && text.contains("'shape': (100002, 3), }"))
  }

  @Test func wholeNumbers() throws {
    let folder = try TemporaryDirectory()
    let path = folder.file("i.npy")
    let writer = try NPYWriter(path: path, element: .int64, columns: 2, rows: 2)
    try writer.append([-1, .max, 5, .min] as [Int64])
    try writer.close()
    let file = try NPYFile(path: path)
    #expect(file.shape == [2, 2] && file.element == .int64)
    #expect(file.integer(row: 0, column: 1) == .max && file.integer(row: 1, column: 1) == .min)
  }

  @Test func noRowsAreAnArrayToo() throws {
    let folder = try TemporaryDirectory()
    let path = folder.file("none.npy")
    try NPYWriter(path: path, element: .float32, columns: 4, rows: 0).close()
    #expect(try NPYFile(path: path).shape == [0, 4])
  }

  @Test func anUnfinishedFileIsNotTakenForComplete() throws {
    let folder = try TemporaryDirectory()
    let path = folder.file("cut.npy")
    let writer = try NPYWriter(path: path, element: .float32, columns: 1, rows: 200_000)
    try writer.append([Float](repeating: 1, count: 100_000))
    #expect(errorCode { _ = try NPYFile(path: path) } == .corrupt)
    try writer.append([Float](repeating: 1, count: 100_000))
    try writer.close()
    #expect(try NPYFile(path: path).rows == 200_000)
  }

  @Test func wrongUse() throws {
    let folder = try TemporaryDirectory()
    let short = try NPYWriter(path: folder.file("a.npy"), element: .float32, columns: 1, rows: 3)
    try short.append([1] as [Float])
    #expect(errorCode { try short.close() } == .countMismatch)
    #expect(
      errorCode { _ = try NPYWriter(path: "\(folder.path)/no/x.npy", element: .float32, columns: 1, rows: 1) }
        == .cannotCreate)
    #expect(errorCode { _ = try ByteSink(path: folder.path) } == .cannotCreate)
  }

  @Test func sinksWriteEverythingInOrder() throws {
    let folder = try TemporaryDirectory()
    let path = folder.file("text")
    let sink = try ByteSink(path: path)
    var expected: [UInt8] = []
    for index in 0..<200 {
      let piece = [UInt8](repeating: UInt8(index), count: index * index)
      try sink.write(piece)
      try sink.write("é".utf8)
      expected += piece + Array("é".utf8)
    }
    try sink.write([UInt8](repeating: 1, count: 1 << 20))
    expected += [UInt8](repeating: 1, count: 1 << 20)
    try sink.close()
    try sink.close()
    #expect(try readFile(path) == expected)
  }
}

extension NPYWriter {
  func append(_ values: [Float]) throws { try values.withUnsafeBufferPointer { try append($0) } }
}
