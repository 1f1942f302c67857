import ArgumentParser
import Basics
import Kindred

extension Command {
  struct Signals: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what events mean: which count more, and which are dislikes.",
      discussion: """
        Each event counts 1 unless a signal says otherwise. Signals say so by kind, and by value where they have \
        bounds: purchase=5 view=1 return=-3, or 'rate>=4=1' 'rate<3=-1'. What counts less than 0 is a \
        dislike. Counts and what is trending go by them at once, training and evaluation from then on.

        Examples:
          kindred signals set shop.kindred purchase=5 view=1 return=-3
          kindred signals set films.kindred 'rate>=4=1' 'rate<3=-1' rate=0.5 \\
            --targets 'rate>=4'
          kindred signals get shop.kindred
        """,
      subcommands: [Get.self, Set.self, Reset.self])
  }
}

extension Command.Signals {
  struct Get: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what events mean.",
      usage: "kindred signals get <store> [<options>]",
      discussion: """
        Example:
          kindred signals get shop.kindred
        """)

    @OptionGroup var path: StorePath
    @OptionGroup var output: OutputOptions

    func run(_ opened: Store) throws {
      guard let policy = try opened.signalPolicy() else {
        throw CommandFailure(
          .unsupported,
          "'\(store)' is of a format that keeps no counts; begin with: kindred signals set \(store)")
      }
      try output.print(policy.json, people: policy.people)
    }
  }

  struct Set: WritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Set what events of some kinds count.",
      usage: "kindred signals set <store> [<signal> ...] [<options>]",
      discussion: """
        A signal is KIND=WEIGHT, KIND>=VALUE=WEIGHT, KIND<VALUE=WEIGHT or KIND>=VALUE<VALUE=WEIGHT. It replaces one \
        of the same kind and bounds; others stay as they are. The narrowest that an event fits says what it counts. \
        All events are counted again.

        Examples:
          kindred signals set shop.kindred purchase=5 view=1 return=-3
          kindred signals set shop.kindred --targets purchase --half-life 14d
        """)

    @OptionGroup var path: StorePath

    @Argument(help: ArgumentHelp("Signals, such as purchase=5.", valueName: "signal"))
    var signals: [SignalPolicy.Signal] = []

    @Option(
      help: ArgumentHelp(
        "The kinds, or signals such as rate>=4, that are to be predicted; an empty text for all that count more than "
          + "0.",
        valueName: "kind,…"))
    var targets: String?

    @Option(
      help: ArgumentHelp(
        "How long it takes an event to lose half of its weight in what is trending, such as 14d or 12h.",
        valueName: "time"))
    var halfLife: TimeSpan?

    @Flag(help: "Accept kinds that no event has.")
    var newKinds = false

    @OptionGroup var output: OutputOptions

    func run(_ opened: Store) throws {
      var policy = try opened.signalPolicy() ?? SignalPolicy()
      for signal in signals {
        let place = policy.signals.firstIndex {
          $0.kind.isExactly(signal.kind) && $0.atLeast == signal.atLeast && $0.below == signal.below
        }
        if let place { policy.signals[place] = signal } else { policy.signals.append(signal) }
      }
      if let targets { policy.targets = AnswerOptions.names(in: targets) }
      if let halfLife { policy.halfLifeSeconds = halfLife.seconds }
      let known = try opened.read { try $0.eventKinds() }
      let labels = policy.signals.map { $0.kind + $0.bounds }
      let kinds = policy.targets.filter { target in !labels.contains { $0.isExactly(target) } }
      for kind in signals.map(\.kind) + kinds where !newKinds && !known.isEmpty {
        guard known.contains(where: { $0.isExactly(kind) }) else {
          throw CommandFailure(
            .invalidArgument,
            "no event is of kind '\(Table.printable(kind))'; there are "
              + known.prefix(10).map { "'\(Table.printable($0))'" }.joined(separator: ", ")
              + "; --new-kinds accepts others")
        }
      }
      try opened.setSignalPolicy(policy)
      try output.print(policy.json, people: policy.people)
    }
  }

  struct Reset: WritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Have every event count 1 again.",
      usage: "kindred signals reset <store> [<options>]",
      discussion: """
        Example:
          kindred signals reset shop.kindred
        """)

    @OptionGroup var path: StorePath
    @OptionGroup var output: OutputOptions

    func run(_ opened: Store) throws {
      try opened.setSignalPolicy(SignalPolicy())
      try output.print(SignalPolicy().json, people: SignalPolicy().people)
    }
  }
}

extension SignalPolicy.Signal {
  fileprivate var json: JSON {
    var members: [(String, JSON)] = [("kind", .string(kind))]
    if let atLeast { members.append(("atLeast", .number(atLeast))) }
    if let below { members.append(("below", .number(below))) }
    return JSON(members: members + [("weight", .number(weight))])
  }
}

extension SignalPolicy {
  fileprivate var json: JSON {
    [
      "signals": .array(signals.map(\.json)), "targets": .array(targets.map { .string($0) }),
      "halfLifeSeconds": .number(halfLifeSeconds),
    ]
  }

  fileprivate var people: String {
    var table = Table([.left("events"), .right("count")])
    table.rows = signals.map { [$0.kind + $0.bounds, JSON.number($0.weight).text] }
    table.rows.append([signals.isEmpty ? "all" : "all others", "1"])
    let predicted = targets.isEmpty ? "all that count more than 0" : targets.joined(separator: ", ")
    return table.text() + "\n"
      + Table.pairs([("to be predicted", predicted), ("half-life", TimeSpan.text(halfLifeSeconds))])
  }
}
