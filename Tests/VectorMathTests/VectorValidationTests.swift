import Basics
import TestSupport
import Testing
import VectorMath

@Suite struct VectorValidationTests {
  func code(_ vector: [Float], _ metric: VectorMetric, _ encoding: RowEncoding = .float32) -> VectorError
    .Code?
  {
    do {
      try validate(vector, metric, encoding)
      return nil
    } catch {
      return error.code
    }
  }

  func validate(
    _ vector: [Float], _ metric: VectorMetric, _ encoding: RowEncoding = .float32
  ) throws(VectorError) {
    let shape = VectorShape(dimension: 3, metric: metric, encoding: .float32)
    _ = try vector.withUnsafeBufferPointer { (vector) throws(VectorError) in
      try shape.validate(vector, as: encoding)
    }
  }

  @Test(arguments: VectorMetric.allCases) func shapesAndNumbersAreChecked(metric: VectorMetric) {
    #expect(code([1, 2, 3], metric) == nil)
    #expect(code([1, 2], metric) == .dimensionMismatch)
    #expect(code([], metric) == .dimensionMismatch)
    #expect(code([1, .nan, 3], metric) == .notFinite)
    #expect(code([1, 2, .infinity], metric) == .notFinite)
    #expect(code([-.infinity, 2, .infinity], metric) == .notFinite)
  }

  @Test func messagesNameTheValues() {
    let mismatch = #expect(throws: VectorError.self) { try validate([1, 2], .l2) }
    #expect(mismatch?.message == "the vector has 2 components; this space has 3")
    let nan = #expect(throws: VectorError.self) { try validate([1, 2, .nan], .l2) }
    #expect(nan?.message.hasPrefix("component 2 is nan;") == true)
  }

  @Test func onlyCosineRefusesZero() {
    #expect(code([0, 0, 0], .cosine) == .zeroVector)
    #expect(code([0, -0.0, 0], .cosine) == .zeroVector)
    #expect(code([0, .leastNonzeroMagnitude, 0], .cosine) == nil)
    #expect(code([0, 0, 0], .l2) == nil)
    #expect(code([0, 0, 0], .dot) == nil)
  }

  @Test func lengthsThatWouldOverflowAreRefused() throws {
    #expect(code([0x1p62, 0, 0], .l2) == nil)
    #expect(code([0x1p62, 0x1p61, 0], .l2) == .normOverflow)
    #expect(code([-3e38, 0, 0], .dot) == .normOverflow)
    #expect(code([3e38, 3e38, 3e38], .cosine) == nil)
  }

  @Test(arguments: KernelArm.all) func theLargestLengthThatIsAllowedFits(arm: KernelArm) throws {
    guard let kernels = try arm.kernels() else { return }
    let rows = try EncodedRows([-0x1p62, 0, 0], dimension: 3, encoding: .float32)
    let layout = try RowLayout(dimension: 3, encoding: .float32)
    let distance = DistanceFunction(metric: .l2, layout: layout, kernels: kernels)
    // Opposite to itself.
    #expect(distance(query: [Float]([0x1p62, 0, 0]), row: try #require(rows.pointers[0])) == 0x1p126)
  }

  @Test func halvesHaveAShorterRange() {
    #expect(code([65_519, 0, 0], .l2, .float16) == nil)
    #expect(code([0, -65_520, 0], .l2, .float16) == .encodingOverflow)
    #expect(code([65_520, 0, 0], .l2, .float32) == nil)
    #expect(code([65_520, 0, 0], .cosine, .float16) == nil)  // It is stored at length one.
    #expect(code([50_000, 50_000, 50_000], .dot, .float16) == nil)
  }

  @Test func normalizingGivesUnitLength() throws {
    var generator = SeededGenerator(seed: 51)
    for scale in [1e-44, 1e-30, 1e-3, 1, 1e20, 1e38] as [Double] {
      for dimension in [1, 2, 3, 4, 5, 100, 384] {
        let vector = (0..<dimension).map { _ in Float((generator.nextUnit() + 0.5) * scale) }
        let unit = try normalized(vector)
        let norm = unit.withUnsafeBufferPointer { euclideanNorm($0) }
        #expect(abs(norm - 1) < 1e-6, "scale \(scale), \(dimension)-d, \(generator)")
      }
    }
  }

  @Test func rowsAndQueriesOfCosineHaveUnitLength() throws {
    #expect(try normalized([3, 0, 4]) == [0.6, 0, 0.8])
    #expect(throws: VectorError.self) { try normalized([0, 0]) }
    #expect(throws: VectorError.self) { try normalized([]) }
    for metric in VectorMetric.allCases {
      let encoder = try RowEncoder(VectorShape(dimension: 3, metric: metric, encoding: .float32))
      let row = try ([3, 0, 4] as [Float]).withUnsafeBufferPointer { vector in
        encoder.layout.decoded(try #require(try encoder.encode(vector).baseAddress))
      }
      #expect(row == (metric == .cosine ? [0.6, 0, 0.8] : [3, 0, 4]))
    }
  }
}
