import ArgumentParser
import Kindred

extension Command {
  struct Train: LongWritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Train a next-item model on the stored events.",
      discussion: """
        Trains a session encoder, stores it as a new model version, and writes its vectors of items and users \
        into the spaces session and session-users, which recommend then answers from. A model that is trained \
        with events held out for evaluation is stored and not served, unless --serve is given. The last event of \
        each sequence is held out for early stopping. Ctrl-C keeps the best epoch so far.

        Examples:
          kindred train shop.kindred
          kindred train shop.kindred --exclude-last 1 --minutes 10 --json
          kindred train shop.kindred --no-serve
          kindred train shop.kindred --architecture gru --exclude-last 1
          kindred models shop.kindred serve 3
        """)

    @OptionGroup var path: StorePath

    @Option(
      help: ArgumentHelp(
        "What reads the events: a causal Transformer (SASRec), GRU4Rec, LSTM, or a Transformer that learns to find "
          + "masked events (BERT4Rec).",
        valueName: "name"))
    var architecture = TrainOptions.Architecture.transformer

    @Option(help: "Elements of the vectors, 16 to 512. By default 64, or 128 if there are many events.")
    var dimension: Int?

    @Option(help: "Blocks of the Transformer or recurrent layers, 1 to 8; 2 by default, 1 if recurrent.")
    var layers: Int?

    @Option(help: "Attention heads.")
    var heads = 2

    @Option(help: "Query vectors for each session, 1 to 16; their results are merged.")
    var interests = 1

    @Option(help: "How many of the newest events to use; chosen from the data by default.")
    var maxLength: Int?

    @Option(
      help: "Maximum number of epochs; \(TrainOptions.defaultEpochs) by default. Early stopping ends sooner.")
    var epochs: Int?

    @Option(help: "Time limit in minutes.")
    var minutes: Double?

    @Option(help: "The same seed, events and threads give the same model.")
    var seed: UInt64 = 1

    @Option(help: "Hold out each user's N newest events for evaluation, of those that are to be predicted.")
    var excludeLast = 0

    @Option(
      help: ArgumentHelp(
        "Hold out events from this time on (ISO 8601 or seconds since 1970) for evaluation.",
        valueName: "time"),
      transform: Timestamp.argument)
    var before: Timestamp?

    @Flag(
      inversion: .prefixedNo, exclusivity: .exclusive,
      help: "Recommend with the new model. By default yes, unless events are held out for evaluation.")
    var serve: Bool?

    @Option(
      help: ArgumentHelp(
        "Save a checkpoint here after each epoch; resume from it if it exists.", valueName: "file"),
      completion: .file())
    var checkpoint: String?

    @Flag(
      help: "Do not train on the held-out events. By default they are added after early stopping.")
    var keepHeldOut = false

    @Flag(help: "Use no words, attributes or other vectors of items, and no attributes of users.")
    var withoutContent = false

    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp(
        "Learn from the items' vectors in these spaces; by default from all of text models and your own.",
        valueName: "space"))
    var contentSpaces: [String] = []

    @Flag(
      help:
        "Do not mix in co-occurrence rules. By default they get the weight that validates best."
    )
    var withoutRules = false

    @Option(
      name: .customLong("min-support"),
      help: ArgumentHelp(
        "Use a counted pair of items only if at least N users have both; with 3, no recommendation rests on what one "
          + "or two users took.",
        valueName: "n"))
    var minimumSupport = 1

    @Option(help: "Number of threads; all cores by default.")
    var threads: Int?

    @OptionGroup var memory: MemoryOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
      try require("--heads", heads)
      if withoutContent, !contentSpaces.isEmpty {
        throw ValidationError("--without-content leaves out --content-spaces; give one of them.")
      }
      guard (dimension ?? Self.leastDimension) % (2 * heads) == 0 else {
        throw ValidationError(
          "--dimension must be a multiple of \(2 * heads) (2 × --heads); "
            + (dimension.map { "\($0) is not." }
              ?? "its default, \(Self.leastDimension) or more, is not: give one."))
      }
    }

    /// Where none is given it is this one or twice as large.
    private static let leastDimension = 64

    func run(_ opened: Store) throws {
      let options = TrainOptions(
        architecture: architecture, dimension: dimension, layers: layers, heads: heads, interests: interests,
        maxLength: maxLength,
        epochs: epochs, minutes: minutes, seed: seed, excludeLast: excludeLast, before: before,
        learnsHeldOut: !keepHeldOut, usesContent: !withoutContent,
        contentSpaces: contentSpaces.isEmpty ? nil : contentSpaces, usesRules: !withoutRules, serves: serve,
        minimumSupport: minimumSupport, checkpoint: checkpoint, threads: threads)
      // What was learned until a signal is kept, and the vectors of a large store take a while to write.
      Interrupt.awaitEndOfWork()
      var last = 0
      let model = try withEstimate { progress in
        try opened.train(options, progress: progress) { epoch in
          last = epoch.epoch
          if output.json {
            try StandardOutput.shared.print(epoch.json)
            try StandardOutput.shared.flush()
          } else if !output.quiet {
            StandardError.write(epoch.people)
          }
        }
      }
      let isInterrupted = Task.isCancelled
      if isInterrupted {
        // One that went on from a checkpoint may have its best epoch from there.
        let best = model.bestEpoch ?? last
        try output.note("interrupted after epoch \(max(last, best)): kept the best, epoch \(best)")
      }
      try output.print(
        ["model": model.json, "interrupted": .bool(isInterrupted)], people: summary(model))
    }

    /// Runs the training with its progress; once a few steps are done, says how long it may take.
    private func withEstimate<R>(_ work: (Store.ProgressHandler?) throws -> R) throws -> R {
      let epochs = epochs ?? TrainOptions.defaultEpochs
      return try output.withProgressLine { line in
        guard let line else { return try work(nil) }
        return try work { progress in
          if let left = progress.secondsLeft {
            line.announce(
              "about \(People.about(seconds: left)) for at most \(People.count(epochs, "epoch")); early stopping may "
                + "end sooner"
            )
          }
          line.show(progress)
        }
      }
    }

    /// What the model is, how good it is, and what to do with it.
    private func summary(_ model: ModelInfo) -> String {
      var text = "model \(model.version): \(People.count(model.items, "item")), \(People.bytes(model.bytes))"
      if let score = model.validationNDCG { text += ", validation NDCG@10 \(People.fixed(score, 4))" }
      guard !model.isServing else {
        return text + "\nmodel \(model.version) serves; try it: kindred recommend \(store) --user ID\n"
      }
      text += "\nmodel \(model.version) is stored and not served; "
      if excludeLast > 0 {
        text += "evaluate it: kindred evaluate \(store); "
      } else if let before {
        text += "evaluate it: kindred evaluate \(store) --split time:\(before); "
      }
      return text + "serve it: kindred models \(store) serve \(model.version)\n"
    }
  }
}

extension TrainingEpoch {
  fileprivate var json: JSON {
    [
      "epoch": .integer(epoch), "loss": .number(loss),
      "validationNDCG@10": validationNDCG.map { .number($0) } ?? .null, "seconds": .number(seconds),
      "sequencesPerSecond": .number(sequencesPerSecond),
    ]
  }

  fileprivate var people: String {
    let score = validationNDCG.map { ", held-out NDCG@10 \(People.fixed($0, 4))\(isBest ? " (best)" : "")" }
    return "epoch \(epoch): loss \(People.fixed(loss, 4))\(score ?? ""), \(People.seconds(seconds))\n"
  }
}
