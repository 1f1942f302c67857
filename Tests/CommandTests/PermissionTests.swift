import Foundation
import Testing

/// `compact` gave a file of mode 664 the mode 600, and everybody but the owner lost it: the new file was made for the
/// owner alone and took the old one's place. So did every output that is written beside its place.
@Suite struct PermissionTests {
  /// With the bits that set the group and are sticky: a folder that a group shares has them.
  private let modes = [0o600, 0o640, 0o644, 0o664, 0o666, 0o604, 0o2664, 0o1640]

  @Test func compactionKeepsTheMode() throws {
    let place = try RecordCommandTests.shop()
    for mode in modes {
      try place.shell("chmod \(String(mode, radix: 8)) shop.kindred")
      try place.expect("compact", "shop.kindred")
      #expect(try place.mode("shop.kindred") == mode)
    }
  }

  /// Who may write the file may damage it so that a reader's process ends. A command that opens it twice says so once,
  /// and a program gets nothing but JSON.
  @Test func othersThatMayWriteAreWarnedAboutOnce() throws {
    let place = try Workplace()
    for (mode, who) in [
      (0o600, nil), (0o644, nil), (0o664, "its group"), (0o620, "its group"), (0o602, "everybody"),
      (0o666, "everybody"),
    ] as [(Int, String?)] {
      try place.shell("chmod \(String(mode, radix: 8)) shop.kindred")
      for command in ["stats", "verify"] {
        let warnings = try place.expect(command, "shop.kindred").standardError.split(separator: "\n")
          .filter { $0.hasPrefix("kindred: warning: ") }
        #expect(warnings.count == (who == nil ? 0 : 1), "\(command), \(String(mode, radix: 8)): \(warnings)")
        #expect(warnings.allSatisfy { $0.contains(who ?? "") && $0.contains("chmod go-w") })
        #expect(try place.expect(command, "shop.kindred", "--json").standardError.isEmpty)
      }
    }
  }

  /// Who may read a store must be able to lock it.
  @Test func theLockFileFollowsTheStore() throws {
    let place = try Workplace()
    #expect(try place.mode("shop.kindred") == 0o600 && place.mode("shop.kindred-lock") == 0o600)
    for (mode, lock) in [(0o640, 0o660), (0o644, 0o666), (0o664, 0o666), (0o604, 0o606), (0o600, 0o600)] {
      try place.shell("rm -f shop.kindred-lock; chmod \(String(mode, radix: 8)) shop.kindred")
      try place.expect("stats", "shop.kindred")
      #expect(try place.mode("shop.kindred-lock") == lock)
    }
    try place.shell("chmod 660 shop.kindred")
    try place.expect("append", "shop.kindred", "--user", "u", "--item", "i")
    #expect(try place.mode("shop.kindred-lock") == 0o660)
  }

  @Test func outputsKeepTheModeOfWhatTheyReplace() throws {
    let place = try RecordCommandTests.shop()
    try place.expect("embed", "shop.kindred", "--space", "t", "--dimension", "16")
    for mode in modes {
      try place.shell(
        ": > o.jsonl; : > v.npy; : > v.txt; chmod \(String(mode, radix: 8)) o.jsonl v.npy v.txt")
      try place.expect("export", "shop.kindred", "--items", "o.jsonl")
      try place.expect("export", "shop.kindred", "--space", "t", "--vectors", "v.npy", "--ids", "v.txt")
      for file in ["o.jsonl", "v.npy", "v.txt"] {
        #expect(try place.mode(file) == mode, "\(file)")
        #expect(try !place.data(file).isEmpty)
      }
    }
    #expect(try place.shell("umask 027; $KINDRED export shop.kindred --items new.jsonl").exitCode == 0)
    #expect(try place.mode("new.jsonl") == 0o640, "a new file is as the umask says")
  }
}
