import Basics

/// How the matrix of interactions is factorised.
public struct FactorizeOptions: Sendable, Hashable {
  /// Elements of the vectors, 1 to 512.
  public var dimension: Int
  /// How much more a pair that occurred weighs than one that did not, above 0; nil takes what ranks held-out events
  /// best.
  public var alpha: Double?
  /// What squared lengths are penalised by, above 0; nil takes what ranks held-out events best.
  public var lambda: Double?
  /// Passes over users and items, 1 to 1,000.
  public var iterations: Int
  /// The same seed and events give the same vectors.
  public var seed: UInt64
  /// Threads, 1 to 256.
  public var threads: Int

  /// Makes options.
  public init(
    dimension: Int = 64, alpha: Double? = nil, lambda: Double? = nil, iterations: Int = 10, seed: UInt64 = 1,
    threads: Int = Store.defaultThreads
  ) {
    self.dimension = dimension
    self.alpha = alpha
    self.lambda = lambda
    self.iterations = iterations
    self.seed = seed
    self.threads = threads
  }

  fileprivate var settings: FactorizationSettings {
    var settings = FactorizationSettings()
    settings.width = dimension
    settings.iterations = iterations
    settings.seed = seed
    return settings
  }

  fileprivate func check() throws {
    func require(_ isRight: Bool, _ message: String) throws {
      if !isRight { throw StoreError(code: .invalidArgument, message: message) }
    }
    try require((1...512).contains(dimension), "dimension \(dimension) is outside 1 to 512")
    if let alpha { try require(alpha > 0 && alpha.isFinite, "alpha is \(alpha); it is above 0") }
    if let lambda { try require(lambda > 0 && lambda.isFinite, "lambda is \(lambda); it is above 0") }
    try require((1...1_000).contains(iterations), "\(iterations) iterations are outside 1 to 1,000")
    try ThreadCountError.check(threads)
  }
}

/// What a factorisation made.
public struct FactorizeReport: Sendable, Hashable, Codable {
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
  /// Factorises the table of which user took which item by alternating least squares (Hu, Koren and Volinsky 2008), and
  /// writes the items' vectors into a space of inner products and the users' into one named after it, `-users` added.
  /// `Snapshot.query(_:user:keepsSeen:options:)` asks the first with a vector of the second.
  ///
  /// Both spaces are flipped to at once. Spaces of those names are replaced if a factorisation made them.
  /// - Throws: `StoreError` `.invalidArgument`; `.notEnoughData` where there are no events; `.unsupported` where one of
  ///   the spaces holds vectors that something else made; `CancellationError`.
  /// - Complexity: O(iterations · (dimension² · pairs of user and item + dimension³ · (users + items))), several times
  ///   where `alpha` or `lambda` is to be chosen; then a rebuild of both spaces.
  @discardableResult
  public func factorize(
    _ name: String, _ options: FactorizeOptions = .init(), progress: ProgressHandler? = nil
  ) throws -> FactorizeReport {
    try StoreError.translating {
      try options.check()
      try engine.requireWritable()
      let clock = ContinuousClock()
      let start = clock.now
      let factorization = try Factorization(
        engine, space: name, alpha: options.alpha, lambda: options.lambda, options.settings,
        threads: options.threads, progress)
      try factorization.put(engine, threads: options.threads, progress)
      announce(spaces: [name, UserSpaces.name(besides: name)])
      return FactorizeReport(
        itemSpace: name, userSpace: UserSpaces.name(besides: name), items: factorization.itemCount,
        users: factorization.userCount, alpha: factorization.settings.alpha,
        lambda: factorization.settings.lambda, seconds: (clock.now - start) / .seconds(1))
    }
  }
}
