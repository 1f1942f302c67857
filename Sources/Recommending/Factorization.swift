package import Values
package import Baselines
import Basics
package import Engine
import Evaluation
import Records
import VectorMath

/// A factorisation of the table of which user took which item, and the spaces of its vectors.
package struct Factorization {
  /// What a space remembers as its maker where a factorisation made it.
  static let maker = "als"

  /// The settings that were given or chosen.
  package let settings: MatrixFactorization.Configuration
  /// Items and users with a vector: those of some event.
  package var itemCount: Int { items.ordinals.count }
  package var userCount: Int { users.ordinals.count }
  private let items: EncodedSpace
  private let users: EncodedSpace

  /// Factorises the stored events.
  /// - Parameter name: of the space of items; that of users is named after it.
  /// - Throws: `RecommendingError` `.notEnoughData` where there are no events, `.unsupported` where one of the spaces
  ///   holds vectors that something else made; `EngineError` `.memoryLimit`; `CancellationError`.
  package init(
    _ engine: StorageEngine, space name: String, _ options: FactorizeOptions, _ progress: ProgressHandler?
  ) throws {
    let threads = options.threads
    let userSpace = UserSpaces.name(besides: name)
    for (space, kind) in [(name, RecordKind.items), (userSpace, .users)] {
      try engine.requireReplaceable(space, of: kind, by: "factorisation", advice: "name another space") {
        $0.encoder == Self.maker
      }
    }
    let events = try engine.read { try $0.sequences() }
    // Users and items that nobody likes have no factors.
    let numbering = ItemNumbering(Set(events.likedItems).sorted())
    guard numbering.count > 0 else {
      throw RecommendingError(
        code: .notEnoughData, message: "the store has no events to learn from; import some first")
    }
    let sequences = numbering.sequences(of: events).liked
    // Both factors, twice while they are solved for, and the events from both sides.
    try engine.requireMemory(
      8 * (numbering.count + sequences.count) * options.dimension + 64 * sequences.items.count,
      for: "factorising \(sequences.items.count) events of \(sequences.count) users",
      advice: "take fewer dimensions")
    try engine.requireMemory(toBuild: numbering.count, sequences.count, dimension: options.dimension)
    var settings = MatrixFactorization.Configuration()
    if options.alpha == nil || options.lambda == nil {
      settings = Self.tuned(events, sequences, itemCount: numbering.count, threads: threads, progress)
    }
    settings.width = options.dimension
    settings.iterations = options.iterations
    settings.seed = options.seed
    settings.alpha = options.alpha ?? settings.alpha
    settings.lambda = options.lambda ?? settings.lambda
    self.settings = settings
    try Task.checkCancellation()
    let factors = MatrixFactorization(
      sequences, itemCount: numbering.count, threads: threads, settings
    ) { [settings] pass in
      progress?(WorkProgress(stage: "factorising", completed: pass, total: settings.iterations))
      return Task.isCancelled
    }
    try Task.checkCancellation()
    let width = settings.width
    var items = try EncodedSpace(name, of: .items, dimension: width, .dot, maker: Self.maker)
    for (number, item) in numbering.items.enumerated() {
      try items.append(item, factors.items[(number * width)..<((number + 1) * width)])
    }
    var users = try EncodedSpace(userSpace, of: .users, dimension: width, .dot, maker: Self.maker)
    let vectors = try parallelMap(sequences.count, threads: threads) {
      factors.vector(of: sequences[$0])
    }
    for (number, user) in events.users.enumerated() where !sequences[number].isEmpty {
      try users.append(user, vectors[number])
    }
    self.items = items
    self.users = users
  }

  /// Writes both spaces and flips to both at once.
  package func put(_ engine: StorageEngine, threads: Int, _ progress: ProgressHandler?) throws {
    _ = try engine.replaceVectors(items: items, users: users, threads: threads, progress)
  }

  /// The settings that rank held-out events best, or the usual ones where there are none.
  private static func tuned(
    _ events: EventSequences, _ sequences: SequenceSet, itemCount: Int, threads: Int,
    _ progress: ProgressHandler?
  ) -> MatrixFactorization.Configuration {
    let tuning = TuningProgress("choosing alpha and lambda", progress)
    let heldOut = ValidationSplit(of: events)
    let task = heldOut.task(sequences, itemCount: itemCount, isKeepingSeen: false)
    guard !task.cases.isEmpty,
      let tuned = Baseline.factorization.tuned(
        heldOut.learned(sequences), validation: task, threads: threads, progress: { tuning.show($0) }),
      let best = tuned.validated as? MatrixFactorization
    else { return MatrixFactorization.Configuration() }
    return best.configuration
  }
}
