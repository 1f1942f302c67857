import ArgumentParser
import Kindred

extension Command {
  struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Learn what follows what from the stored sequences.",
      discussion: """
        Trains a session encoder, keeps it as a new model version, and writes the vectors it gives items and users \
        into the spaces session and session-users, which recommend then answers from. The last event of each \
        sequence is held out to tell when to stop. Ctrl-C keeps the best so far.

        Examples:
          kindred train shop.kindred
          kindred train shop.kindred --exclude-last 1 --minutes 10 --json
        """)

    @Argument(help: storeHelp, completion: .file())
    var store: String

    @Option(help: "Elements of the vectors, 16 to 512; 64 or, of many events, 128 if not given.")
    var dimension: Int?

    @Option(help: "Blocks of the Transformer, 1 to 8.")
    var layers = 2

    @Option(help: "Heads of attention.")
    var heads = 2

    @Option(help: "Query vectors for each session, 1 to 16; their answers are merged.")
    var interests = 1

    @Option(help: "The newest so many events are looked at; what suits the data if not given.")
    var maxLength: Int?

    @Option(help: "At most so many epochs.")
    var epochs: Int?

    @Option(help: "At most so many minutes.")
    var minutes: Double?

    @Option(help: "The same seed, events and threads give the same model.")
    var seed: UInt64 = 1

    @Option(help: "Leave out so many of each user's newest events, to evaluate with.")
    var excludeLast = 0

    @Option(
      help: ArgumentHelp(
        "Leave out events from this time on (ISO 8601 or seconds since 1970), to evaluate with.",
        valueName: "time"),
      transform: { text in
        guard let time = Timestamp(text) else {
          throw ValidationError("'\(text)' is no time; write 2010-12-01T08:26:00Z or seconds since 1970.")
        }
        return time
      })
    var before: Timestamp?

    @Option(
      help: ArgumentHelp(
        "Keeps the training here epoch by epoch, and goes on from it where it is there.", valueName: "file"),
      completion: .file())
    var checkpoint: String?

    @Flag(
      help: "Never learn from the held-out events; otherwise they are, once they have told when to stop.")
    var keepHeldOut = false

    @Flag(help: "Do not learn from words and attributes of items.")
    var withoutContent = false

    @Flag(
      help:
        "Do not count which items follow which beside the encoder; otherwise as far as validation asks for it."
    )
    var withoutRules = false

    @Option(help: "Threads; as many as the machine has cores if not given.")
    var threads: Int?

    @OptionGroup var output: OutputOptions

    func run() throws {
      let opened = try Store.openForWriting(store)
      defer { opened.close() }
      var options = TrainOptions()
      options.dimension = dimension
      options.layers = layers
      options.heads = heads
      options.interests = interests
      options.maxLength = maxLength
      options.epochs = epochs
      options.minutes = minutes
      options.seed = seed
      options.excludeLast = excludeLast
      options.before = before?.milliseconds
      options.learnsHeldOut = !keepHeldOut
      options.usesContent = !withoutContent
      options.usesRules = !withoutRules
      options.checkpoint = checkpoint
      options.threads = threads ?? Store.defaultThreads
      // What was learned until a signal is kept, and the vectors of a large store take a while to write.
      Interrupt.awaitEndOfWork()
      let model = try output.withProgress { progress in
        try opened.train(options, progress: progress) { epoch in
          if output.json {
            try StandardOutput.shared.print(epoch.json)
            try StandardOutput.shared.flush()
          } else if !output.quiet {
            StandardError.write(epoch.people)
          }
        }
      }
      try output.print(
        ["model": model.json],
        people: "model \(model.version): \(People.count(model.items, "item")), \(People.bytes(model.bytes))\n"
      )
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
