/// Remembers which dictionary codes passed a test.
struct CodeOutcomes {
  /// Codes below this have a byte each, others go into a dictionary.
  private static let directCount: UInt64 = 65_536

  /// By code: 0 unknown, 1 failed, 2 passed.
  private var direct: [UInt8] = []
  private var others: [UInt64: Bool] = [:]

  /// The outcome of `code`, if it is known. O(1).
  @inline(__always)
  func known(_ code: UInt64) -> Bool? {
    if code < UInt64(direct.count) {
      let outcome = direct[Int(truncatingIfNeeded: code)]
      return outcome == 0 ? nil : outcome == 2
    }
    return others.isEmpty ? nil : others[code]
  }

  /// Remembers the outcome of `code`. O(1) amortised.
  mutating func learn(_ code: UInt64, _ outcome: Bool) {
    guard code < Self.directCount else {
      others[code] = outcome
      return
    }
    if code >= UInt64(direct.count) {
      let grown = min(max(Int(code) + 1, direct.count * 2, 64), Int(Self.directCount))
      direct.append(contentsOf: repeatElement(0, count: grown - direct.count))
    }
    direct[Int(code)] = outcome ? 2 : 1
  }
}
