import Basics
import CKernels
import Platform
import TestSupport
import Testing

/// The recurrent kernels of one arm for one type.
private struct RecurrentKernels<Element: BinaryFloatingPoint> {
  typealias Source = UnsafePointer<Element>
  typealias Target = UnsafeMutablePointer<Element>

  let gru: (Source, Source, Source, Int, Int, Target, Target) -> Void
  let gruBackward: (Source, Source, Source, Int, Int, Target, Target, Target) -> Void
  let lstm: (Source, Source, Source, Int, Int, Target, Target, Target) -> Void
  let lstmBackward: (Source, Source, Source, Source, Int, Int, Target, Target) -> Void
}

/// A step of a GRU and of an LSTM of every arm, of both element types, against the formulas in `Double`, and slopes
/// against central differences of these.
@Suite struct RecurrentKernelTests {
  private static let widths = [1, 3, 8, 17, 33]
  private static let rows = 2

  @Test(arguments: TensorArm.all) func steps(arm: TensorArm) throws {
    guard let (float, double) = try arm.kernels().map({ ($0.float, $0.double) }) else { return }
    for width in Self.widths {
      expectSteps(
        RecurrentKernels<Float>(
          gru: float.gru, gruBackward: float.gru_backward, lstm: float.lstm, lstmBackward: float.lstm_backward
        ), width, 4e-6, arm)
      expectSteps(
        RecurrentKernels<Double>(
          gru: double.gru, gruBackward: double.gru_backward, lstm: double.lstm,
          lstmBackward: double.lstm_backward), width, 1e-13, arm)
    }
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// The states [rows, width] for inputs and products [rows, 3 width each] and states before, concatenated.
  private func gru(_ all: [Double], _ width: Int) -> [Double] {
    let (u, h) = (Self.rows * 3 * width, Self.rows * 6 * width)
    return (0..<(Self.rows * width)).map { place in
      let x = place / width * 3 * width + place % width
      let r = sigmoid(all[x] + all[u + x])
      let z = sigmoid(all[x + width] + all[u + x + width])
      let n = tanh(all[x + 2 * width] + r * all[u + x + 2 * width])
      return (1 - z) * n + z * all[h + place]
    }
  }

  /// The states, then the cells [rows, width] for inputs [rows, 4 width] and cells before, concatenated.
  private func lstm(_ all: [Double], _ width: Int) -> [Double] {
    let before = Self.rows * 4 * width
    let cells = (0..<(Self.rows * width)).map { place in
      let x = place / width * 4 * width + place % width
      return sigmoid(all[x + width]) * all[before + place] + sigmoid(all[x]) * tanh(all[x + 2 * width])
    }
    let states = cells.indices.map { place in
      sigmoid(all[place / width * 4 * width + place % width + 3 * width]) * tanh(cells[place])
    }
    return states + cells
  }

  private func expectSteps<Element>(
    _ kernels: RecurrentKernels<Element>, _ width: Int, _ tolerance: Double, _ arm: TensorArm
  ) {
    var generator = SeededGenerator(seed: UInt64(width))
    func values(_ count: Int) -> [Double] {
      (0..<count).map { _ in Double(Float(3 * generator.nextGaussian())) }
    }
    func elements(_ values: some Sequence<Double>) -> [Element] { values.map { Element($0) } }
    let (count, of) = (Self.rows * width, "\(arm.name) \(Element.self) \(width)")
    func room(_ widths: Int, _ value: Element = 0) -> [Element] {
      .init(repeating: value, count: widths * count)
    }

    let asked = values(7 * count)
    let parts = (elements(asked[..<(3 * count)]), elements(asked[(3 * count)..<(6 * count)]))
    let before = elements(asked[(6 * count)...])
    var (gates, state, up) = (room(4), room(1), values(count))
    kernels.gru(parts.0, parts.1, before, Self.rows, width, &gates, &state)
    expectClose(state, gru(asked, width), tolerance, "gru \(of)")
    var (dInputs, dProducts, dBefore) = (room(3), room(3), room(1, 2))
    kernels.gruBackward(gates, before, elements(up), Self.rows, width, &dInputs, &dProducts, &dBefore)
    // What was there is kept.
    let found = dInputs + dProducts + dBefore.map { $0 - 2 }
    expectClose(
      found, slopes(at: asked, along: up) { gru($0, width) }, max(10 * tolerance, 1e-7), "gru backward \(of)")

    let cells = values(5 * count)
    let (inputs, cellBefore) = (elements(cells[..<(4 * count)]), elements(cells[(4 * count)...]))
    var (kept, cell) = (room(5), room(1))
    kernels.lstm(inputs, room(4), cellBefore, Self.rows, width, &kept, &cell, &state)
    expectClose(state + cell, lstm(cells, width), tolerance, "lstm \(of)")
    up = values(2 * count)
    var (dGates, dCell) = (room(4), elements(up[count...]))
    dCell.withUnsafeMutableBufferPointer { dCell in
      guard let dCell = dCell.baseAddress else { return }
      // In place, as is allowed.
      kernels.lstmBackward(kept, cellBefore, elements(up[..<count]), dCell, Self.rows, width, &dGates, dCell)
    }
    expectClose(
      dGates + dCell, slopes(at: cells, along: up) { lstm($0, width) }, max(10 * tolerance, 1e-7),
      "lstm backward \(of)")
  }

  /// The slopes of `up` times the values of a function, by central differences.
  private func slopes(at x: [Double], along up: [Double], _ function: ([Double]) -> [Double]) -> [Double] {
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

  private func expectClose<Element: BinaryFloatingPoint>(
    _ found: [Element], _ expected: [Double], _ tolerance: Double, _ what: String
  ) {
    #expect(found.count == expected.count, "\(what)")
    for (index, (found, expected)) in zip(found, expected).enumerated() {
      let isClose = abs(Double(found) - expected) <= tolerance * max(1, abs(expected))
      #expect(isClose, "\(what): \(found) at \(index), not \(expected)")
      if !isClose { return }
    }
  }
}
