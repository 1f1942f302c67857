public import ArgumentParser
public import Kindred

/// Several spaces that answer together, for `query` and `recommend` alike.
struct FusionOptions: ParsableArguments {
  @Option(
    name: .customLong("space"),
    help: ArgumentHelp(
      "Ask several spaces at once, each with a weight, such as content=0.3,session=0.7; may be repeated.",
      valueName: "name=weight"))
  var spaces: [String] = []

  @Option(
    name: .customLong("fusion"),
    help: "How the lists of several spaces become one: by rank (reciprocal rank fusion) or by score.")
  var method = Fusion.rank

  /// The spaces with their weights, 1 where none is given. What follows the last `=` is a weight, if it is a number.
  var weights: [SpaceWeight] {
    spaces.flatMap { $0.split(separator: ",") }.map { part in
      guard let place = part.lastIndex(of: "="), let weight = Double(part[part.index(after: place)...])
      else { return SpaceWeight(String(part)) }
      return SpaceWeight(String(part[..<place]), weight)
    }
  }

  /// Called by the command's own `validate`: an option group's runs before unknown options are reported, and would hide
  /// them.
  func check() throws {
    for space in weights where !(space.weight > 0 && space.weight.isFinite) {
      throw ValidationError("--space \(space.space)=\(space.weight): a weight must be above 0.")
    }
    if spaces.isEmpty, method != .rank { throw ValidationError("--fusion belongs to --space, which is not given.") }
  }
}

extension Fusion: ExpressibleByArgument {}
