import Basics
import Records
import Testing
import VectorMath

/// What a space knows of its recall: the width it answers with, and its bytes.
@Suite struct RecallCurveTests {
  /// A curve whose recall@k misses 1/ef at every depth that fits, with no spread.
  private func curve(_ widths: [Int], queries: Int = 1_000, deviation: Double = 0) -> RecallCurve {
    let depths = RecallCurve.depths
    return RecallCurve(
      points: widths.map { ef in
        RecallCurve.Point(
          ef: ef, queries: queries, distances: Double(ef) * 20,
          recall: depths.map { $0 <= ef ? 1 - 1 / Double(ef) : 0 },
          deviation: depths.map { _ in deviation })
      })
  }

  @Test func theWidthIsTheNarrowestThatIsEnough() {
    let curve = curve([10, 20, 40, 80, 160])
    #expect(curve.beamWidth(forRecall: 0.5, k: 10) == 10)
    #expect(curve.beamWidth(forRecall: 0.9, k: 10) == 10)
    #expect(curve.beamWidth(forRecall: 0.95, k: 10) == 20)
    // Between two widths: 1 - recall is straight over ef in logarithms, so a miss of 1/50 needs 50.
    #expect(curve.beamWidth(forRecall: 0.98, k: 10) == 50)
    // Beyond the last width it goes on the same way.
    #expect((300...335).contains(curve.beamWidth(forRecall: 0.997, k: 10) ?? 0))
    // Never narrower than k, and wider in proportion beyond the deepest.
    #expect(curve.beamWidth(forRecall: 0.5, k: 30) ?? 0 >= 30)
    #expect(curve.beamWidth(forRecall: 0.9, k: 400) ?? 0 >= 400)
  }

  @Test func aStandardErrorIsTakenOff() {
    let exact = curve([10, 20, 40, 80]).beamWidth(forRecall: 0.95, k: 10) ?? 0
    let vague = curve([10, 20, 40, 80], queries: 25, deviation: 0.05).beamWidth(forRecall: 0.95, k: 10) ?? 0
    #expect(vague > exact)
  }

  /// Recall that hardly grows would take a beam wider than any graph.
  @Test func aFlatCurveHasNoWidth() {
    var curve = curve([10, 20, 40, 80])
    for index in curve.points.indices {
      curve.points[index].recall = RecallCurve.depths.map { _ in 0.58 + 1e-6 * Double(index) }
    }
    #expect(curve.beamWidth(forRecall: 0.98, k: 10) == nil)
  }

  @Test func noCurveNoWidth() {
    #expect(RecallCurve(points: []).beamWidth(forRecall: 0.9, k: 10) == nil)
    #expect(curve([10]).beamWidth(forRecall: 0.99, k: 10) == nil)
    #expect(curve([10, 20]).beamWidth(forRecall: 1, k: 10) == nil)
    // A recall that stopped growing below what is asked.
    var flat = curve([10, 20, 40])
    for index in flat.points.indices { flat.points[index].recall = RecallCurve.depths.map { _ in 0.8 } }
    #expect(flat.beamWidth(forRecall: 0.9, k: 10) == nil)
  }

  @Test func furtherQueriesMoveTheMeans() throws {
    let old = curve([10, 20], queries: 300)
    var new = old
    for index in new.points.indices {
      new.points[index].queries = 100
      new.points[index].recall = RecallCurve.depths.map { _ in 0.5 }
    }
    let sum = old.adding(new, memory: 1_000)
    #expect(sum.points[0].queries == 400)
    #expect(abs(sum.points[0].recall[3] - (0.9 * 300 + 0.5 * 100) / 400) < 1e-12)
    // The spread between the two means is part of the deviation now.
    #expect(abs(sum.points[0].deviation[3] - (0.75 * 0.25).squareRoot() * 0.4) < 1e-12)
    // What is remembered is bounded, so that a changed catalogue shows.
    var moving = old
    for _ in 0..<200 { moving = moving.adding(new, memory: 300) }
    #expect(abs(moving.points[0].recall[3] - 0.5) < 1e-6)
    #expect(old.adding(curve([10, 30]), memory: 300) == old)
  }

  @Test func curvesComeBackAndDamageIsRefused() throws {
    let curve = curve([10, 16, 24], deviation: 0.1)
    let bytes = curve.encoded()
    #expect(try bytes.withUnsafeBytes { try RecallCurve(decoding: $0) } == curve)
    for bit in 0..<bytes.count * 8 {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: RecordError.self) { try damaged.withUnsafeBytes { try RecallCurve(decoding: $0) } }
    }
    for wrong in [
      RecallCurve(points: [curve.points[1], curve.points[0]]),
      RecallCurve(points: [
        RecallCurve.Point(
          ef: 10, queries: 1, distances: .nan, recall: curve.points[0].recall,
          deviation: curve.points[0].deviation)
      ]),
      RecallCurve(points: [
        RecallCurve.Point(
          ef: 10, queries: 1, distances: 1, recall: RecallCurve.depths.map { _ in 1.5 },
          deviation: curve.points[0].deviation)
      ]),
    ] {
      let bytes = wrong.encoded()
      #expect(throws: RecordError.self) { try bytes.withUnsafeBytes { try RecallCurve(decoding: $0) } }
    }
  }
}

/// The quantizer of a generation's codes, as stored.
@Suite struct CodebookRecordTests {
  @Test func codebooksOfAnotherDimensionOrWithoutNumbersAreRefused() throws {
    let bytes = CodebookRecord.encode(Samples.quantizer)
    #expect(throws: RecordError.self) {
      try bytes.withUnsafeBytes { try CodebookRecord.decode($0, width: .eight, dimension: 4) }
    }
    let infinite = CodebookRecord.encode(Quantizer(width: .eight, mean: [.infinity], step: 1))
    #expect(throws: RecordError.self) {
      try infinite.withUnsafeBytes { try CodebookRecord.decode($0, width: .eight, dimension: 1) }
    }
  }
}
