import ArgumentParser
import Interchange
import Kindred

extension Command {
  struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure recall against speed of a space's index, on this machine.",
      discussion: """
        Recall@k is the share of the k true nearest neighbors that the search found. The truth is read from \
        --truth, a row of integer ids for each query, or else computed by comparing with every vector.

        Example:
          kindred bench shop.kindred photos --queries queries.npy -k 10 \\
            --ef 16,32,64,128
        """)

    @Argument(help: storeHelp, completion: .file())
    var store: String

    @Argument(help: "Name of the space.", completion: .spaceNames)
    var space: String

    @Option(help: ArgumentHelp("One query a row.", valueName: "file.npy"), completion: .file())
    var queries: String

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

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard k > 0 else { throw ValidationError("-k is \(k); it must be at least 1.") }
      guard threads > 0 else { throw ValidationError("--threads is \(threads); it must be at least 1.") }
      guard svg != "-" || !output.json else {
        throw ValidationError(
          "--svg - and --json both write to standard output; name a file for one of them.")
      }
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

    func run() throws {
      let opened = try Store.openForReading(store)
      defer { opened.close() }
      var claims = FileClaims(store: store)
      claims.read(queries, as: "the file of --queries")
      claims.read(truth, as: "the file of --truth")
      let svgOutput = try svg.map { try claims.write($0, as: "--svg") }
      let rows = try VectorRows(file: queries)
      let widths = try widths()
      let points = try opened.read { snapshot in
        try rows.requireDimension(of: try snapshot.space(space))
        var points: [BenchPoint] = []
        let truth: BenchTruth
        if let file = self.truth {
          truth = try BenchTruth(file: file, queries: rows.count, k: k)
        } else {
          if !output.json {
            try output.note("computing the truth of \(People.count(rows.count)) queries exactly …")
          }
          let exact = try measure(snapshot, rows, effort: .exact)
          truth = BenchTruth(exact.matches)
          points.append(BenchPoint(ef: nil, k: k, recall: 1, statistics: AnswerStatistics(exact.statistics)))
          try report(points[0])
        }
        for width in widths {
          try Task.checkCancellation()
          let batch = try measure(snapshot, rows, effort: .ef(width))
          let point = BenchPoint(
            ef: width, k: k, recall: try truth.recall(of: batch.matches),
            statistics: AnswerStatistics(batch.statistics))
          points.append(point)
          try report(point)
        }
        return points
      }
      let plot = RecallPlot(points.filter { $0.ef != nil }, k: k)
      if let svgOutput {
        let file = try OutputFile(svgOutput)
        try file.write(plot.svg(title: "\(space), \(People.count(threads, "thread"))").utf8)
        try file.close()
      }
      guard !output.json, svg != "-" else { return }
      try StandardOutput.shared.print(points.table(k: k).text())
      try StandardOutput.shared.print("\n" + plot.text())
    }

    /// Searches twice and keeps the second run: the first one pays for pages that were not in memory.
    private func measure(
      _ snapshot: borrowing Snapshot, _ rows: VectorRows, effort: QueryOptions.Effort
    ) throws -> QueryBatch {
      let options = QueryOptions(k: k, effort: effort)
      let warmUp = rows.prefix(effort.isExact ? 1 : rows.count)
      _ = try snapshot.query(space, vectors: warmUp.components, threads: threads, options: options)
      return try snapshot.query(space, vectors: rows.components, threads: threads, options: options)
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
