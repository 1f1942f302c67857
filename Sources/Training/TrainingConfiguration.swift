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
  /// The share of a token's history that it does not attend to in a step.
  package var attentionDropout = 0.0
  /// The share of items that go without their own row in a step, so that their features learn to stand for them.
  package var rowDropout = 0.0
  /// The share of users whose profile is left out in an epoch.
  package var profileDropout = 0.0
  /// The share of a window's events that its profile predicts in an epoch, drawn at random; 0 for the first one alone.
  package var profileShare = 0.0
  /// What weights lose a step, times the rate (Loshchilov and Hutter 2019).
  package var decay = 0.0
  /// What is taken from the target's share and spread over all items (Szegedy et al. 2016), of full softmax.
  package var smoothing = 0.0
  /// Negatives shared by the targets of a step; nil compares with all items.
  package var negatives: Int?
  /// The share of the negatives drawn by their number of events instead of uniformly; scores are corrected by log q.
  package var popularShare = 0.0
  /// What a step leaves of the average of the weights that is used in the end (Polyak and Juditsky 1992); 0 for none.
  package var averaging = 0.0
  /// Of masked models the probability that an event is masked.
  package var maskedShare: Double?
  /// Of masked models the share of windows of which the last event alone is masked.
  package var lastMaskedShare: Double?
  package var threads = 2
  package var seed: UInt64 = 1

  package init() {}
}
