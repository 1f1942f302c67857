import Baselines
import Engine
import Records

/// How the matrix of interactions is factorised.
public struct FactorizeOptions: Sendable, Hashable {
  /// Elements of the vectors, 1 to 512.
  public var dimension = 64
  /// How much more a pair that occurred weighs than one that did not, above 0; nil takes what ranks held-out events best.
  public var alpha: Double?
  /// What squared lengths are penalised by, above 0; nil takes what ranks held-out events best.
  public var lambda: Double?
  /// Passes over users and items, 1 to 1,000.
  public var iterations = 10
  /// The same seed and events give the same vectors.
  public var seed: UInt64 = 1
  /// Threads, 1 to 256.
  public var threads = Store.defaultThreads

  /// Makes options.
  public init() {}

  fileprivate func check() throws {
    func require(_ isRight: Bool, _ message: String) throws {
      if !isRight { throw StoreError(code: .invalidArgument, message: message) }
    }
    try require((1...512).contains(dimension), "dimension \(dimension) is outside 1 to 512")
    if let alpha { try require(alpha > 0 && alpha.isFinite, "alpha is \(alpha); it is above 0") }
    if let lambda { try require(lambda > 0 && lambda.isFinite, "lambda is \(lambda); it is above 0") }
    try require((1...1_000).contains(iterations), "\(iterations) iterations are outside 1 to 1,000")
    try require((1...256).contains(threads), "\(threads) threads are outside 1 to 256")
  }
}

/// What a factorisation made.
public struct FactorizeReport: Sendable, Hashable {
  /// The space of the items' vectors.
  public var itemSpace: String
  /// The space of the users' vectors.
  public var userSpace: String
  /// Items with a vector: those of some event.
  public var items: Int
  /// Users with a vector: those of some event.
  public var users: Int
  /// The weight that was given or chosen.
  public var alpha: Double
  /// The penalty that was given or chosen.
  public var lambda: Double
  /// Wall time.
  public var seconds: Double
}

extension Store {
  /// What a space remembers as its maker where a factorisation made it.
  private static let factorizationMaker = "als"

  /// Factorises the table of which user took which item by alternating least squares (Hu, Koren and Volinsky 2008), and
  /// writes the items' vectors into a space of inner products and the users' into one named after it, `-users` added.
  /// `Snapshot.query(_:user:keepsSeen:options:)` asks the first with a vector of the second.
  ///
  /// Both spaces are flipped to at once. Spaces of those names are replaced if a factorisation made them.
  /// - Throws: `StoreError` `.invalidArgument`; `.notEnoughData` where there are no events; `.unsupported` where one of the
  ///   spaces holds vectors that something else made; `CancellationError`.
  @discardableResult
  public func factorize(
    space name: String, _ options: FactorizeOptions = .init(), progress: ProgressHandler? = nil
  ) throws -> FactorizeReport {
    try StoreError.translating {
      try options.check()
      try engine.requireWritable()
      let clock = ContinuousClock()
      let start = clock.now
      let users = UserSpaces.name(besides: name)
      for (space, kind) in [(name, EntityKind.items), (users, .users)] {
        try requireReplaceable(space, of: kind, by: "factorisation", advice: "name another space") {
          $0.encoder == Self.factorizationMaker
        }
      }
      let events = try engine.read { try $0.sequences() }
      let items = Set(events.items).sorted()
      guard !items.isEmpty else {
        throw StoreError(
          code: .notEnoughData, message: "the store has no events to learn from; import some first")
      }
      let numbers = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1, UInt32($0)) })
      let sequences = events.users.indices.map { user in
        events.items[events.range(user)].map { numbers[$0] ?? 0 }
      }
      let settings = settings(events, sequences, itemCount: items.count, options, progress)
      try Task.checkCancellation()
      let factors = MatrixFactorization(
        sequences, itemCount: items.count, threads: options.threads, settings
      ) { pass in
        progress?(Progress(stage: "factorising", completed: pass, total: options.iterations))
        return Task.isCancelled
      }
      try Task.checkCancellation()
      let width = options.dimension
      var itemSpace = try EncodedSpace(
        name, of: .items, dimension: width, .dot, maker: Self.factorizationMaker)
      for (number, item) in items.enumerated() {
        try itemSpace.append(item, factors.items[(number * width)..<((number + 1) * width)])
      }
      var userSpace = try EncodedSpace(
        users, of: .users, dimension: width, .dot, maker: Self.factorizationMaker)
      let vectors = try concurrentMap(sequences.count, threads: options.threads) {
        factors.vector(of: sequences[$0][...])
      }
      for (user, vector) in zip(events.users, vectors) { try userSpace.append(user, vector) }
      _ = try replaceVectors(items: itemSpace, users: userSpace, threads: options.threads, progress)
      return FactorizeReport(
        itemSpace: name, userSpace: users, items: items.count, users: events.users.count,
        alpha: settings.alpha, lambda: settings.lambda, seconds: (clock.now - start) / .seconds(1))
    }
  }

  /// What was asked for, and for what was not what ranks held-out events best.
  private func settings(
    _ events: EventSequences, _ sequences: [[UInt32]], itemCount: Int, _ options: FactorizeOptions,
    _ progress: ProgressHandler?
  ) -> MatrixFactorization.Configuration {
    var settings = MatrixFactorization.Configuration()
    if options.alpha == nil || options.lambda == nil {
      let tuning = TuningProgress("choosing alpha and lambda", progress)
      let heldOut = HeldOutEvents(of: events)
      let task = heldOut.task(sequences, itemCount: itemCount, isKeepingSeen: false)
      if !task.cases.isEmpty,
        let tuned = Baseline.factorization.tuned(
          heldOut.learned(sequences), validation: task, threads: options.threads,
          progress: { tuning.show($0) }),
        let best = tuned.validated as? MatrixFactorization
      {
        settings = best.configuration
      }
    }
    settings.alpha = options.alpha ?? settings.alpha
    settings.lambda = options.lambda ?? settings.lambda
    settings.width = options.dimension
    settings.iterations = options.iterations
    settings.seed = options.seed
    return settings
  }
}
