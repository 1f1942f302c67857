import Basics
import Platform
import TestSupport
import Testing

/// A child that writes is killed at random moments, 200 times over all kinds of work, or `KINDRED_FAULT_ROUNDS` times.
/// What it had acknowledged is kept out of its reach: nothing of it may be lost, and nothing may be there by half.
@Suite struct KillTests {
  /// Rounds of a long run.
  static let rounds = getenv("KINDRED_FAULT_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 200

  @Test func nothingAcknowledgedIsLost() throws {
    let clock = ContinuousClock()
    let start = clock.now
    var campaign = try Campaign(seed: 51)
    for round in 0..<Self.rounds {
      try campaign.killed(at: Work.allCases[round % Work.allCases.count], verifies: round % 20 == 19)
      if round % 1_000 == 999 { print("kills: \(campaign.summary)") }
    }
    print("kills: \(campaign.summary), in \((clock.now - start) / .seconds(1)) s")
    // The moments must have hit work in all states, or this proves little.
    #expect(campaign.acknowledged > Self.rounds)
    #expect(campaign.undone > 0)
  }
}
