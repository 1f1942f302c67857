import Engine

/// The choice of the model that an evaluation judges.
enum EvaluatedEncoder {
  /// The model to judge, or why there is none.
  static func find(
    _ store: Store, _ snapshot: Engine.Snapshot, _ options: EvaluateOptions
  ) throws -> (SessionEncoderModel?, note: String?) {
    let stored = try snapshot.models()
    var note = "no model was trained, so there is no row for one"
    for model in stored.reversed() {
      if let wanted = options.model, wanted != model.version { continue }
      let encoder = try store.sessionEncoders.model(model.version, snapshot)
      let data = encoder.manifest.data
      switch options.split {
      case .leaveOneOut where data.excludedLast < 1:
        note = "model \(model.version) was trained on the targets; train one with --exclude-last 1"
      case .time(let date) where data.before.map({ $0 > date }) ?? true && data.newest >= date:
        note =
          "model \(model.version) was trained on the targets; train one with --before \(Timestamp(milliseconds: date))"
      default: return (encoder, nil)
      }
    }
    if let wanted = options.model, !stored.contains(where: { $0.version == wanted }) {
      throw StoreError(code: .recordNotFound, message: "the store has no model \(wanted)")
    }
    return (nil, note)
  }
}
