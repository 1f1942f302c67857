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
    threads: Int? = nil
  ) {
    self.dimension = dimension
    self.alpha = alpha
    self.lambda = lambda
    self.iterations = iterations
    self.seed = seed
    self.threads = threads ?? processorCount
  }

  package func check() throws {
    func require(_ isRight: Bool, _ message: String) throws {
      if !isRight { throw RecommendingError(code: .invalidArgument, message: message) }
    }
    try require((1...512).contains(dimension), "dimension \(dimension) is outside 1 to 512")
    if let alpha { try require(alpha > 0 && alpha.isFinite, "alpha is \(alpha); it is above 0") }
    if let lambda { try require(lambda > 0 && lambda.isFinite, "lambda is \(lambda); it is above 0") }
    try require((1...1_000).contains(iterations), "\(iterations) iterations are outside 1 to 1,000")
    try ThreadCountError.check(threads)
  }
}
