import ArgumentParser
import Kindred

extension Command {
  struct Factorize: LongWritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Learn user and item vectors (implicit ALS).",
      usage: "kindred factorize <store> --space <space> [<options>]",
      discussion: """
        Implicit matrix factorisation by alternating least squares: order and time do not count. Item vectors go \
        into the space, user vectors into one of the same name with '-users' added; both are inner-product spaces \
        and are replaced together.

        Examples:
          kindred factorize shop.kindred --space taste
          kindred query shop.kindred taste --user 17850 --where 'price < 30'
          kindred query shop.kindred taste --like 85123A
        """)

    @OptionGroup var path: StorePath

    @Option(help: "Name of the items' space.")
    var space: String

    @Option(help: "Elements of the vectors, 1 to 512.")
    var dimension = 64

    @Option(help: "Weight of an interaction; chosen on held-out events by default.")
    var alpha: Double?

    @Option(help: "Regularisation; chosen on held-out events by default.")
    var lambda: Double?

    @Option(help: "Number of passes over users and items.")
    var iterations = 10

    @Option(help: "The same seed and events give the same vectors.")
    var seed: UInt64 = 1

    @Option(help: "Number of threads; all cores by default.")
    var threads: Int?

    @OptionGroup var memory: MemoryOptions

    @OptionGroup var output: OutputOptions

    func run(_ opened: Store) throws {
      let options = FactorizeOptions(
        dimension: dimension, alpha: alpha, lambda: lambda, iterations: iterations, seed: seed,
        threads: threads)
      let report = try output.withProgress { progress in
        try opened.factorize(space, options, progress: progress)
      }
      try output.print(
        [
          "space": .string(report.itemSpace), "userSpace": .string(report.userSpace),
          "items": .integer(report.items), "users": .integer(report.users),
          "dimension": .integer(dimension), "alpha": .number(report.alpha), "lambda": .number(report.lambda),
          "seconds": .number(report.seconds),
        ],
        people:
          "\(People.count(report.items, "item")) in \(report.itemSpace), "
          + "\(People.count(report.users, "user")) in \(report.userSpace), alpha \(report.alpha), "
          + "lambda \(report.lambda), in \(People.seconds(report.seconds))\n")
    }
  }
}
