import Basics
package import Interchange
import Platform
import Training
import VectorMath

/// Where a training stands after an epoch, in a file: a training that goes on from it has the losses of one that was
/// never interrupted.
package struct TrainingCheckpoint {
  /// What the training is of: one of other events, options or another version cannot go on from it.
  let fingerprint: String

  /// Takes the trainer and the progress to where the file says; false where there is no file.
  /// - Throws: `RecommendingError` `.badInput` for a file that is no checkpoint or one of another training;
  ///   `InterchangeError` for one that cannot be read.
  func restore(_ path: String, _ trainer: Trainer<Float>, _ progress: inout Fit.Progress) throws -> Bool {
    guard access(path, F_OK) == 0 else { return false }
    func unusable(_ what: String) -> RecommendingError {
      RecommendingError(code: .badInput, message: "\(path): \(what); name another file, or remove it")
    }
    let file: Safetensors
    do throws(InterchangeError) { file = try Safetensors(path: path) } catch {
      switch error.code {
      case .permissionDenied, .ioError: throw error
      default: throw unusable("not a checkpoint of a training")
      }
    }
    guard file.metadata["training"] == fingerprint else {
      throw unusable("a checkpoint of another training (other events, options or program)")
    }
    let arrays = Dictionary(file.tensors.map { ($0.name, $0.values) }) { first, _ in first }
    func number<T: LosslessStringConvertible>(_ name: String) throws -> T {
      guard let value = file.metadata[name].flatMap({ T($0) }) else { throw unusable("it has no \(name)") }
      return value
    }
    func array(_ name: String, _ counts: Set<Int>) throws -> [Float] {
      guard let values = arrays[name], counts.contains(values.count) else {
        throw unusable("its \(name) are not those of the model")
      }
      return values
    }
    let count = trainer.model.layout.count
    let average = trainer.configuration.averaging > 0 ? count : 0
    trainer.state = TrainerState(
      step: try number("step"), generator: SeededGenerator(seed: try number("random")),
      parameters: try array("parameters", [count]), firstMoments: try array("first", [count]),
      secondMoments: try array("second", [count]), averages: try array("averages", [average]))
    progress.epoch = try number("epoch")
    progress.bestEpoch = try number("bestEpoch")
    progress.bestScore = try number("bestScore")
    progress.bestWeights = try array("best", [0, count])
    guard (0...max(0, progress.epoch)).contains(progress.bestEpoch), !progress.bestWeights.isEmpty else {
      throw unusable("its epochs contradict each other")
    }
    return true
  }

  /// Looks before the first epoch, which may take an hour, whether its checkpoint can be written.
  /// - Throws: `RecommendingError` `.cannotCreate` for what is no ordinary file; what a file throws that cannot be
  ///   created.
  package static func requireWritable(_ output: OutputPath) throws {
    guard output.path != "-", !output.path.isEmpty, FileStatus(path: output.path)?.isRegular ?? true else {
      throw RecommendingError(
        code: .cannotCreate,
        message:
          "a checkpoint is replaced after each epoch, so '\(output.path)' must be an ordinary file; name one")
    }
    _ = try StagedFile(output.path)
  }

  /// Writes the whole file again; a crash or a power cut leaves the one before.
  func save(_ path: String, _ trainer: Trainer<Float>, _ progress: Fit.Progress) throws {
    let state = trainer.state
    var file = Safetensors(
      [
        ("parameters", state.parameters), ("first", state.firstMoments), ("second", state.secondMoments),
        ("averages", state.averages), ("best", progress.bestWeights),
      ].map { .init(name: $0.0, shape: [$0.1.count], values: $0.1) })
    file.metadata = [
      "training": fingerprint, "step": state.step.description, "random": state.generator.state.description,
      "epoch": progress.epoch.description, "bestEpoch": progress.bestEpoch.description,
      "bestScore": progress.bestScore.description,
    ]
    try file.write(to: path)
  }
}
