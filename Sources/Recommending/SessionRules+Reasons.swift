/// Why an item comes next, by counted rules: a reason is an item of the history that enough users took it with.
extension SessionRules {
  /// The fewest other users that a reason rests on. With one or two it would show what a single person took.
  static let leastUsers = 3
  /// Reasons of one item, at most.
  static let reasonLimit = 3
  /// The least part of what the rules count for an item that is a reason.
  static let leastPart = 0.05

  /// An item of the history that rules name another one for.
  struct Reason {
    let item: UInt32
    /// Its part of what the rules count for the item after the whole history, above 0 and at most 1.
    let part: Double
    /// Of the users who took `item`, those who took both within the window of the rules; nil where both are the same
    /// item.
    let users: (both: Int, all: Int)?
  }

  /// The reasons of each of some items after a history, the strongest first; none where counts are missing.
  /// - Complexity: O(history · items · log(rules of an item)).
  func reasons(for items: [UInt32], after history: ArraySlice<UInt32>) -> [[Reason]] {
    guard let counts = rules.counts else { return items.map { _ in [] } }
    let known = Set(history)
    return items.map { item in
      var total = 0.0
      var weights: [UInt32: Double] = [:]
      var share = 1.0
      for earlier in history.reversed() {
        defer { share *= rules.configuration.decay }
        guard let place = rules.table.place(row: Int(earlier), column: item) else { continue }
        let weight = share * Double(rules.table.weights[place])
        total += weight
        // Whoever asks may be among those who took both.
        let others = Int(counts.rules[place]) - (known.contains(item) ? 1 : 0)
        if earlier == item || others >= Self.leastUsers { weights[earlier, default: 0] += weight }
      }
      return weights.lazy.filter { $0.value > 0 && $0.value >= Self.leastPart * total }
        .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .prefix(Self.reasonLimit)
        .map { earlier, weight in
          let place = rules.table.place(row: Int(earlier), column: item)
          let users = place.flatMap {
            earlier == item ? nil : (Int(counts.rules[$0]), Int(counts.items[Int(earlier)]))
          }
          return Reason(item: earlier, part: weight / total, users: users)
        }
    }
  }
}
