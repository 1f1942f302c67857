/// The result of one epoch of training.
public struct TrainingEpoch: Sendable, Hashable, Codable {
  /// From 1.
  public var epoch: Int
  /// The mean of -log p(next item).
  public var loss: Double
  /// NDCG@10 of held-out events among all items; nil where there are none.
  public var validationNDCG: Double?
  /// Whether it is the best so far.
  public var isBest: Bool
  /// Wall time of its training.
  public var seconds: Double
  /// Sequences learned from in a second.
  public var sequencesPerSecond: Double

  package init(
    epoch: Int, loss: Double, validationNDCG: Double?, isBest: Bool, seconds: Double,
    sequencesPerSecond: Double
  ) {
    self.epoch = epoch
    self.loss = loss
    self.validationNDCG = validationNDCG
    self.isBest = isBest
    self.seconds = seconds
    self.sequencesPerSecond = sequencesPerSecond
  }
}
