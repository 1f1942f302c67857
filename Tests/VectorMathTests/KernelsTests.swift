import Basics
import CKernels
import TestSupport
import Testing

@testable import VectorMath

/// Every arm that this processor runs, against sums in `Double`.
@Suite struct KernelsTests {
  static let dimensions = Array(1...130) + [384, 768, 1000]

  /// What a kernel computes, for the expected value.
  enum Sum: CaseIterable {
    case cosineDistance, negativeInnerProduct, squaredL2

    func function(of kernels: Kernels, _ encoding: RowEncoding) -> kindred_distance {
      let table = kernels.table.pointee
      return switch (self, encoding) {
      case (.cosineDistance, .float32): table.cosine_distance_f32
      case (.cosineDistance, .float16): table.cosine_distance_f16
      case (.negativeInnerProduct, .float32): table.negative_inner_product_f32
      case (.negativeInnerProduct, .float16): table.negative_inner_product_f16
      case (.squaredL2, .float32): table.squared_l2_f32
      case (.squaredL2, .float16): table.squared_l2_f16
      }
    }

    /// The exact value and the rounding that a sum in single precision may add to it.
    func expected(query: [Float], row: [Float]) -> (value: Double, tolerance: Double) {
      var sum = 0.0
      var magnitude = 0.0
      for (q, r) in zip(query, row) {
        let difference = Double(q) - Double(r)
        let term = self == .squaredL2 ? difference * difference : Double(q) * Double(r)
        sum += term
        magnitude += abs(term)
      }
      // At least four sums side by side: each adds up a quarter of the terms.
      let tolerance = magnitude * Double(query.count / 4 + 8) * 0x1p-24
      return switch self {
      case .squaredL2: (sum, tolerance)
      case .cosineDistance: (1 - sum, tolerance + abs(1 - sum) * 0x1p-23)
      case .negativeInnerProduct: (-sum, tolerance)
      }
    }
  }

