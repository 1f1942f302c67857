import Basics
import Platform
import TestSupport
import Testing

/// Norms, activations, softmax, rotated positions and Adam of every arm, of both element types, against the formulas in
/// `Double`. Slopes are compared with central differences of these.
@Suite struct ElementKernelTests {
  /// Whole vectors of every arm, and what is left of them.
  private static let counts = [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100]

  /// Runs `body` with the kernels of both types, and how far their answers may be from those of `Double`, relatively.
  private func withKernels(
    of arm: TensorArm, _ single: (ElementKernels<Float>, Double) -> Void,
    _ double: (ElementKernels<Double>, Double) -> Void
  ) throws {
    guard let tables = try arm.kernels() else { return }
    single(ElementKernels(tables.float), 4e-6)
    double(ElementKernels(tables.double), 1e-13)
  }

  @Test(arguments: TensorArm.all) func norms(arm: TensorArm) throws {
    try withKernels(of: arm, { expectNorms($0, $1, arm) }, { expectNorms($0, $1, arm) })
  }

  @Test(arguments: TensorArm.all) func softmaxGradients(arm: TensorArm) throws {
    try withKernels(of: arm, { expectSoftmax($0, $1, arm) }, { expectSoftmax($0, $1, arm) })
  }

  @Test(arguments: TensorArm.all) func gelu(arm: TensorArm) throws {
    try withKernels(of: arm, { expectGELU($0, $1, arm) }, { expectGELU($0, $1, arm) })
  }

  @Test(arguments: TensorArm.all) func swiglu(arm: TensorArm) throws {
    try withKernels(of: arm, { expectSwiGLU($0, $1, arm) }, { expectSwiGLU($0, $1, arm) })
  }

  @Test(arguments: TensorArm.all) func rotations(arm: TensorArm) throws {
    try withKernels(of: arm, { expectRotations($0, $1, arm) }, { expectRotations($0, $1, arm) })
  }

  @Test(arguments: TensorArm.all) func adam(arm: TensorArm) throws {
    try withKernels(of: arm, { expectAdam($0, $1, arm) }, { expectAdam($0, $1, arm) })
  }

  // MARK: - One kernel each

  /// y = (x - mean) / sqrt(variance + epsilon) * gain + bias; without a bias, the root mean square alone.
  private func norm(_ x: [Double], _ gain: [Double], _ bias: [Double]?, _ epsilon: Double) -> [Double] {
    let mean = bias == nil ? 0 : x.reduce(0, +) / Double(x.count)
    let square = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    return x.indices.map { (x[$0] - mean) / (square + epsilon).squareRoot() * gain[$0] + (bias?[$0] ?? 0) }
  }

  private func expectNorms<Element>(
    _ kernels: ElementKernels<Element>, _ tolerance: Double, _ arm: TensorArm
  ) {
    var generator = SeededGenerator(seed: 1)
    let (rows, epsilon) = (3, 0.01)
    for d in Self.counts {
      for hasBias in [true, false] {
        let x = values(rows * d, Element.self, &generator)
        let gain = values(d, Element.self, &generator)
        let bias = hasBias ? values(d, Element.self, &generator) : nil
        let up = values(rows * d, Element.self, &generator)
        var y = guarded(rows * d, Element.self)
        var (mean, inverse) = (guarded(rows, Element.self), guarded(rows, Element.self))
        if let bias {
          kernels.norm(
            elements(x), elements(gain), elements(bias), rows, d, Element(epsilon), &y, &mean, &inverse)
        } else {
          kernels.norm(elements(x), elements(gain), nil, rows, d, Element(epsilon), &y, &mean, &inverse)
        }
        let of = "\(arm.name) \(Element.self) \(d) \(hasBias)"
        func row<Value>(_ index: Int, _ of: [Value]) -> [Value] { Array(of[index * d..<(index + 1) * d]) }
        let expected = (0..<rows).flatMap { norm(row($0, x), gain, bias, epsilon) }
        expectClose(y, expected, tolerance, "norm \(of)")

        // What is there already is kept: the kernel adds.
        var (dx, dgain) = (guarded(rows * d, Element.self, 1), guarded(d, Element.self, 1))
        var dbias = guarded(d, Element.self, 1)
        if hasBias {
          kernels.normBackward(
            elements(x), elements(gain), elements(up), mean, inverse, rows, d, &dx, &dgain, &dbias)
        } else {
          kernels.normBackward(
            elements(x), elements(gain), elements(up), mean, inverse, rows, d, &dx, &dgain, nil)
        }
        var (slopes, gainSlopes) = ([Double](), [Double](repeating: 1, count: d))
        for index in 0..<rows {
          let (x, up) = (row(index, x), row(index, up))
          slopes += slope(at: x, along: up) { norm($0, gain, bias, epsilon) }.map { $0 + 1 }
          let part = slope(at: gain, along: up) { norm(x, $0, bias, epsilon) }
          for j in 0..<d { gainSlopes[j] += part[j] }
        }
        // Sums of d terms of which some cancel, over a variance that may be small: wider by 10.
        expectClose(dx, slopes, max(10 * tolerance, 1e-7), "norm backward \(of)")
        expectClose(dgain, gainSlopes, max(10 * tolerance, 1e-7), "norm backward, gain \(of)")
        let biasSlopes = (0..<d).map { j in hasBias ? 1 + (0..<rows).reduce(0) { $0 + up[$1 * d + j] } : 1 }
        expectClose(dbias, biasSlopes, tolerance, "norm backward, bias \(of)")
      }
    }
  }

