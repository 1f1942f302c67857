import ArgumentParser
import Basics
import Kindred

/// What chooses the items that are recommended, and what is left out of them.
struct MethodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What chooses: the model (session), what was counted (rules, popular, trending, newest, again), or likeness to "
        + "what was seen (similar).",
      valueName: "method"))
  var by: RecommendationMethod?

  @Option(
    help: ArgumentHelp(
      "Leave out what the user had such events with, ever or in so long, and show again what else was seen; may be "
        + "repeated.",
      valueName: "kind|kind=90d"))
  var hide: [HiddenEvents] = []

  @Option(
    help: ArgumentHelp("The time of the recommendation, for --hide and --by again.", valueName: "time"))
  var now: String?

  /// Whether the model is asked, where one serves.
  var asksModel: Bool { by == nil || by == .session }

  func time() throws -> Timestamp? {
    try now.map { try Timestamp.argument($0) }
  }

  /// The kinds to hide that no event has.
  func unknownKinds(_ snapshot: borrowing Snapshot) throws -> [String] {
    let known = try snapshot.eventKinds()
    return hide.map(\.kind).filter { kind in !known.contains { $0.isExactly(kind) } }
  }

  func check(hasSpaces: Bool, isVaried: Bool) throws {
    guard by == nil || by == .similar || !hasSpaces else {
      throw ValidationError("--space goes with --by similar, or with no --by at all.")
    }
    guard asksModel || !isVaried else {
      throw ValidationError("--diversity is for the model's lists, not for --by \(by?.rawValue ?? "").")
    }
    _ = try time()
  }
}
