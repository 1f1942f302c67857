import Kindred

/// Items that were stored after a model encoded all others and that it cannot encode by what is known of them: nothing
/// but popularity recommends them until the next training.
enum MissingVectors {
  /// The sentence about them; nil where there are none.
  static func words(in spaces: [SpaceInfo], of store: String) -> String? {
    // Users need no vector to be recommended to.
    guard let space = spaces.first(where: { $0.configuration.of == .items && $0.missing ?? 0 > 0 }),
      let missing = space.missing
    else { return nil }
    return "\(People.count(missing, "item")) \(missing == 1 ? "has" : "have") no vector in "
      + "\(space.configuration.name) yet: the model knows nothing of \(missing == 1 ? "it" : "them"); "
      + "train again: kindred train \(store)"
  }

  /// Says so on standard error.
  static func notice(in opened: Store, named store: String, _ output: some CommandOutput) throws {
    if let words = words(in: try opened.read({ try $0.spaces() }), of: store) { try output.notice(words) }
  }
}
