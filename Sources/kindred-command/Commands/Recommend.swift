import ArgumentParser
import Basics
import Filters
import Interchange
import Kindred

extension Command {
  struct Recommend: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Recommend items for a user or a session.",
      discussion: """
        Until a model serves (kindred train), the answer is by rules, what was counted to follow what. A user without \
        events gets what users with the same attributes take; an unknown user or session gets what is popular. Items \
        of the history are left out unless --keep-seen, or as --hide says; a filter never shortens the answer. \
        docs/filters.md has all that --where can say.

        Examples:
          kindred recommend shop.kindred --user 17850 -k 5
          kindred recommend shop.kindred --session 85123A,71053 \\
            --where 'price < 10' --explain
          kindred recommend shop.kindred --sessions sessions.jsonl --json
          kindred recommend shop.kindred --user 17850 \\
            --space session=0.7,photos=0.3
          kindred recommend shop.kindred --like 85123A --unlike 71053
          kindred recommend shop.kindred --user 17850 --by trending
          kindred recommend shop.kindred --user 17850 --hide purchase=90d
          kindred recommend shop.kindred --users mailing.txt --fields text,price --json
        """)

    @OptionGroup var path: StorePath

    @Option(help: "Id of a user; the stored events are the history.")
    var user: String?

    @Option(help: ArgumentHelp("Item ids, oldest first.", valueName: "a,b,…"))
    var session: String?

    @Option(
      help: ArgumentHelp(
        "One session a line: ids separated by commas, [\"a\",\"b\"] or {\"session\":[…]}; an empty line is an empty "
          + "session. '-' answers standard input line by line.",
        valueName: "file"), completion: .file())
    var sessions: String?

    @Option(
      help: ArgumentHelp("One user a line; '-' is standard input.", valueName: "file"), completion: .file())
    var users: String?

    @Option(
      help: ArgumentHelp(
        "An item that the answer is to be like; may be repeated, and weighted as in a=2. With --user the user is one "
          + "more example.",
        valueName: "id"))
    var like: [String] = []

    @Option(help: ArgumentHelp("An item that the answer is not to be like; as --like.", valueName: "id"))
    var unlike: [String] = []

    @Option(
      help: ArgumentHelp(
        "How several examples make one answer: by their average, or by the best score with any of them.",
        valueName: "average|best"))
    var strategy: QueryExamples.Strategy?

    @OptionGroup var fusion: FusionOptions

    @OptionGroup var answers: AnswerOptions

    @OptionGroup var groups: GroupingOptions

    @Option(name: .customShort("k"), help: "How many items.")
    var k = 10

    @Option(
      name: .customLong("where"),
      help: ArgumentHelp("Only items that pass this filter, such as 'price < 30'.", valueName: "expression"))
    var filter: Filter?

    @OptionGroup var seen: SeenOptions

    @OptionGroup var method: MethodOptions

    @Option(help: "How varied the list is, from 0 (score only) to 1 (most varied).")
    var diversity = 0.0

    @Flag(help: "Show which items of the history at least three other users took each one with.")
    var explain = false

    @Option(help: "Number of threads for many sessions; all cores by default.")
    var threads: Int?

    @OptionGroup var output: RowOutputOptions

    func validate() throws {
      let subjects = [user, users, session, sessions].compactMap { $0 }.count
      if hasExamples {
        guard subjects == (user == nil ? 0 : 1) else {
          throw ValidationError(
            "--like and --unlike go with --user, not with --users, --session or --sessions.")
        }
        guard seen.keepsSeen == nil, diversity == 0, !explain, method.by == nil, method.hide.isEmpty else {
          throw ValidationError(
            "--like and --unlike exclude --keep-seen, --remove-seen, --hide, --by, --diversity and --explain."
          )
        }
      } else {
        guard subjects == 1 else {
          throw ValidationError("Give exactly one of --user, --users, --session and --sessions, or --like.")
        }
        guard strategy == nil else {
          throw ValidationError("--strategy belongs to --like and --unlike, which are not given.")
        }
      }
      try answers.check()
      try fusion.check()
      try groups.check()
      try require("-k", k)
      guard fusion.list == nil || diversity == 0 else {
        throw ValidationError("--diversity and --space exclude each other; give one.")
      }
      guard method.hide.isEmpty || seen.keepsSeen == nil else {
        throw ValidationError("--hide says what is left out; it excludes --keep-seen and --remove-seen.")
      }
      try method.check(hasSpaces: fusion.list != nil, isVaried: diversity > 0)
      guard (0...1).contains(diversity) else {
        throw ValidationError("--diversity is \(diversity); it must be 0 to 1.")
      }
      try StandardInput.requireOneReader([
        ("--users", users), ("--sessions", sessions), ("--exclude-file", answers.excludeFile),
      ])
      try require("--threads", threads)
    }

    private var hasExamples: Bool { !(like.isEmpty && unlike.isEmpty) }

    func run(_ opened: Store) throws {
      let options = RecommendOptions(
        k: k, filter: filter, keepsSeen: seen.keepsSeen, diversity: diversity, explains: explain,
        excluding: try answers.excluded(), records: !output.json || answers.fields != nil,
        offset: answers.offset, minScore: answers.minScore, spaces: fusion.weights, fusion: fusion.method,
        grouping: groups.grouping, method: method.by, hiding: method.hide,
        time: try method.time())
      var printer = RecommendationPrinter(
        output: output, answers: answers, isExplaining: explain,
        isOne: user != nil || session != nil || hasExamples)
      if hasExamples {
        let found = try opened.read { snapshot in
          var examples = QueryExamples(
            like: try like.map { try .init(argument: $0, snapshot, .items) },
            unlike: try unlike.map { try .init(argument: $0, snapshot, .items) },
            strategy: strategy ?? .average)
          if let user { examples.like.append(.init(.user(user))) }
          return try snapshot.recommend(by: examples, options: options)
        }
        try printer.show(
          user.map { ("user", .string($0)) } ?? ("like", .array(like.map { .string($0) })), found)
      } else if let user {
        let (found, isKnown) = try opened.read { snapshot in
          let found = try snapshot.recommend(user: user, options: options)
          return (found, try snapshot.user(id: user) != nil)
        }
        if !isKnown { printer.add(unknownUser: user) }
        try printer.show(("user", .string(user)), found)
      } else if let users {
        let names = try AnswerOptions.identifiers(users)
        let found = try opened.read { snapshot in
          var found: [[Recommendation]] = []
          for name in names {
            try Task.checkCancellation()
            found.append(try snapshot.recommend(user: name, options: options))
            if try snapshot.user(id: name) == nil { printer.add(unknownUser: name) }
          }
          return found
        }
        for (name, found) in zip(names, found) { try printer.show(("user", .string(name)), found) }
      } else if sessions == "-" {
        try answerStandardInput(opened, options, &printer)
      } else {
        try answerAll(opened, options, &printer)
      }
      let isServed = try opened.read { try $0.servingModel() } != nil
      try printer.noteWhatIsMissing(isServed: isServed)
      for kind in try opened.read({ try method.unknownKinds($0) }) {
        try output.notice(
          "no event is of kind '\(Table.printable(kind))', so --hide leaves nothing out by it")
      }
      if let filter { try output.note(try opened.read { try $0.unknownNames(inFilter: filter, of: .items) }) }
      try noteWhatServes(opened, isServed: isServed)
    }

    /// Says on standard error that no model was asked, or that it does not know all items yet.
    private func noteWhatServes(_ opened: Store, isServed: Bool) throws {
      let asksModel =
        method.asksModel
        && (fusion.list == nil || fusion.weights.contains { $0.space == "session" })
      guard asksModel else { return }
      if isServed { return try MissingVectors.notice(in: opened, named: store, output) }
      let advice: String
      if let newest = try opened.read({ try $0.models() }).last {
        advice = "serve model \(newest.version) with: kindred models \(store) serve \(newest.version)"
      } else {
        let isEmpty = try opened.statistics().events == 0
        advice = "\(isEmpty ? "import events, then " : "")train one with: kindred train \(store)"
      }
      try output.notice("no model serves, so the answer is by what was counted of events; \(advice)")
    }

    /// Each line is answered, and its answer is out, before the next one is read.
    private func answerStandardInput(
      _ opened: Store, _ options: RecommendOptions, _ printer: inout RecommendationPrinter
    ) throws {
      let lines = try SessionLines("-")
      while let session = try lines.next() {
        try Task.checkCancellation()
        let (found, unknown) = try opened.read { snapshot in
          (
            try snapshot.recommend(for: .session(session), options: options),
            try session.filter { try snapshot.item(id: $0) == nil }
          )
        }
        printer.add(unknown: unknown)
        try printer.show(("session", .array(session.map { .string($0) })), found)
        try StandardOutput.shared.flush()
      }
    }

    private func answerAll(
      _ opened: Store, _ options: RecommendOptions, _ printer: inout RecommendationPrinter
    ) throws {
      let all = try sessions.map { try SessionLines($0).all() } ?? [SessionFile.ids(session ?? "")]
      let threads = threads ?? Store.defaultThreads
      let (found, unknown) = try opened.read { snapshot in
        var unknown: [String] = []
        for id in Set(all.joined().map { ExactString($0) }).map(\.value)
        where try snapshot.item(id: id) == nil { unknown.append(id) }
        return (
          try snapshot.recommend(for: all.map { .session($0) }, threads: threads, options: options), unknown
        )
      }
      printer.add(unknown: unknown)
      for (session, found) in zip(all, found) {
        try printer.show(("session", .array(session.map { .string($0) })), found)
      }
    }
  }
}
