import Basics
import Testing
import VectorMath

@Suite struct ExactSearchTests {
  @Test(arguments: Metric.allCases, RowEncoding.allCases)
  func findsWhatSortingFinds(metric: Metric, encoding: RowEncoding) throws {
    var generator = SeededGenerator(seed: 71)
    let dimension = 20
    let distance = try DistanceFunction(metric: metric, encoding: encoding, dimension: dimension)
    // Around the batch of 256 and its multiples; the same rows twice make ties.
    for count in [0, 1, 255, 256, 257, 700] {
      let half = generator.nextVectors(count: (count + 1) / 2, dimension: dimension)
      let rows = try EncodedRows(
        Array((half + half).prefix(count * dimension)), dimension: dimension, encoding: encoding)
      let query = generator.nextVector(dimension: dimension)
      for allowed in [{ _ in true }, { $0 % 3 == 1 }, { $0 > 250 }, { _ in false }] as [(Int) -> Bool] {
        let all = (0..<count).filter(allowed).map { index in
          (index: index, distance: rows.pointers[index].map { distance(query: query, row: $0) } ?? .nan)
        }
        let expected = all.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(10)
        let found = exactSearch(
          query: query, rows: rows.pointers, count: count, k: 10, distance: distance, isAllowed: allowed)
        #expect(found.map(\.index) == expected.map(\.index), "\(count) rows, \(generator)")
        #expect(found.map(\.distance) == expected.map(\.distance), "\(count) rows, \(generator)")
      }
    }
  }

  @Test func contiguousRowsAndStretchesAgree() throws {
    var generator = SeededGenerator(seed: 72)
    let rows = try EncodedRows(
      generator.nextVectors(count: 600, dimension: 9), dimension: 9, encoding: .float32)
    let query = generator.nextVector(dimension: 9)
    let distance = try DistanceFunction(metric: .l2, encoding: .float32, dimension: 9)
    let whole = exactSearch(query: query, rows: rows.pointers, count: 600, k: 15, distance: distance)
    let first = try #require(rows.pointers[0])
    let contiguous = exactSearch(
      query: query, firstRow: first, strideBytes: rows.layout.strideBytes, count: 600, k: 15,
      distance: distance)
    #expect(contiguous.map(\.index) == whole.map(\.index))
    var best = TopK(k: 15)
    rows.pointers.withUnsafeBufferPointer { pointers in
      guard let base = pointers.baseAddress else { return }
      exactSearch(
        query: query, rows: base + 400, count: 200, firstID: 400, distance: distance, isAllowed: nil,
        into: &best)
      exactSearch(
        query: query, rows: base, count: 400, distance: distance, isAllowed: nil, into: &best)
    }
    let ids = best.resultIDs()
    #expect(ids == whole.map { UInt32($0.index) }, "\(generator)")
  }

  @Test func recallCountsWhatWasFound() {
    #expect(recall(of: [], against: [], atK: 10) == 1)
    #expect(recall(of: [[1, 2, 3]], against: [[3, 2, 1]], atK: 3) == 1)
    #expect(recall(of: [[1, 2, 3]], against: [[3, 2, 1]], atK: 2) == 0.5)
    #expect(recall(of: [[1, 1, 1]], against: [[1, 2, 3]], atK: 3) == 1.0 / 3)
    #expect(recall(of: [[], [7]], against: [[1], [7]], atK: 10) == 0.5)
    #expect(recall(of: [[4]], against: [[]], atK: 1) == 1)
    // Of three true ones both were found that the filter left.
    #expect(recall(of: [[5, 6]], against: [[6, 5]], atK: 10) == 1)
  }
}
