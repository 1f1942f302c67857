public import ArgumentParser
public import Kindred

/// Whether items of the history may come back, as `recommend` and `evaluate` ask for it.
struct SeenOptions: ParsableArguments {
  @Flag(help: "Allow items that are already in the history; by default where events repeat items.")
  var keepSeen = false

  @Flag(help: "Leave out items that are already in the history.")
  var removeSeen = false

  /// Nil where nothing is asked for: the model says.
  var keepsSeen: Bool? { keepSeen ? true : removeSeen ? false : nil }

  func validate() throws {
    if keepSeen, removeSeen { throw ValidationError("Give one of --keep-seen and --remove-seen.") }
  }
}

extension EvaluateOptions.Repeats: ExpressibleByArgument {}
