import Basics
import CKernels
import TestSupport
import Testing

@testable import VectorMath

/// Distances between rows augmented to one norm, against the augmented vectors written out in Double.
@Suite struct AugmentedDistanceTests {
  /// Vectors of very different lengths.
  private func sample(
    dimension: Int, count: Int, _ generator: inout SeededGenerator
  ) -> [[Float]] {
    (0..<count).map { _ in
      let length = Float(0.2 + 3 * generator.nextUnit())
      return generator.nextVector(dimension: dimension).map { $0 * length }
    }
  }

  private func augmented(_ vector: [Double], to bound: Double) -> [Double] {
    let norm = vector.reduce(0) { $0 + $1 * $1 }
    return vector + [max(0, bound - norm).squareRoot()]
  }

  private func squaredDistance(_ one: [Double], _ other: [Double]) -> Double {
    zip(one, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  private func distance(
    of query: UnsafeRawPointer, to row: UnsafeRawPointer, _ function: DistanceFunction
  ) -> Float {
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: function.queryByteCount, alignment: 64)
    defer { buffer.deallocate() }
    return function(query: function.prepare(row: query, in: buffer), row: row)
  }

  @Test(arguments: KernelArm.all, RowEncoding.allCases)
  func rowsOfFloats(arm: KernelArm, encoding: RowEncoding) throws {
    guard let kernels = try arm.kernels() else { return }
    var generator = SeededGenerator(seed: 31)
    for dimension in [1, 3, 16, 33, 64, 100, 384] {
      let vectors = sample(dimension: dimension, count: 20, &generator)
      let layout = try RowLayout(dimension: dimension, encoding: encoding)
      let bound = Float(dimension) * 3
      let function = DistanceFunction(metric: .dot, layout: layout, kernels: kernels).augmented(bound: bound)
      let rows = vectors.map { vector in
        let row = UnsafeMutableRawPointer.allocate(byteCount: layout.strideBytes, alignment: 64)
        layout.encode(vector, into: row)
        return UnsafeRawPointer(row)
      }
      defer { for row in rows { row.deallocate() } }
      let exact = rows.map { augmented(layout.decoded($0).map(Double.init), to: Double(bound)) }
      for (row, vector) in zip(rows, exact) {
        let found = distance(of: rows[0], to: row, function)
        let expected = squaredDistance(exact[0], vector)
        #expect(
          abs(Double(found) - expected) <= Double(dimension) * 30 * 0x1p-18,
          "\(kernels) \(encoding) \(dimension)-d: \(found), not \(expected); \(generator)")
      }
    }
  }

  @Test(arguments: KernelArm.all)
  func rowsOfCodes(arm: KernelArm) throws {
    guard let kernels = try arm.kernels() else { return }
    var generator = SeededGenerator(seed: 32)
    for dimension in [1, 31, 64, 65, 200] {
      let vectors = sample(dimension: dimension, count: 20, &generator)
      let layout = try RowLayout(dimension: dimension, encoding: .float32)
      let quantizer = Quantizer.trained(dimension: dimension, isCentred: false, count: 20) { index, target in
        target.update(from: vectors[index], count: dimension)
      }
      let bound = Float(dimension) * 3
      let function = DistanceFunction(metric: .dot, layout: layout, quantizer: quantizer, kernels: kernels)
        .augmented(bound: bound)
      let rows = vectors.map { vector in
        let row = UnsafeMutableRawPointer.allocate(byteCount: quantizer.strideBytes, alignment: 64)
        quantizer.encode(vector, into: row)
        return UnsafeRawPointer(row)
      }
      defer { for row in rows { row.deallocate() } }
      let exact = rows.map { row in
        let codes = UnsafeBufferPointer(start: row.assumingMemoryBound(to: Int8.self), count: dimension)
        return augmented(codes.map { Double($0) * Double(quantizer.step) }, to: Double(bound))
      }
      for (row, vector) in zip(rows, exact) {
        let found = distance(of: rows[0], to: row, function)
        let expected = squaredDistance(exact[0], vector)
        #expect(
          abs(Double(found) - expected) <= Double(dimension) * 30 * 0x1p-18,
          "\(kernels) \(dimension)-d: \(found), not \(expected); \(generator)")
      }
    }
  }

  @Test func theNearestAugmentedRowIsTheOneOfLargestInnerProduct() throws {
    // For a query that needs no further component and rows within the bound, |q' - x'|^2 = |q|^2 + bound - 2 q.x.
    var generator = SeededGenerator(seed: 33)
    let layout = try RowLayout(dimension: 24, encoding: .float32)
    let vectors = sample(dimension: 24, count: 100, &generator)
    let norms = vectors.map { $0.reduce(0) { $0 + $1 * $1 } }
    let function = DistanceFunction(metric: .dot, layout: layout, kernels: .best)
    let augmented = function.augmented(bound: try #require(norms.max()))
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: augmented.queryByteCount, alignment: 64)
    defer { buffer.deallocate() }
    let query = augmented.prepare(vectors[0].map { $0 * 20 }, in: buffer)
    let byProduct = vectors.indices.sorted {
      function(query: vectors[0], row: vectors[$0]) < function(query: vectors[0], row: vectors[$1])
    }
    let byDistance = vectors.indices.sorted {
      augmented(query: query, row: vectors[$0]) < augmented(query: query, row: vectors[$1])
    }
    #expect(byProduct == byDistance, "\(generator)")
  }
}
