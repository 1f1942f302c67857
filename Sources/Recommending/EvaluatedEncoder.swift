import Values
import Engine
import Interchange

/// The choice of the model that an evaluation judges.
enum EvaluatedEncoder {
  /// The model to judge, or why there is none.
  static func find(
    _ models: ModelCache, _ snapshot: Snapshot, _ settings: EvaluateOptions
  ) throws -> (SessionEncoderModel?, note: String?) {
    let stored = try snapshot.models()
    let signals = try snapshot.signalPolicy().flatMap(\.checksum)
    var note = "no model was trained, so there is no row for one"
    for model in stored.reversed() {
      if let wanted = settings.model, wanted != model.version { continue }
      let encoder = try models.model(model.version, snapshot)
      let data = encoder.manifest.data
      switch settings.split {
      case .leaveOneOut where data.signals != signals:
        note =
          "model \(model.version) was trained before the store's signals changed, so that it may know the targets; "
          + "train one with --exclude-last 1"
      case .leaveOneOut where data.excludedLast < 1:
        note = "model \(model.version) was trained on the targets; train one with --exclude-last 1"
      case .time(let time)
      where data.before.map({ $0 > time.milliseconds }) ?? true && data.newest >= time.milliseconds:
        note =
          "model \(model.version) was trained on the targets; train one with --before \(time)"
      default: return (encoder, nil)
      }
    }
    if let wanted = settings.model, !stored.contains(where: { $0.version == wanted }) {
      throw RecommendingError(code: .recordNotFound, message: "the store has no model \(wanted)")
    }
    return (nil, note)
  }
}