  private func expectSoftmax<Element>(
    _ kernels: ElementKernels<Element>, _ tolerance: Double, _ arm: TensorArm
  ) {
    var generator = SeededGenerator(seed: 2)
    for columns in Self.counts {
      // Rows lie further apart than they are long. The last row has no target, the one before it large logits.
      let (rows, ld, weight) = (4, columns + 3, 0.25)
      var logits = values(rows * ld, Element.self, &generator).map { 4 * $0 }
      for j in 0..<columns { logits[2 * ld + j] *= 100 }
      let targets =
        (0..<rows - 1).map { _ in UInt32.random(in: 0..<UInt32(columns), using: &generator) } + [.max]
      var found = elements(logits) as [Element]
      var losses = guarded(rows, Element.self)
      kernels.softmaxGradient(&found, ld, rows, columns, targets, Element(weight), &losses)
      var (expected, expectedLosses) = (logits, [Double](repeating: 0, count: rows))
      for row in 0..<rows {
        let part = logits[row * ld..<row * ld + columns]
        let most = part.max() ?? 0
        let powers = part.map { exp($0 - most) }
        let sum = powers.reduce(0, +)
        for j in 0..<columns {
          let target = targets[row] == UInt32(j) ? weight : 0
          expected[row * ld + j] = targets[row] == .max ? 0 : weight * powers[j] / sum - target
        }
        if targets[row] != .max {
          expectedLosses[row] = log(sum) + most - logits[row * ld + Int(targets[row])]
        }
      }
      expectClose(found + [.nan], expected, tolerance, "softmax \(arm.name) \(Element.self) \(columns)")
      expectClose(losses, expectedLosses, tolerance, "losses \(arm.name) \(Element.self) \(columns)")
    }
  }

  private func gelu(_ x: Double) -> Double {
    x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
  }

  private func expectGELU<Element>(
    _ kernels: ElementKernels<Element>, _ tolerance: Double, _ arm: TensorArm
  ) {
    var generator = SeededGenerator(seed: 3)
    for count in Self.counts {
      // Far from 0 too, where the exponential is at its limits.
      var x = values(count, Element.self, &generator).map { 6 * $0 }
      for (index, value) in zip(x.indices, [0, -30, 30, 1000, -1000] as [Double]) where count > 8 {
        x[index] = value
      }
      let up = values(count, Element.self, &generator)
      let of = "\(arm.name) \(Element.self) \(count)"
      var (y, dx) = (guarded(count, Element.self), guarded(count, Element.self))
      kernels.gelu(elements(x), count, &y)
      expectClose(y, x.map(gelu), tolerance, "gelu \(of)")
      kernels.geluBackward(elements(x), elements(up), count, &dx)
      let slopes = slope(at: x, along: up) { $0.map(gelu) }
      expectClose(dx, slopes, max(10 * tolerance, 1e-7), "gelu backward \(of)")
    }
  }

  private func swiglu(_ x: [Double]) -> [Double] {
    let width = x.count / 2
    return (0..<width).map { x[$0] / (1 + exp(-x[$0])) * x[width + $0] }
  }

  private func expectSwiGLU<Element>(
    _ kernels: ElementKernels<Element>, _ tolerance: Double, _ arm: TensorArm
  ) {
    var generator = SeededGenerator(seed: 4)
    let rows = 3
    for width in Self.counts {
      let x = values(rows * 2 * width, Element.self, &generator).map { 8 * $0 }
      let up = values(rows * width, Element.self, &generator)
      let of = "\(arm.name) \(Element.self) \(width)"
      var (y, dx) = (guarded(rows * width, Element.self), guarded(rows * 2 * width, Element.self))
      kernels.swiglu(elements(x), rows, width, &y)
      kernels.swigluBackward(elements(x), elements(up), rows, width, &dx)
      var (expected, slopes) = ([Double](), [Double]())
      for row in 0..<rows {
        let part = Array(x[row * 2 * width..<(row + 1) * 2 * width])
        expected += swiglu(part)
        slopes += slope(at: part, along: Array(up[row * width..<(row + 1) * width]), swiglu)
      }
      expectClose(y, expected, tolerance, "swiglu \(of)")
      expectClose(dx, slopes, max(10 * tolerance, 1e-7), "swiglu backward \(of)")
    }
  }

