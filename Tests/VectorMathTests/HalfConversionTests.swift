import Basics
import CKernels
import TestSupport
import Testing

@testable import VectorMath

/// The half conversions of every arm, over all halves and around every rounding point.
@Suite struct HalfConversionTests {
  static let allHalves = (0...UInt16.max).map { $0 }

  func floats(_ halves: [UInt16], _ kernels: Kernels) -> [Float] {
    var out = [Float](repeating: 0, count: halves.count)
    kernels.table.pointee.f16_to_f32(halves, &out, halves.count)
    return out
  }

  func halves(_ floats: [Float], _ kernels: Kernels) -> [UInt16] {
    var out = [UInt16](repeating: 0, count: floats.count)
    kernels.table.pointee.f32_to_f16(floats, &out, floats.count)
    return out
  }

  @Test(arguments: KernelArm.all) func everyHalfHasItsValue(arm: KernelArm) throws {
    guard let kernels = try arm.kernels() else { return }
    let values = floats(Self.allHalves, kernels)
    var wrong: [UInt16] = []
    for (half, value) in zip(Self.allHalves, values) {
      let expected = floatOfHalf(half)
      if expected.isNaN {
        // NaN keeps its sign and payload and is quiet.
        let bits = UInt32(half & 0x8000) << 16 | 0x7FC0_0000 | UInt32(half & 0x3FF) << 13
        if value.bitPattern != bits { wrong.append(half) }
      } else if value.bitPattern != expected.bitPattern {
        wrong.append(half)
      }
    }
    #expect(wrong.isEmpty, "\(kernels): \(wrong.count) halves, the first \(wrong.first ?? 0)")
  }

  @Test(arguments: KernelArm.all) func everyHalfRoundTrips(arm: KernelArm) throws {
    guard let kernels = try arm.kernels() else { return }
    let back = halves(floats(Self.allHalves, kernels), kernels)
    var wrong: [UInt16] = []
    for (half, result) in zip(Self.allHalves, back) {
      let isNaN = half & 0x7FFF > 0x7C00
      if result != (isNaN ? half | 0x200 : half) { wrong.append(half) }
    }
    #expect(wrong.isEmpty, "\(kernels): \(wrong.count) halves, the first \(wrong.first ?? 0)")
  }

  @Test(arguments: KernelArm.all) func tiesGoToEven(arm: KernelArm) throws {
    guard let kernels = try arm.kernels() else { return }
    // Between each pair of neighboring positive halves: the middle, and the floats beside it.
    var inputs: [Float] = []
    var expected: [UInt16] = []
    for half in UInt16(0)..<0x7C00 {
      let low = floatOfHalf(half)
      // 65504 and the infinity after it round as if 65536 came next.
      let high = half == 0x7BFF ? 65536 : floatOfHalf(half + 1)
      let middle = (low + high) / 2
      inputs += [middle.nextDown, middle, middle.nextUp, -middle]
      let even = half % 2 == 0 ? half : half + 1
      expected += [half, even, half + 1, even | 0x8000]
    }
    let results = halves(inputs, kernels)
    let wrong = inputs.indices.filter { results[$0] != expected[$0] }
    #expect(
      wrong.isEmpty, "\(kernels): \(wrong.count) wrong, the first \(wrong.first.map { inputs[$0] } ?? 0)")
  }

  @Test(arguments: KernelArm.all) func randomBitsConvertAsInThePortableArm(arm: KernelArm) throws {
    guard let kernels = try arm.kernels() else { return }
    let portable = try #require(Kernels.named("portable"))
    var generator = SeededGenerator(seed: 21)
    for count in [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 1000] {
      let inputs = (0..<count).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())) }
      #expect(halves(inputs, kernels) == halves(inputs, portable), "\(kernels) \(count) \(generator)")
      let bits = (0..<count).map { _ in UInt16(truncatingIfNeeded: generator.next()) }
      #expect(
        floats(bits, kernels).map(\.bitPattern) == floats(bits, portable).map(\.bitPattern),
        "\(kernels) \(count) \(generator)")
    }
  }

  @Test(arguments: KernelArm.all) func tailsStayInside(arm: KernelArm) throws {
    guard let kernels = try arm.kernels() else { return }
    for count in 0...40 {
      var halves = [UInt16](repeating: 0x1234, count: count + 1)
      kernels.table.pointee.f32_to_f16([Float](repeating: 1, count: 40), &halves, count)
      #expect(halves == [UInt16](repeating: 0x3C00, count: count) + [0x1234], "\(kernels) \(count)")
      var floats = [Float](repeating: -5, count: count + 1)
      kernels.table.pointee.f16_to_f32([UInt16](repeating: 0x3C00, count: 40), &floats, count)
      #expect(floats == [Float](repeating: 1, count: count) + [-5], "\(kernels) \(count)")
    }
  }
}
