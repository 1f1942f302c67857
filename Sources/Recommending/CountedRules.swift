import Platform

/// How items are scored by what was counted to occur near those of a history. The constants were chosen on two
/// catalogues, as docs/decisions/0040 says; decay and powers are those of `SequentialRules`.
enum CountedRules {
  /// The newest events of a history that are looked at; a farther one counts less than a thousandth.
  static let historyLimit = 10
  private static let decay: Float = 0.5
  /// The power of the earlier item's events that weights are divided by.
  private static let antecedentPower = 0.5
  /// The power of the later item's.
  private static let consequentPower = 0.3

  /// The newest items of a history, oldest first, and what the weights of each one's list are multiplied by.
  /// - Parameters:
  ///   - history: items of events that count something.
  ///   - events: how many events an item has.
  static func factors<Item>(
    after history: some BidirectionalCollection<Item>, events: (Item) -> UInt32
  ) -> [(item: Item, factor: Float)] {
    var share: Float = 1
    return history.reversed().prefix(historyLimit).map { item in
      defer { share *= decay }
      return (item, share / Float(pow(Double(max(1, events(item))), antecedentPower)))
    }
  }

  /// What an item's sum is divided by in the end.
  static func divisor(events: UInt32) -> Float { Float(pow(Double(max(1, events)), consequentPower)) }
}