  @Test(arguments: KernelArm.all, RowEncoding.allCases)
  func sumsAreThoseOfDouble(arm: KernelArm, encoding: RowEncoding) throws {
    guard let kernels = try arm.kernels() else { return }
    var generator = SeededGenerator(seed: 11)
    let description = "\(kernels) \(encoding) \(generator)"
    for dimension in Self.dimensions {
      // Seven rows: the prefetch ahead of the last ones has its own paths.
      let count = dimension % 7 + 1
      let query = generator.nextVector(dimension: dimension)
      let rows = try EncodedRows(
        generator.nextVectors(count: count, dimension: dimension), dimension: dimension, encoding: encoding,
        misalignment: dimension % 5 * encoding.bytesPerComponent)
      for sum in Sum.allCases {
        var out = [Float](repeating: .nan, count: count + 1)
        sum.function(of: kernels, encoding)(query, rows.pointers, count, dimension, &out)
        for index in 0..<count {
          let (value, tolerance) = sum.expected(query: query, row: rows.vector(index))
          #expect(
            abs(Double(out[index]) - value) <= tolerance,
            "\(sum) of row \(index) of \(dimension)-d is \(out[index]), not \(value); \(description)")
        }
        #expect(out[count].isNaN, "\(sum) wrote past its \(count) values; \(description)")
      }
    }
  }

  @Test(arguments: KernelArm.all, RowEncoding.allCases)
  func nothingPastTheLastComponentIsRead(arm: KernelArm, encoding: RowEncoding) throws {
    guard let kernels = try arm.kernels() else { return }
    let guarded = try GuardedPage()
    let guardedQuery = try GuardedPage()
    for dimension in 1...130 {
      let values = [Float](repeating: 0.5, count: dimension)
      let layout = try RowLayout(dimension: dimension, encoding: encoding)
      var encoded = [UInt8](repeating: 0, count: layout.strideBytes)
      encoded.withUnsafeMutableBytes { bytes in
        if let base = bytes.baseAddress { layout.encode(values, into: base) }
      }
      let row: UnsafeRawPointer? = guarded.place(encoded.prefix(layout.componentBytes))
      let query = values.withUnsafeBytes { guardedQuery.place($0) }.assumingMemoryBound(to: Float.self)
      for sum in Sum.allCases {
        var out: Float = 0
        withUnsafePointer(to: row) { sum.function(of: kernels, encoding)(query, $0, 1, dimension, &out) }
        let (value, tolerance) = sum.expected(query: values, row: values)
        #expect(abs(Double(out) - value) <= tolerance, "\(sum) \(kernels) \(encoding) \(dimension)-d")
      }
    }
  }

  @Test(arguments: KernelArm.all)
  func rowsAtOddAddressesAreRead(arm: KernelArm) throws {
    guard let kernels = try arm.kernels() else { return }
    var generator = SeededGenerator(seed: 12)
    let query = generator.nextVector(dimension: 77)
    let components = generator.nextVectors(count: 3, dimension: 77)
    for encoding in RowEncoding.allCases {
      for misalignment in [1, 3, 7] {
        let rows = try EncodedRows(
          components, dimension: 77, encoding: encoding, misalignment: misalignment)
        for sum in Sum.allCases {
          var out = [Float](repeating: .nan, count: 3)
          sum.function(of: kernels, encoding)(query, rows.pointers, 3, 77, &out)
          for index in 0..<3 {
            let (value, tolerance) = sum.expected(query: query, row: rows.vector(index))
            #expect(abs(Double(out[index]) - value) <= tolerance, "\(sum) \(kernels) +\(misalignment)")
          }
        }
      }
    }
  }

  @Test(arguments: KernelArm.all)
  func aRowGivesTheSameBitsAtAnyPlaceInABatch(arm: KernelArm) throws {
    guard let kernels = try arm.kernels() else { return }
    // The order of a batch must not change an answer: ties and repeatability depend on it.
    var generator = SeededGenerator(seed: 13)
    for dimension in [3, 64, 100, 384] {
      let query = generator.nextVector(dimension: dimension)
      for encoding in RowEncoding.allCases {
        let rows = try EncodedRows(
          generator.nextVectors(count: 9, dimension: dimension), dimension: dimension, encoding: encoding)
        for sum in Sum.allCases {
          let function = sum.function(of: kernels, encoding)
          var together = [Float](repeating: .nan, count: 9)
          function(query, rows.pointers, 9, dimension, &together)
          for index in 0..<9 {
            var alone: Float = .nan
            rows.pointers.withUnsafeBufferPointer { pointers in
              if let base = pointers.baseAddress { function(query, base + index, 1, dimension, &alone) }
            }
            #expect(alone.bitPattern == together[index].bitPattern, "\(sum) \(kernels) \(dimension)-d")
          }
        }
      }
    }
  }

  @Test func noRowsAreNoWork() throws {
    let layout = try RowLayout(dimension: 4, encoding: .float32)
    let distance = DistanceFunction(metric: .l2, layout: layout, kernels: .best)
    var out: Float = 7
    distance(query: [Float]([1, 2, 3, 4]), rows: [nil], count: 0, out: &out)
    #expect(out == 7)
  }

  /// A fault in the choice of arms would leave one out of every test, as one that the processor does not run.
  @Test(.enabled(if: ProcessorFeatures.named != nil, "the system lists no features of the processor"))
  func armsAreThoseOfTheProcessor() throws {
    let found = try #require(ProcessorFeatures.named)
    for name in Kernels.names {
      let isRun = ProcessorFeatures.needed(by: name).map(found.isSuperset) ?? false
      #expect((Kernels.named(name) != nil) == isRun, "\(name)")
    }
  }

  @Test func armsAreChosenByName() throws {
    #expect(Kernels.available.map(\.name).contains("portable"))
    for name in Kernels.names { #expect(Kernels.named(name).map { $0.name == name } ?? true) }
    #expect(Kernels.available.last?.name == Kernels.best.name)
    #expect(Kernels.named("mmx") == nil)
    #expect(try Kernels.selected(byName: nil).name == Kernels.best.name)
    #expect(try Kernels.selected(byName: "").name == Kernels.best.name)
    #expect(try Kernels.selected(byName: "portable").name == "portable")
    let error = #expect(throws: VectorError.self) { try Kernels.selected(byName: "mmx") }
    #expect(error?.code == .kernelsUnavailable)
    #expect(error?.message.contains("\"mmx\"") == true)
  }
}
