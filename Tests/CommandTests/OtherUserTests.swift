import Foundation
import Testing

/// A reader of another account, who may read the store and not write its lock file, read without locks: one export had
/// rows of several commits and then ended in an assertion of LMDB. It could be since the lock file was always the
/// owner's alone, and a permission that was missing was taken for a read-only disk.
@Suite(.enabled(if: Root.canSwitchUsers)) struct OtherUserTests {
  private static let nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups $KINDRED"
  private static let owner = "setpriv --reuid=4001 --regid=4002 --clear-groups $KINDRED"
  private static let member = "setpriv --reuid=4003 --regid=4003 --groups=4002 $KINDRED"

  private func shop() throws -> Workplace {
    let place = try Workplace()
    try place.shell("chmod 755 .")
    return place
  }

  @Test func withoutTheLockFileReadingIsRefused() throws {
    let place = try shop()
    try place.shell("chmod 604 shop.kindred")
    for command in ["stats", "verify", "export --items -"] {
      let words = command.split(separator: " ", maxSplits: 1).map(String.init)
      let line = "\(Self.nobody) \(words[0]) shop.kindred \(words.dropFirst().joined()) --json"
      let refused = try place.shell(line)
      #expect(refused.exitCode == 77, "\(command): \(refused.standardError)")
      let error = try refused.jsonError()
      #expect(error.code == "permissionDenied" && error.message.contains("shop.kindred-lock"))
      #expect(error.message.contains("chmod 606 '"), "what its owner can do: \(error.message)")
    }
    // Opened once by its owner, for reading even, the lock file follows the store.
    try place.expect("stats", "shop.kindred")
    #expect(try place.mode("shop.kindred-lock") == 0o606)
    let read = try place.shell("\(Self.nobody) stats shop.kindred")
    #expect(read.exitCode == 0, "\(read.standardError)")
    // And a lock file that is gone cannot be made by somebody who may not write here.
    try place.shell("rm shop.kindred-lock")
    let missing = try place.shell("\(Self.nobody) stats shop.kindred")
    #expect(missing.exitCode == 77 && missing.standardError.contains("-lock"), "\(missing.standardError)")
    let writing = try place.shell("\(Self.nobody) append shop.kindred --user u --item i")
    #expect(writing.exitCode == 77)
  }

  /// A lock file that root makes, by looking at somebody's store once, is the store's owner's.
  @Test func rootMakesTheLockFileForTheOwner() throws {
    let place = try shop()
    try place.shell("rm shop.kindred-lock; chown 4001:4002 shop.kindred; chmod 660 shop.kindred; chmod 777 .")
    try place.expect("stats", "shop.kindred")
    for user in [Self.owner, Self.member] {
      let outcome = try place.shell("\(user) append shop.kindred --user u --item i --time 1")
      #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    }
    let stranger = try place.shell("\(Self.nobody) stats shop.kindred")
    #expect(stranger.exitCode == 77)
    #expect(!stranger.standardError.contains("writ"), "only reading was asked: \(stranger.standardError)")
  }

  /// What another user has put in the lock file's place is not opened to everybody by root.
  @Test func rootOpensNothingElse() throws {
    let place = try shop()
    try place.shell(
      "chmod 644 shop.kindred; rm shop.kindred-lock; : > secret; chmod 600 secret; ln secret shop.kindred-lock"
    )
    _ = try place.run("stats", "shop.kindred")
    #expect(try place.mode("secret") == 0o600)
    try place.shell("rm shop.kindred-lock; ln -s secret shop.kindred-lock")
    _ = try place.run("stats", "shop.kindred")
    #expect(try place.mode("secret") == 0o600)
  }

  /// `compact` as root made the file root's, and its users were locked out; what cannot be kept is refused.
  @Test func compactionKeepsTheOwner() throws {
    let place = try shop()
    try place.shell("chown 4001:4002 shop.kindred shop.kindred-lock; chmod 640 shop.kindred; chmod 777 .")
    try place.expect("compact", "shop.kindred")
    #expect(try place.shell("stat -c '%u %g %a' shop.kindred").standardOutput == "4001 4002 640\n")
    // A member of the group cannot give the file away: only where the group may do all that the owner may.
    try place.shell("chmod 660 shop.kindred; chmod 660 shop.kindred-lock")
    #expect(try place.shell("\(Self.member) compact shop.kindred").exitCode == 0)
    #expect(try place.shell("stat -c '%u %g %a' shop.kindred").standardOutput == "4003 4002 660\n")
    try place.shell("chmod 666 shop.kindred shop.kindred-lock")
    let before = try place.data("shop.kindred")
    let refused = try place.shell("\(Self.nobody) compact shop.kindred")
    #expect(refused.exitCode == 77 && refused.standardError.contains("4003"), "\(refused.standardError)")
    #expect(try place.data("shop.kindred") == before)
    #expect(try place.files() == ["shop.kindred", "shop.kindred-lock"])
  }
}
