import ArgumentParser
import Interchange
import Kindred

extension Command {
  struct Query: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Find the nearest neighbors of a text, a record or vectors.",
      discussion: """
        Score: larger is better (cosine similarity, inner product, negative distance for l2). Distance: smaller \
        is nearer. A filter never shortens the answer: the k best that pass it come back. docs/filters.md has \
        all that --where can say. --user leaves out what the user has already, as recommend does. Several \
        examples make one answer: what is like them, and not like --unlike. Without a space the text is \
        searched for by words as well, one misspelt or the last incomplete, with the item of that id first.

        Examples:
          kindred query shop.kindred --text "red retropsot ba"
          kindred query shop.kindred content --text "red retrospot bag" -k 5
          kindred query shop.kindred content --like 85123A \\
            --where 'price < 30 and not hidden'
          kindred query shop.kindred --like 85123A \\
            --space content=0.3,photos=0.7
          kindred query shop.kindred content --like 85123A --like 22423 \\
            --unlike 71053 --group-by category --per-group 2
          kindred query shop.kindred photos --vectors queries.npy -k 100 \\
            --ef 200 --output ids.npy --stats
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "Name of the space.", completion: .spaceNames)
    var space: String?

    @OptionGroup var fusion: FusionOptions

    @OptionGroup(title: "What to look for")
    var subject: QuerySubject

    @Option(name: .customShort("k"), help: "How many neighbors.")
    var k = 10

    @Option(
      help:
        "Target recall, 0 to 1; the space picks the effort. 0.98 by default."
    )
    var recall: Double?

    @Option(
      help:
        "Width of the search: larger finds more of the true neighbors and takes longer; values below k are raised to k."
    )
    var ef: Int?

    @Flag(help: "Compare with every vector instead of searching the index.")
    var exact = false

    @Option(
      name: .customLong("where"),
      help: ArgumentHelp("Only records that pass this filter, such as 'price < 30'.", valueName: "expression")
    )
    var filter: Filter?

    @OptionGroup var answers: AnswerOptions

    @OptionGroup var groups: GroupingOptions

    @OptionGroup var seen: SeenOptions

    @Option(help: "Number of threads that search.")
    var threads = 1

    @Option(
      name: .customLong("output"),
      help: ArgumentHelp("Write int64 ids [queries, k] here, -1 for missing ones.", valueName: "ids.npy"),
      completion: .file())
    var idsFile: String?

    @Flag(help: "Add the plan and the cost of the search.")
    var stats = false

    @Option(
      help: ArgumentHelp(
        "What a search without a space asks: words, vectors of texts, or both.",
        valueName: "both|words|vectors"))
    var by: SearchMethod?

    @Flag(help: "In a search the last word is whole; otherwise it may be the beginning of one.")
    var wholeWords = false

    @OptionGroup var output: RowOutputOptions

    func validate() throws {
      guard space == nil || fusion.list == nil else {
        throw ValidationError("Name one space, or several with --space; not both.")
      }
      try fusion.check()
      if isSearch { return try validateSearch() }
      guard by == nil, !wholeWords else {
        throw ValidationError("--by and --whole-words belong to a search, for which no space is named.")
      }
      try subject.requireOne()
      try groups.check()
      if fusion.list != nil { try requireOneOfSeveralSpaces() }
      try answers.check()
      try StandardInput.requireOneReader([
        ("--vector", subject.vector), ("--vectors", subject.vectors), ("--exclude-file", answers.excludeFile),
      ])
      try require("-k", k)
      guard (subject.user != nil && !subject.hasExamples) || seen.keepsSeen == nil else {
        throw ValidationError("--keep-seen and --remove-seen belong to a query by --user alone.")
      }
      guard !stats || !subject.hasExamples else {
        throw ValidationError(
          "--stats belongs to a query of one text, record, user or vector, or to --vectors.")
      }
      try require("--threads", threads)
      guard (recall == nil ? 0 : 1) + (ef == nil ? 0 : 1) + (exact ? 1 : 0) <= 1 else {
        throw ValidationError("--recall, --ef and --exact exclude each other; give one.")
      }
      if let recall, !(recall > 0 && recall <= 1) {
        throw ValidationError("--recall is \(recall); it must be above 0 and at most 1.")
      }
      try require("--ef", ef)
    }

    /// Whether the store's words are asked, for which no space is named.
    private var isSearch: Bool { space == nil && fusion.list == nil }

    private func validateSearch() throws {
      guard subject.text.count == 1, subject.like.isEmpty, subject.unlike.isEmpty, subject.vector == nil,
        subject.vectors == nil, subject.strategy == nil
      else {
        throw ValidationError(
          "Name a space, or several with --space; without one a single --text is searched for, perhaps with --user."
        )
      }
      guard seen.keepsSeen == nil, !stats, recall == nil, ef == nil, !exact else {
        throw ValidationError(
          "--keep-seen, --remove-seen, --stats, --recall, --ef and --exact belong to a query of one space.")
      }
      try groups.check()
      try answers.check()
      try require("-k", k)
    }

    /// What can be asked of several spaces at once.
    private func requireOneOfSeveralSpaces() throws {
      guard subject.vector == nil, subject.vectors == nil else {
        throw ValidationError("--vector and --vectors are asked of one space.")
      }
      guard seen.keepsSeen == nil, !stats else {
        throw ValidationError("--keep-seen, --remove-seen and --stats belong to a query of one space.")
      }
    }

    func run(_ opened: Store) throws {
      var claims = FileClaims(store: store)
      claims.read(subject.vectors, as: "the file of --vectors")
      claims.read(answers.excludeFile, as: "the file of --exclude-file")
      claims.read(subject.vector == "-" ? "-" : nil, as: "the file on standard input")
      let idsOutput = try idsFile.map { try claims.write($0, as: "--output") }
      let effort: QueryOptions.Effort =
        if exact { .exact } else if let ef { .ef(ef) } else { recall.map { .recall($0) } ?? .automatic }
      let options = QueryOptions(
        k: k, effort: effort, filter: filter, excluding: try answers.excluded(),
        records: answers.fields != nil, offset: answers.offset, minScore: answers.minScore,
        grouping: groups.grouping)
      // Answers are complete before the first is printed: a slow reader of ours must not hold the snapshot.
      let (answer, unknown, named) = try opened.read { snapshot in
        let first = space ?? fusion.weights.first?.space
        var answer =
          if isSearch {
            QueryAnswer(
              try snapshot.search(
                subject.text.first ?? "", by: by ?? .both, user: subject.user, isComplete: wholeWords,
                options: options))
          } else if let space {
            try subject.answer(
              snapshot, space: space, keepsSeen: seen.keepsSeen, threads: threads, options: options)
          } else {
            try subject.answer(snapshot, fusion, options: options)
          }
        if idsFile == nil, QueryPrinter.showsTexts(output, answers) {
          try answer.addTitles(snapshot, space: first)
        }
        let kind = try first.map { try snapshot.space($0).configuration.of } ?? .items
        return (
          answer, try filter.map { try snapshot.unknownNames(inFilter: $0, of: kind) } ?? [],
          try isSearch ? nil : subject.text.first.flatMap { try snapshot.record(kind, id: $0)?.id }
        )
      }
      if let idsOutput { try answer.writeIDs(to: idsOutput, k: k) }
      // Identifiers on standard output leave no room for anything else there.
      if idsFile != "-" { try show(answer) }
      try output.note(unknown)
      if isSearch, by != .vectors, try opened.read({ try $0.indexedAttributes() }) == nil {
        try output.notice(
          "the store has no word index yet, so vectors alone were asked; make one with: "
            + "kindred rebuild \(store) --words")
      }
      if let named {
        let id = Table.printable(named)
        try output.note(
          "there is a record of the id \"\(id)\"; kindred get shows it, --like \(id) finds its neighbors")
      }
    }

    private func show(_ answer: QueryAnswer) throws {
      if let idsFile, !output.json {
        let people = "wrote \(answer.matches.count) x \(k) ids to \(idsFile)"
        // Not as a row of CSV or Markdown.
        if output.format == .table {
          try StandardOutput.shared.print(people + "\n")
        } else {
          try output.note(people)
        }
      } else {
        try QueryPrinter(output: output, answers: answers, answer: answer).show()
      }
      if stats, let statistics = answer.statistics { try printStatistics(statistics) }
    }

    private func printStatistics(_ statistics: QueryStatistics) throws {
      switch output.format {
      case .json: try StandardOutput.shared.print(["stats": statistics.json])
      case .table:
        try StandardOutput.shared.print((idsFile == nil ? "\n" : "") + statistics.people)
      case .csv, .markdown:
        // Not among the rows, which a program reads or somebody pastes.
        try StandardOutput.shared.flush()
        StandardError.write(statistics.people)
      }
    }
  }
}
