import Basics

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
  ///   the spaces holds vectors that something else made; `.memoryLimit`; `CancellationError`.
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
      let factorization = try Factorization(engine, space: name, options, progress)
      try factorization.put(engine, threads: options.threads, progress)
      announce(spaces: [name, UserSpaces.name(besides: name)])
      return FactorizeReport(
        itemSpace: name, userSpace: UserSpaces.name(besides: name), items: factorization.itemCount,
        users: factorization.userCount, alpha: factorization.settings.alpha,
        lambda: factorization.settings.lambda, seconds: (clock.now - start) / .seconds(1))
    }
  }
}
