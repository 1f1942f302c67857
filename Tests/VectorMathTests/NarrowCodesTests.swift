import Basics
import CKernels
import TestSupport
import Testing

@testable import VectorMath

/// Codes of 4 bits of rotated vectors.
@Suite struct NarrowCodesTests {
  private static let dimensions = [1, 24, 64, 127, 128, 129, 256, 384, 700]

  private func sample(
    dimension: Int, count: Int, isCentred: Bool = true, _ generator: inout SeededGenerator
  ) -> (vectors: [[Float]], quantizer: Quantizer) {
    let vectors = (0..<count).map { _ in generator.nextVector(dimension: dimension).map { $0 + 2 } }
    let quantizer = Quantizer.trained(
      width: .four, dimension: dimension, isCentred: isCentred, count: count
    ) { index, target in
      target.update(from: vectors[index], count: dimension)
    }
    return (vectors, quantizer)
  }

  private func row(_ vector: [Float], _ quantizer: Quantizer) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: quantizer.strideBytes / 8) { buffer, count in
      if let start = buffer.baseAddress { quantizer.encode(vector, into: start) }
      count = quantizer.strideBytes / 8
    }
  }

  private func codes(_ row: [UInt64], _ quantizer: Quantizer) -> [Int8] {
    [Int8](unsafeUninitializedCapacity: quantizer.codeCount) { buffer, count in
      if let start = buffer.baseAddress { quantizer.unpack(row, into: start) }
      count = quantizer.codeCount
    }
  }

  private func projected(_ vector: [Float], _ quantizer: Quantizer) -> [Float] {
    [Float](unsafeUninitializedCapacity: quantizer.codeCount) { buffer, count in
      if let start = buffer.baseAddress { quantizer.project(vector, into: start) }
      count = quantizer.codeCount
    }
  }

  private func prepared<R>(_ distance: DistanceFunction, _ body: (UnsafeMutableRawPointer) -> R) -> R {
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: distance.queryByteCount, alignment: 64)
    defer { buffer.deallocate() }
    return body(buffer)
  }

  @Test func aRotationKeepsLengthsAndAnglesAndSpreadsComponents() {
    var generator = SeededGenerator(seed: 60)
    for dimension in [1, 2, 128, 384, 640] {
      let rotation = Rotation(dimension: dimension)
      let vectors = (0..<2).map { _ in generator.nextVector(dimension: dimension) }
      var turned = vectors
      for index in turned.indices { rotation.apply(to: &turned[index]) }
      func product(_ one: [Float], _ other: [Float]) -> Double {
        zip(one, other).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      for (one, other) in [(0, 0), (0, 1), (1, 1)] {
        let difference = product(turned[one], turned[other]) - product(vectors[one], vectors[other])
        #expect(abs(difference) < 1e-4 * Double(dimension), "\(dimension)-d, \(generator)")
      }
      guard dimension >= 128 else { continue }
      var unit = [Float](repeating: 0, count: dimension)
      unit[dimension / 3] = 1
      rotation.apply(to: &unit)
      let largest = unit.map(abs).max() ?? 1
      #expect(largest < 6 / Float(dimension).squareRoot(), "\(dimension)-d: a component of \(largest)")
    }
  }

  @Test func aRotationIsTheSameEverywhere() {
    var vector = (0..<384).map { Float($0 % 7) - 3 }
    Rotation(dimension: 384).apply(to: &vector)
    let bytes = vector.withUnsafeBytes { kindred_crc32c(0, $0.baseAddress, $0.count) }
    #expect(bytes == 0x77C2_C7CD, "files depend on it: \(String(bytes, radix: 16))")
  }

  @Test func aCodeIsWithinAStep() {
    var generator = SeededGenerator(seed: 61)
    let (vectors, quantizer) = sample(dimension: 100, count: 300, &generator)
    var far = 0
    for vector in vectors {
      for (code, component) in zip(codes(row(vector, quantizer), quantizer), projected(vector, quantizer)) {
        #expect(code & 1 != 0 && abs(code) <= 15)
        if abs(Float(code) * quantizer.step - component) > quantizer.step * 1.001 { far += 1 }
      }
    }
    // Components cut off: some of 38,400, fewer than one in fifty.
    #expect(far < 768, "\(far); \(generator)")
  }

  @Test func componentsThatAreNoNumbersAreNoTrap() {
    let source: [Float] = [.nan, .infinity, -.infinity, 1e30] + [Float](repeating: 0.2, count: 124)
    var nibbles = [UInt8](repeating: 0, count: 64)
    var codes = [Int8](repeating: 0, count: 128)
    kindred_quantize_i4(source, 1, &nibbles, 128)
    kindred_unpack_i4(nibbles, &codes, 128)
    #expect(codes.prefix(4) == [1, 15, -15, 15])
  }

  /// Distances between rows are exact in the codes, so each arm must give them up to the rounding of a few floats.
  @Test(arguments: KernelArm.all, [VectorMetric.cosine, .l2])
  func distancesOfRowsAreThoseOfTheirCodes(arm: KernelArm, metric: VectorMetric) throws {
    guard let kernels = try arm.kernels() else { return }
    var generator = SeededGenerator(seed: 62)
    for dimension in Self.dimensions {
      let (vectors, quantizer) = sample(dimension: dimension, count: 11, &generator)
      let layout = try RowLayout(dimension: dimension, encoding: .float16)
      let distance = DistanceFunction(metric: metric, layout: layout, quantizer: quantizer, kernels: kernels)
      let rows = vectors.map { row($0, quantizer) }
      let decoded = rows.map { codes($0, quantizer).map { Double($0) * Double(quantizer.step) } }
      for (row, values) in zip(rows, decoded) {
        let found = prepared(distance) { distance(query: distance.prepare(row: rows[0], in: $0), row: row) }
        var expected = zip(decoded[0], values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        if metric == .cosine { expected /= 2 }
        let size = Double(quantizer.codeCount) * 225 * Double(quantizer.step) * Double(quantizer.step)
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
    var generator = SeededGenerator(seed: 63)
    for dimension in [128, 129, 384] {
      let (vectors, quantizer) = sample(
        dimension: dimension, count: 200, isCentred: metric != .dot, &generator)
      let layout = try RowLayout(dimension: dimension, encoding: .float16)
      let distance = DistanceFunction(metric: metric, layout: layout, quantizer: quantizer, kernels: kernels)
      let query = vectors[0]
      var error = 0.0
      var spread = 0.0
      for vector in vectors {
        let row = row(vector, quantizer)
        let found = prepared(distance) { distance(query: distance.prepare(query, in: $0), row: row) }
        let pairs = zip(query, vector).map { (Double($0), Double($1)) }
        let square = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        // Vectors here are not of unit length: half the squared distance is what codes of cosine spaces stand for.
        let exact =
          switch metric {
          case .cosine: square / 2
          case .l2: square
          case .dot: -pairs.reduce(0) { $0 + $1.0 * $1.1 }
          }
        error += (Double(found) - exact) * (Double(found) - exact)
        spread += exact * exact
      }
      #expect((error / spread).squareRoot() < 0.05, "\(metric) \(kernels) \(dimension)-d; \(generator)")
    }
  }
}