  private func expectRotations<Element>(
    _ kernels: ElementKernels<Element>, _ tolerance: Double, _ arm: TensorArm
  ) {
    var generator = SeededGenerator(seed: 5)
    let (heads, limit) = (2, 50)
    let positions: [UInt32] = [0, 1, 49, 7]
    for half in Self.counts {
      let (width, ld) = (2 * half, 2 * 2 * half + 1)
      let angles = (0..<limit).flatMap { position in
        (0..<half).map { Double(position) / pow(10_000, 2 * Double($0) / Double(width)) }
      }
      let x = values(positions.count * ld, Element.self, &generator)
      var expected = x
      for (row, position) in positions.enumerated() {
        for place in 0..<heads * half {
          let (first, pair) = (row * ld + place / half * width + place % half, place % half)
          let angle = angles[Int(position) * half + pair]
          expected[first] = x[first] * cos(angle) - x[first + half] * sin(angle)
          expected[first + half] = x[first + half] * cos(angle) + x[first] * sin(angle)
        }
      }
      var found = elements(x) + [Element.nan]
      let (cosines, sines) = (elements(angles.map(cos)) as [Element], elements(angles.map(sin)) as [Element])
      let of = "\(arm.name) \(Element.self) \(width)"
      kernels.rotate(&found, ld, positions.count, heads, width, cosines, sines, positions, 1)
      expectClose(found, expected, tolerance, "rotate \(of)")
      kernels.rotate(&found, ld, positions.count, heads, width, cosines, sines, positions, -1)
      expectClose(found, x, tolerance, "rotate back \(of)")
    }
  }

  private func expectAdam<Element>(
    _ kernels: ElementKernels<Element>, _ tolerance: Double, _ arm: TensorArm
  ) {
    var generator = SeededGenerator(seed: 6)
    let (step, beta1, beta2, epsilon, decay, scale) = (0.01, 0.875, 0.96875, 0.001, 0.0625, 0.5)
    for count in Self.counts {
      var expected = values(count, Element.self, &generator)
      var (first, second) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
      var parameters = elements(expected) + [Element.nan]
      var (firstFound, secondFound) = (guarded(count, Element.self, 0), guarded(count, Element.self, 0))
      for _ in 0..<3 {
        let gradients = values(count, Element.self, &generator)
        kernels.adam(
          &parameters, elements(gradients), &firstFound, &secondFound, count, Element(step), Element(beta1),
          Element(beta2), Element(epsilon), Element(decay), Element(scale))
        for index in 0..<count {
          let g = scale * gradients[index]
          first[index] = beta1 * first[index] + (1 - beta1) * g
          second[index] = beta2 * second[index] + (1 - beta2) * g * g
          let decayed = decay * expected[index]
          expected[index] -= step * first[index] / (second[index].squareRoot() + epsilon) + decayed
        }
      }
      let of = "\(arm.name) \(Element.self) \(count)"
      expectClose(parameters, expected, tolerance, "adam \(of)")
      expectClose(firstFound, first, tolerance, "adam, first moments \(of)")
      expectClose(secondFound, second, tolerance, "adam, second moments \(of)")
    }
  }

  // MARK: - Values

  /// Numbers from -1 to 1 that both types have.
  private func values<Element: BinaryFloatingPoint>(
    _ count: Int, _: Element.Type, _ generator: inout SeededGenerator
  ) -> [Double] {
    (0..<count).map { _ in Double(Float(2 * generator.nextUnit() - 1)) }
  }

  private func elements<Element: BinaryFloatingPoint>(_ values: [Double]) -> [Element] {
    values.map { Element($0) }
  }

  /// What a kernel fills, with one more element, which it must leave as it is.
  private func guarded<Element: BinaryFloatingPoint>(
    _ count: Int, _: Element.Type, _ value: Element = .nan
  ) -> [Element] {
    [Element](repeating: value, count: count) + [.nan]
  }

  /// The slopes of `up` times the values of a function, by central differences.
  private func slope(at x: [Double], along up: [Double], _ function: ([Double]) -> [Double]) -> [Double] {
    let step = 1e-5
    func value(_ x: [Double]) -> Double { zip(function(x), up).reduce(0) { $0 + $1.0 * $1.1 } }
    return x.indices.map { index in
      var moved = x
      moved[index] = x[index] + step
      let above = value(moved)
      moved[index] = x[index] - step
      return (above - value(moved)) / (2 * step)
    }
  }

  /// Expects every value within `tolerance` of the expected one, times the larger of 1 and its size, and the element
  /// behind them untouched.
  private func expectClose<Element: BinaryFloatingPoint>(
    _ found: [Element], _ expected: [Double], _ tolerance: Double, _ what: String
  ) {
    #expect(found.count == expected.count + 1 && found.last?.isNaN == true, "\(what): wrote past its end")
    for (index, (found, expected)) in zip(found, expected).enumerated() {
      let isClose = abs(Double(found) - expected) <= tolerance * max(1, abs(expected))
      #expect(isClose, "\(what): \(found) at \(index), not \(expected)")
      if !isClose { return }
    }
  }
}
