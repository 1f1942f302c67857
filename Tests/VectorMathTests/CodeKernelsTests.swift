import Basics
import CKernels
import TestSupport
import Testing

@testable import VectorMath

/// Codes of 8 bits: what they keep of a vector, and every arm's distances over them.
@Suite struct CodeKernelsTests {
  private static let dimensions = [1, 2, 31, 63, 64, 65, 96, 128, 200, 384, 1_000]

  /// Random vectors around a mean that is not zero, and the quantizer they give.
  private func sample(
    dimension: Int, count: Int, _ generator: inout SeededGenerator
  ) -> (vectors: [[Float]], quantizer: Quantizer) {
    let vectors = (0..<count).map { _ in generator.nextVector(dimension: dimension).map { $0 + 3 } }
    let quantizer = Quantizer.trained(dimension: dimension, count: count) { index, target in
      target.update(from: vectors[index], count: dimension)
    }
    return (vectors, quantizer)
  }

  private func codes(_ vector: [Float], _ quantizer: Quantizer) -> [Int8] {
    [Int8](unsafeUninitializedCapacity: quantizer.strideBytes) { buffer, count in
      if let start = buffer.baseAddress { quantizer.encode(vector, into: start) }
      count = quantizer.strideBytes
    }
  }

  private func decoded(_ codes: [Int8], _ quantizer: Quantizer) -> [Double] {
    zip(codes, quantizer.mean).map { Double($1) + Double($0) * Double(quantizer.step) }
  }

