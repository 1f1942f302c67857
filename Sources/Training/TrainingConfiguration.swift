/// How a session model learns.
package struct TrainingConfiguration: Sendable, Hashable, Codable {
  /// Sequences of one step.
  package var batchSize = 256
  package var learningRate = 1e-3
  /// Steps until the rate has grown from 0 to `learningRate`.
  package var warmUpSteps = 100
  package var beta1 = 0.9
  package var beta2 = 0.98
  package var epsilon = 1e-8
  /// The longest gradient of a step; longer ones are shortened to it. 0 leaves all as they are.
  package var clip = 5.0
  /// The share of elements dropped.
  package var dropout = 0.5
  /// Negatives shared by the targets of a step's part; nil compares with all items.
  package var negatives: Int?
  package var threads = 2
  package var seed: UInt64 = 1

  package init() {}
}
