import ArgumentParser
import Interchange
import Kindred

extension Command {
  struct Bench: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure recall against speed of a space's index, on this machine.",
      usage: "kindred bench <store> <space> [<options>]",
      discussion: """
        Recall@k is the share of the k true nearest neighbors that the search found. The truth is read from \
        --truth, a row of integer ids for each query, or else computed by comparing with every vector. The space's \
        own vectors say nothing of queries of another kind, such as users of items: name such a file with --queries.

        Examples:
          kindred bench shop.kindred content
          kindred bench shop.kindred photos --queries queries.npy -k 10 \\
            --ef 16,32,64,128
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "Name of the space.", completion: .spaceNames)
    var space: String

    @Option(
      help: ArgumentHelp(
        "One query a row; by default up to 1,000 of the space's own vectors, each without itself.",
        valueName: "file.npy"),
      completion: .file())
    var queries: String?

    @Option(
      help: ArgumentHelp("Ids of the true neighbors, nearest first, int32 or int64.", valueName: "file.npy"),
      completion: .file())
    var truth: String?

    @Option(name: .customShort("k"), help: "How many neighbors.")
    var k = 10

    @Option(
      help: ArgumentHelp(
        "Search widths to measure; by default five, doubling from 16 or k.", valueName: "n,n,…"))
    var ef: String?

    @Option(help: "Number of threads that search.")
    var threads = 1

    @Option(
      help: ArgumentHelp(
        "Also draw the curve into this file; - is standard output.", valueName: "file.svg"),
      completion: .file())
    var svg: String?

    @OptionGroup var output: RowOutputOptions

    func validate() throws {
      try require("-k", k)
      try require("--threads", threads)
      guard svg != "-" || output.format == .table else {
        throw ValidationError(
          "--svg - and --\(output.flags.json ? "json" : "format \(output.format.rawValue)") both write to "
            + "standard output; name a file for --svg.")
      }
      guard truth == nil || queries != nil else {
        throw ValidationError("--truth belongs to --queries, which is not given.")
      }
      try StandardInput.requireOneReader([("--queries", queries), ("--truth", truth)])
      _ = try widths()
    }

    /// The search widths to measure, in the order given.
    private func widths() throws -> [Int] {
      guard let ef else { return (0..<5).map { max(16, k) << $0 } }
      return try ef.split(separator: ",", omittingEmptySubsequences: false).map { text in
        guard let width = Int(text), width > 0 else {
          throw ValidationError(
            "--ef takes whole numbers of at least 1, separated by commas; '\(text)' is not one.")
        }
        return width
      }
    }

    func run(_ opened: Store) throws {
      var claims = FileClaims(store: store)
      claims.read(queries, as: "the file of --queries")
      claims.read(truth, as: "the file of --truth")
      // Before minutes of measuring, which would be lost.
      let svgFile = try svg.map { try OutputFile(claims.write($0, as: "--svg")) }
      let given = try queries.map { BenchQueries(try VectorRows(file: $0)) }
      let widths = try widths()
      let (points, info) = try opened.read { snapshot in
        let info = try snapshot.space(space)
        let queries = try given ?? BenchQueries(sampling: snapshot, info)
        if given == nil {
          try output.note(
            "queries: \(People.count(queries.rows.count)) of the space's own vectors, each without itself")
        }
        try queries.rows.requireDimension(of: info)
        return (try measure(snapshot, queries, widths), info)
      }
      if let svgFile {
        let plot = RecallPlot(points, k: k)
        try svgFile.write(plot.svg(title: "Recall and speed of \(space)", subtitle: subtitle(info)).utf8)
        try svgFile.close()
      }
      guard svg != "-", !output.json else { return }
      try output.print(rows: points.map(\.json), table: points.table(k: k), whenEmpty: "")
      guard output.format == .table else { return }
      // Room for the speeds at the left and the name at the right.
      let width = StandardOutput.terminalColumns.map { min(60, max(20, $0 - 20)) } ?? 60
      try StandardOutput.shared.print("\n" + RecallPlot(points, k: k, width: width).text())
    }

    /// `shop.kindred: 3,938 vectors of 256, cosine, float32; 1 thread`
    private func subtitle(_ info: SpaceInfo) -> String {
      let name = store.split(separator: "/").last.map(String.init) ?? store
      let configuration = info.configuration
      return "\(name.cut(toWidth: 40)): \(People.count(info.count, "vector")) of \(configuration.dimension), "
        + "\(configuration.metric), \(configuration.encoding.rawValue); \(People.count(threads, "thread"))"
    }

    /// The exact scan, where it is needed for the truth, and then each width.
    private func measure(
      _ snapshot: borrowing Snapshot, _ queries: BenchQueries, _ widths: [Int]
    ) throws -> [BenchPoint] {
      let steps = widths.count + (truth == nil ? 1 : 0)
      return try output.withProgressLine { line in
        var points: [BenchPoint] = []
        let known: BenchTruth
        if let file = truth {
          known = try BenchTruth(file: file, queries: queries.rows.count, k: k)
        } else {
          line?.show(stage: "computing the true neighbors", completed: 0, total: steps)
          let exact = try answer(snapshot, queries, effort: .exact)
          known = BenchTruth(exact.matches)
          points.append(BenchPoint(ef: nil, k: k, recall: 1, statistics: exact.statistics))
          try report(points[0])
        }
        for width in widths {
          try Task.checkCancellation()
          line?.show(stage: "searching with ef \(width)", completed: points.count, total: steps)
          let batch = try answer(snapshot, queries, effort: .ef(width))
          let point = BenchPoint(
            ef: width, k: k, recall: try known.recall(of: batch.matches),
            statistics: batch.statistics)
          points.append(point)
          try report(point)
        }
        return points
      }
    }

    /// Searches twice and keeps the second run: the first one pays for pages that were not in memory.
    private func answer(
      _ snapshot: borrowing Snapshot, _ queries: BenchQueries, effort: QueryOptions.Effort
    ) throws -> QueryBatch {
      // A query that is a vector of the space finds itself.
      let options = QueryOptions(k: queries.ids == nil ? k : k + 1, effort: effort)
      let warmUp = queries.rows.prefix(effort.isExact ? 1 : queries.rows.count)
      _ = try snapshot.query(space, vectors: warmUp.components, threads: threads, options: options)
      var batch = try snapshot.query(
        space, vectors: queries.rows.components, threads: threads, options: options)
      batch.matches = queries.withoutThemselves(batch.matches, k: k)
      return batch
    }

    /// JSON comes a line at a time, as it is measured.
    private func report(_ point: BenchPoint) throws {
      guard output.json else { return }
      try StandardOutput.shared.print(point.json)
      try StandardOutput.shared.flush()
    }
  }
}

extension QueryOptions.Effort {
  fileprivate var isExact: Bool { if case .exact = self { true } else { false } }
}
