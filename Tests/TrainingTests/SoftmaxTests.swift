import Basics
import Platform
import SessionEncoder
import TestSupport
import Testing
import VectorMath

@testable import Training

/// The softmax over all items, or all but some, against its definition, with more targets than a chunk has.
@Suite struct SoftmaxTests {
  private let items = 1_700
  private let width = 16
  private let length = 47

  @Test(arguments: [0.6, 3.0], [0, 200]) func itIsWhatItIsDefinedAs(scale: Double, leftCount: Int) {
    var shape = SessionConfiguration(itemCount: items)
    shape.dimension = width
    let worker = TrainingWorker<Double>(SessionModel(shape))
    var generator = SeededGenerator(seed: 5)
    func numbers(_ count: Int) -> [Double] {
      (0..<count).map { _ in scale * Double.random(in: -1...1, using: &generator) }
    }
    for _ in 0..<3 {
      let set = SequenceSet([
        (0..<length + 1).map { _ in UInt32.random(in: UInt32(leftCount)..<UInt32(items), using: &generator) }
      ])
      worker.append(set.range(0), of: set)
    }
    let count = 3 * length
    let (vectors, outputs, weight) = (numbers(items * width), numbers(count * width), 0.25)
    var (slopes, losses) = (
      [Double](repeating: 0, count: count * width), [Double](repeating: 0, count: count)
    )
    worker.fullSoftmax(
      vectors, leavingOut: Array(0..<UInt32(leftCount)), outputs, &slopes, &losses, weight, 0)
    var (expected, table) = (
      [Double](repeating: 0, count: count * width), [Double](repeating: 0, count: items * width)
    )
    for token in 0..<count {
      let scores = (0..<items).map { $0 < leftCount ? -.infinity : dot(outputs, token, vectors, $0) }
      let largest = scores.max() ?? 0
      let sum = scores.reduce(0) { $0 + exp($1 - largest) }
      let target = Int(worker.targets[token])
      #expect(abs(losses[token] - (log(sum) + largest - scores[target])) < 1e-9)
      for item in 0..<items {
        let slope = weight * (exp(scores[item] - largest) / sum - (item == target ? 1 : 0))
        for element in 0..<width {
          expected[token * width + element] += slope * vectors[item * width + element]
          table[item * width + element] += slope * outputs[token * width + element]
        }
      }
    }
    #expect(zip(slopes, expected).allSatisfy { abs($0 - $1) < 1e-9 })
    let gradients = worker.gradients + worker.model.items.rows.offset
    #expect((0..<items * width).allSatisfy { abs(gradients[$0] - table[$0]) < 1e-9 })
  }

  /// What a target weighs multiplies its gradient; one below 0 has the gradient of -log(1 - p).
  @Test func weightsMultiplyGradients() {
    let items = 40
    var shape = SessionConfiguration(itemCount: items)
    shape.dimension = width
    let worker = TrainingWorker<Double>(SessionModel(shape))
    var generator = SeededGenerator(seed: 6)
    func numbers(_ count: Int) -> [Double] {
      (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
    }
    let weights: [Float] = [1, 0, 2.5, -1, -3, 1, 0.25]
    var set = SequenceSet()
    set.append(
      items: (0...7).map { UInt32($0 * 5) },
      signals: [EventSignal()] + weights.map { EventSignal(strength: $0) })
    worker.append(set.range(0), of: set)
    #expect(worker.targetWeights == weights && worker.weight == (4.75, 8.75))
    let count = weights.count
    let (vectors, outputs, weight) = (numbers(items * width), numbers(count * width), 0.5)
    var (slopes, losses) = (
      [Double](repeating: 0, count: count * width), [Double](repeating: 0, count: count)
    )
    worker.fullSoftmax(vectors, leavingOut: [], outputs, &slopes, &losses, weight, 0)
    for token in 0..<count {
      let powers = (0..<items).map { exp(dot(outputs, token, vectors, $0)) }
      let sum = powers.reduce(0, +)
      let (target, own) = (Int(worker.targets[token]), Double(weights[token]))
      let probability = powers[target] / sum
      #expect(probability < 0.5)
      for element in 0..<width {
        let expected = (0..<items).reduce(0.0) { total, item in
          let p = powers[item] / sum
          let slope =
            own >= 0
            ? own * (p - (item == target ? 1 : 0))
            : -own * (item == target ? p : -probability * p / (1 - probability))
          return total + weight * slope * vectors[item * width + element]
        }
        #expect(abs(slopes[token * width + element] - expected) < 1e-9)
      }
    }
  }

  private func dot(_ a: [Double], _ i: Int, _ b: [Double], _ j: Int) -> Double {
    (0..<width).reduce(0) { $0 + a[i * width + $1] * b[j * width + $1] }
  }
}
