/// Remembers which dictionary codes passed a test.
struct CodeOutcomes {
  /// Codes below this have a byte each, others go into a dictionary.
  private static let directCount: UInt64 = 65_536

  private var direct: [UInt8] = []
  private var others: [UInt64: Bool] = [:]

  /// The outcome of `code`, from `decide` at its first use. O(1).
  @inline(__always)
  mutating func outcome(of code: UInt64, decide: () throws -> Bool) rethrows -> Bool {
    if code < UInt64(direct.count) {
      let known = direct[Int(code)]
      if known != 0 { return known == 2 }
    }
    return try learn(code, decide)
  }

  private mutating func learn(_ code: UInt64, _ decide: () throws -> Bool) rethrows -> Bool {
    guard code < Self.directCount else {
      if let known = others[code] { return known }
      let outcome = try decide()
      others[code] = outcome
      return outcome
    }
    let outcome = try decide()
    if code >= UInt64(direct.count) {
      let grown = min(max(Int(code) + 1, direct.count * 2, 64), Int(Self.directCount))
      direct.append(contentsOf: repeatElement(0, count: grown - direct.count))
    }
    direct[Int(code)] = outcome ? 2 : 1
    return outcome
  }
}
