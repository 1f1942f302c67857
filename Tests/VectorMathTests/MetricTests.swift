import Testing
import VectorMath

@Suite struct MetricTests {
  @Test func namesStay() {
    #expect(VectorMetric.allCases.map(\.rawValue) == ["cosine", "dot", "l2"])
    #expect(RowEncoding.allCases.map(\.rawValue) == [0, 1])
    #expect(RowEncoding.allCases.map(\.name) == ["float32", "float16"])
  }

  @Test func distancesAndScores() {
    #expect(VectorMetric.cosine.userDistance(fromInternal: 0.25) == 0.25)
    #expect(VectorMetric.cosine.score(fromInternal: 0.25) == 0.75)
    #expect(VectorMetric.dot.userDistance(fromInternal: -3) == -3)
    #expect(VectorMetric.dot.score(fromInternal: -3) == 3)
    #expect(VectorMetric.l2.userDistance(fromInternal: 9) == 3)
    #expect(VectorMetric.l2.userDistance(fromInternal: -0.001) == 0)
    #expect(VectorMetric.l2.score(fromInternal: 9) == -3)
    #expect(VectorMetric.l2.score(fromDistance: 3) == -3)
  }

  @Test(arguments: VectorMetric.allCases) func nearerScoresHigher(metric: VectorMetric) {
    #expect(metric.score(fromInternal: 0.5) > metric.score(fromInternal: 0.75))
  }

  /// What the metrics mean, on vectors small enough to check by hand.
  @Test(arguments: RowEncoding.allCases) func internalDistancesOfKnownVectors(encoding: RowEncoding) throws {
    let rows = try EncodedRows([0, 1, 3, 4], dimension: 2, encoding: encoding)
    let expected: [(VectorMetric, [Float])] = [(.cosine, [1, -2]), (.dot, [0, -3]), (.l2, [2, 20])]
    for (metric, distances) in expected {
      let layout = try RowLayout(dimension: 2, encoding: encoding)
      let distance = DistanceFunction(metric: metric, layout: layout, kernels: .best)
      var out: [Float] = [0, 0]
      distance(query: [Float]([1, 0]), rows: rows.pointers, count: 2, out: &out)
      #expect(out == distances, "\(metric)")
      let second = try #require(rows.pointers[1])
      #expect(distance(query: [Float]([1, 0]), row: second) == distances[1], "\(metric)")
    }
  }
}
