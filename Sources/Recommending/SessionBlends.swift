import Baselines
import Basics
import Engine
import Evaluation
import Records
import SessionEncoder

/// How much of a blend of the session encoder and a baseline is the baseline's.
struct SessionBlends {
  /// The baselines that something is gained with: what they know of sequences is unlike what the encoder does. Rules
  /// that the model has itself are in its row.
  let partners: Set<Baseline>

  let session: SessionScorer
  private let problem: EvaluationProblem
  private let threads: Int
  /// The encoder on the validation's targets; nil where it learned from them.
  private let validated: SessionScorer?

  /// Validation targets at most, as many as tune a baseline.
  private static let targetLimit = 2_000

  init(
    _ encoder: SessionEncoderModel, _ session: SessionScorer, _ problem: EvaluationProblem,
    _ snapshot: Snapshot, threads: Int
  ) throws {
    partners = encoder.rules == nil ? [.rules, .sessionNeighbors] : [.sessionNeighbors]
    self.session = session
    self.problem = problem
    self.threads = threads
    validated =
      problem.isHeldOut(by: encoder.manifest)
      ? try SessionScorer(encoder, items: problem.numbering.items, problem.validationEvents, snapshot) : nil
  }

  /// The share with which validation targets are ranked best, and how it was found, in words.
  func share(of tuned: Baseline.Tuned) -> (share: Double, settings: String) {
    guard let validated else {
      return (0.5, "half of each, as the model was trained on what a share would be chosen by")
    }
    let share = BlendedScorer.bestShare(
      of: (1...9).map { Double($0) / 10 }, validated, HistoryScorer(tuned.validated),
      problem.validation.sampled(Self.targetLimit), threads: threads)
    return (share, "\(Int((100 * share).rounded())) % \(tuned.baseline.rawValue), chosen by validation")
  }
}
