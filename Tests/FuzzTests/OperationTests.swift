import Basics
import FuzzTargets
import Platform
import TestSupport
import Testing

/// Random operations on a store beside a model of it in memory: what differs is found, whatever came before.
@Suite struct OperationTests {
  /// Operations to do at least; `KINDRED_FUZZ_OPERATIONS` says another number, `KINDRED_FUZZ_SEED` another beginning.
  private static let count = number("KINDRED_FUZZ_OPERATIONS") ?? 100_000
  private static let firstSeed = number("KINDRED_FUZZ_SEED") ?? 1

  private static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

  /// Half of the scripts each, so that two processors work.
  @Test(arguments: 0..<2) func theStoreAnswersAsItsModel(part: Int) throws {
    let directory = try TemporaryDirectory()
    let clock = ContinuousClock()
    let start = clock.now
    var (done, scripts) = (0, 0)
    while done < Self.count / 2 {
      var generator = SeededGenerator(seed: UInt64(Self.firstSeed + 2 * scripts + part))
      let script = generator.bytes(16_384)
      do {
        done += try script.withUnsafeBytes { try OperationRun.run($0, path: directory.file("store")) }
      } catch {
        Issue.record("16,384 bytes of \(generator): \(error)")
        return
      }
      scripts += 1
    }
    print("\(done) operations in \(scripts) scripts from seed \(Self.firstSeed + part): \(clock.now - start)")
  }
}
