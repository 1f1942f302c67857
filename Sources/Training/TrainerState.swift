package import Basics
package import Tensors

/// All that a trainer needs to go on as if it had not been interrupted.
package struct TrainerState<R: TensorScalar>: Sendable {
  package var step: Int
  package var generator: SeededGenerator
  /// In the order of the model's layout.
  package var parameters: [R]
  package var firstMoments: [R]
  package var secondMoments: [R]
  /// Empty where no average is kept.
  package var averages: [R]

  package init(
    step: Int, generator: SeededGenerator, parameters: [R], firstMoments: [R], secondMoments: [R],
    averages: [R]
  ) {
    self.step = step
    self.generator = generator
    self.parameters = parameters
    self.firstMoments = firstMoments
    self.secondMoments = secondMoments
    self.averages = averages
  }
}

extension Trainer {
  /// Where the trainer stands; setting it needs as many weights as the model has.
  package var state: TrainerState<R> {
    get {
      let count = model.layout.count
      func array(_ start: UnsafeMutablePointer<R>) -> [R] {
        Array(UnsafeBufferPointer(start: start, count: count))
      }
      return TrainerState(
        step: step, generator: generator, parameters: array(parameters), firstMoments: array(firstMoments),
        secondMoments: array(secondMoments), averages: averages.map(array) ?? [])
    }
    set {
      let count = model.layout.count
      precondition(newValue.parameters.count == count && newValue.firstMoments.count == count)
      precondition(newValue.secondMoments.count == count)
      precondition(newValue.averages.count == (averages == nil ? 0 : count))
      step = newValue.step
      generator = newValue.generator
      parameters.update(from: newValue.parameters, count: count)
      firstMoments.update(from: newValue.firstMoments, count: count)
      secondMoments.update(from: newValue.secondMoments, count: count)
      averages?.update(from: newValue.averages, count: count)
    }
  }

  /// Goes on from other weights of the same model.
  package func begin(from weights: [R]) {
    precondition(weights.count == model.layout.count)
    parameters.update(from: weights, count: weights.count)
    averages?.update(from: weights, count: weights.count)
  }
}