  private func prepared<R>(_ distance: DistanceFunction, _ body: (UnsafeMutableRawPointer) -> R) -> R {
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: distance.queryByteCount, alignment: 64)
    defer { buffer.deallocate() }
    return body(buffer)
  }

  @Test func aCodeIsWithinHalfAStep() throws {
    var generator = SeededGenerator(seed: 21)
    let (vectors, quantizer) = sample(dimension: 40, count: 500, &generator)
    var clipped = 0
    for vector in vectors {
      for (component, value) in decoded(codes(vector, quantizer), quantizer).enumerated() {
        let error = abs(value - Double(vector[component]))
        if error > Double(quantizer.step) * 0.5001 { clipped += 1 }
      }
    }
    // The bound with the least squared error may cut off a few of the 20,000 components.
    #expect(clipped < 40, "\(clipped) components cut off; \(generator)")
    #expect(codes(vectors[0], quantizer)[40...].allSatisfy { $0 == 0 })
  }

  @Test func vectorsThatAreAllAlikeHaveACodebook() {
    let quantizer = Quantizer.trained(dimension: 3, count: 5) { _, target in
      target.update(from: [1, 2, 3], count: 3)
    }
    #expect(quantizer.mean == [1, 2, 3])
    #expect(codes([1, 2, 3], quantizer).allSatisfy { $0 == 0 })
    let none = Quantizer.trained(dimension: 2, count: 0) { _, _ in }
    #expect(none.mean == [0, 0] && none.step > 0)
  }

  @Test func componentsFarOutsideAreCutOffAndNotANumberIsNoTrap() {
    let quantizer = Quantizer(width: .eight, mean: [0, 0, 0, 0], step: 0.5)
    let found = codes([1e30, -.infinity, .nan, 0.75], quantizer)
    #expect(Array(found.prefix(4)) == [127, -127, 0, 2])
  }

  /// Distances between rows are exact in the codes, so each arm must give them up to the rounding of a few floats.
  @Test(arguments: KernelArm.all, [VectorMetric.cosine, .l2])
  func distancesOfRowsAreThoseOfTheirCodes(arm: KernelArm, metric: VectorMetric) throws {
    guard let kernels = try arm.kernels() else { return }
    var generator = SeededGenerator(seed: 22)
    for dimension in Self.dimensions {
      let (vectors, quantizer) = sample(dimension: dimension, count: 12, &generator)
      let layout = try RowLayout(dimension: dimension, encoding: .float32)
      let distance = DistanceFunction(metric: metric, layout: layout, quantizer: quantizer, kernels: kernels)
      let rows = vectors.map { codes($0, quantizer) }
      let first = decoded(rows[0], quantizer)
      for row in rows {
        let found = prepared(distance) { distance(query: distance.prepare(row: rows[0], in: $0), row: row) }
        var expected = zip(first, decoded(row, quantizer)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        if metric == .cosine { expected /= 2 }
        let size = Double(dimension) * 16_129 * Double(quantizer.step) * Double(quantizer.step)
        #expect(
          abs(Double(found) - expected) <= size * 0x1p-20, "\(metric) \(kernels) \(dimension)-d; \(generator)"
        )
      }
    }
  }

  /// A query's distances are those of its vector up to what both quantisations lose.
  @Test(arguments: KernelArm.all, VectorMetric.allCases)
  func distancesOfAQueryAreNearTheExactOnes(arm: KernelArm, metric: VectorMetric) throws {
    guard let kernels = try arm.kernels() else { return }
    var generator = SeededGenerator(seed: 23)
    for dimension in Self.dimensions.dropFirst(2) {
      var (vectors, quantizer) = sample(dimension: dimension, count: 200, &generator)
      if metric != .l2 {
        if metric == .cosine { vectors = try vectors.map { try normalized($0) } }
        quantizer = Quantizer.trained(dimension: dimension, isCentred: metric != .dot, count: 200) {
          index, target in
          target.update(from: vectors[index], count: dimension)
        }
      }
      let layout = try RowLayout(dimension: dimension, encoding: .float32)
      let distance = DistanceFunction(metric: metric, layout: layout, quantizer: quantizer, kernels: kernels)
      let query = vectors[0]
      let rows = vectors.map { codes($0, quantizer) }
      let found = rows.map { row in
        prepared(distance) { distance(query: distance.prepare(query, in: $0), row: row) }
      }
      let exact = vectors.map { row -> Double in
        let pairs = zip(query, row).map { (Double($0), Double($1)) }
        let product = pairs.reduce(0) { $0 + $1.0 * $1.1 }
        return switch metric {
        case .cosine: 1 - product
        case .dot: -product
        case .l2: pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
      }
      let spread = (exact.max() ?? 0) - (exact.min() ?? 0)
      for (found, exact) in zip(found, exact) {
        #expect(
          abs(Double(found) - exact) <= spread * 0.05, "\(metric) \(kernels) \(dimension)-d; \(generator)")
      }
    }
  }

  @Test(arguments: KernelArm.all)
  func armsAgreeOnTheSums(arm: KernelArm) throws {
    guard let kernels = try arm.kernels() else { return }
    // Whole numbers: no arm may differ from the portable one in a single bit of the sums.
    let portable = try #require(Kernels.named("portable"))
    var generator = SeededGenerator(seed: 24)
    for dimension in Self.dimensions {
      let stride = (dimension + 63) / 64 * 64
      var query = [Int8](repeating: 0, count: stride + 64)
      var row = [Int8](repeating: 0, count: stride)
      for index in 0..<dimension {
        query[64 + index] = Int8.random(in: -127...127, using: &generator)
        row[index] = Int8.random(in: -127...127, using: &generator)
      }
      let sum = query[64...].reduce(Int32(0)) { $0 + Int32($1) }
      var results: [[Float]] = []
      for arm in [portable, kernels] {
        var head = kindred_code_query()
        (head.row_factor, head.factor, head.code_sum) = (1, 1, sum)
        query.withUnsafeMutableBytes { $0.storeBytes(of: head, as: kindred_code_query.self) }
        var out: [Float] = [0, 0]
        row.withUnsafeBytes { bytes in
          var pointer: UnsafeRawPointer? = bytes.baseAddress
          arm.table.pointee.inner_product_i8(query, &pointer, 1, dimension, &out[0])
          arm.table.pointee.squared_l2_i8(query, &pointer, 1, dimension, &out[1])
        }
        results.append(out)
      }
      #expect(results[0] == results[1], "\(kernels) \(dimension)-d; \(generator)")
    }
  }
}
