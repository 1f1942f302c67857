import TestSupport
import Testing

@testable import Interchange

@Suite struct VectorSourceTests {
  /// Ids with vectors, and bad lines, in the order they come.
  private func read(_ source: VectorSource, batch: Int) throws -> [String] {
    var result: [String] = []
    while let outcome = try source.next(batch) {
      switch outcome {
      case .batch(let batch):
        #expect(batch.values.count == batch.count * batch.dimension)
        for index in 0..<batch.count {
          let vector = batch.withVector(index) { Array($0) }
          let attributes = batch.attributes.isEmpty ? nil : batch.attributes[index]
          result.append(
            "\(batch.ids[index]) \(vector)\(attributes.map { " \($0.members.map(\.key))" } ?? "")")
        }
      case .bad(let row): result.append("\(row.lineNumber):\(row.column ?? 0) \(row.reason.rawValue)")
      }
    }
    return result
  }

  @Test(arguments: [1, 2, 100]) func arraysWithAndWithoutIDs(batch: Int) throws {
    let folder = try TemporaryDirectory()
    let rows: [[Float]] = [[1, 2], [3, 4], [5, 6]]
    let npy = folder.file("v.npy")
    let writer = try NPYWriter(path: npy, element: .float32, columns: 2, rows: rows.count)
    for row in rows { try writer.append(row) }
    try writer.close()
    let fvecs = try folder.write(FvecsFileTests.fvecs(rows), to: "v.fvecs")
    let ids = try folder.write("a\nb\nc\n", to: "ids.txt")
    for path in [npy, fvecs] {
      let named = try VectorSource(path: path, idsPath: ids)
      #expect(named.count == 3 && named.dimension == 2)
      #expect(try read(named, batch: batch) == ["a [1.0, 2.0]", "b [3.0, 4.0]", "c [5.0, 6.0]"])
      let bare = try read(VectorSource(path: path), batch: batch)
      #expect(bare == ["0 [1.0, 2.0]", "1 [3.0, 4.0]", "2 [5.0, 6.0]"])
    }
    let few = try folder.write("a\nb\n", to: "few.txt")
    #expect(errorCode { _ = try VectorSource(path: npy, idsPath: few) } == .countMismatch)
    #expect(errorCode { _ = try VectorSource(path: ids) } == .unsupportedFormat)
  }

  @Test(arguments: [1, 2, 100]) func lines(batch: Int) throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(
      """
      {"id":"a","vector":[1,-2.5e0]}
      {"vector":[3, 4 ],"attributes":{"price":1},"id":12345678901234567890}
      {"id":"c","vector":[1,2,3]}
      {"id":"d","vector":[1,null]}
      {"vector":[1,2]}
      {"id":"e"}
      {"id":"e","vector":"x"}
      {"id":"e","vector":[]}
      {"id":"e","vector":[1e39,0]}
      {"id":"e","vector":[1,2]

      {"id":"e","vector":[1,2],"id":"f"}
      [1]
      {"id":"f","extra":[{}],"vector":[0,0]}
      """, to: "v.jsonl")
    let source = try VectorSource(path: path)
    #expect(source.count == nil)
    #expect(
      try read(source, batch: batch) == [
        "a [1.0, -2.5]", "12345678901234567890 [3.0, 4.0] [\"price\"]", "3:0 wrongDimension",
        "4:23 badVector",
        "5:0 missingID", "6:0 badVector", "7:20 badVector", "8:0 badVector", "9:21 badVector",
        "10:25 truncatedJSON",
        "12:26 duplicateKey", "13:1 notAnObject", "f [0.0, 0.0]",
      ])
    #expect(source.dimension == 2)
    let ids = try folder.write("a\n", to: "ids.txt")
    #expect(errorCode { _ = try VectorSource(path: path, idsPath: ids) } == .invalidArgument)
  }

  @Test func arraysOfNumbersOnly() throws {
    let folder = try TemporaryDirectory()
    let path = folder.file("i.npy")
    try NPYWriter(path: path, element: .int64, columns: 2, rows: 0).close()
    #expect(errorCode { _ = try VectorSource(path: path) } == .unsupportedContent)
  }
}
