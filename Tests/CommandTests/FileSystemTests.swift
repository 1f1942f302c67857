import Foundation
import Testing

/// On a full disk `create` and, without its lock file, every reader of a store ended in SIGBUS: LMDB writes the lock
/// file through a map of a file that has no blocks yet. Half a store was left behind. And whoever read through a
/// read-only mount read without locks, while the host wrote. Inputs here: room for a part of what is needed, every
/// command, a mount that is read-only on one side.
@Suite(.enabled(if: Root.canMount), .serialized) struct FileSystemTests {
  /// A folder `m` of a file system of 2 MB.
  private func mounted(_ place: Workplace, _ body: () throws -> Void) throws {
    #expect(try place.shell("mkdir m && mount -t tmpfs -o size=2m none m").exitCode == 0)
    defer { _ = try? place.shell("umount m") }
    try body()
  }

  /// Leaves so many KiB free.
  private func fill(_ place: Workplace, leavingKB: Int) throws {
    try place.shell(
      "used=$(du -k m | cut -f 1); dd if=/dev/zero of=m/fill bs=1k count=$((2048 - used - \(leavingKB)))")
  }

  @Test func createOnAFullDiskLeavesNothing() throws {
    let place = try Workplace(store: false)
    try mounted(place) {
      for room in [0, 4, 8, 16, 24, 32, 40, 60, 80, 400] {
        try fill(place, leavingKB: room)
        let outcome = try place.run("create", "m/n.kindred", "--json")
        let left = try place.shell("ls m").standardOutput
        if outcome.exitCode == 0 {
          #expect(room > 32 && left == "fill\nn.kindred\nn.kindred-lock\n", "\(room): \(left)")
          try place.expect("verify", "m/n.kindred")
        } else {
          #expect(outcome.exitCode == 74, "\(room): \(outcome)")
          #expect(try outcome.jsonError().code == "diskFull")
          #expect(room < 400 && left == "fill\n", "\(room): \(left)")
        }
        try place.shell("rm m/*")
      }
    }
  }

  @Test func aStoreOnAFullDiskIsReadOrRefused() throws {
    let place = try RecordCommandTests.shop()
    try place.expect("embed", "shop.kindred", "--space", "t", "--dimension", "16")
    let commands = [
      "stats", "verify", "get S items 71053", "query S t --text bag", "export S --items -",
      "append S --user u --item 71053", "delete S items 71053", "rebuild S", "compact S",
      "backup S m/b.kindred",
      "space drop S t",
    ].map { $0.contains("S") ? $0 : "\($0) S" }
    try mounted(place) {
      for command in commands {
        for (room, hasLockFile) in [(0, false), (16, false), (0, true)] {
          try place.shell("cp shop.kindred m/s.kindred")
          if hasLockFile { try place.expect("stats", "m/s.kindred") }
          try fill(place, leavingKB: room)
          let line = command.replacingOccurrences(of: "S", with: "m/s.kindred")
          let outcome = try place.shell("$KINDRED \(line) --json")
          #expect([0, 74].contains(outcome.exitCode), "\(line), \(room) KB: \(outcome)")
          #expect(hasLockFile || outcome.exitCode == 74, "\(line): without a lock file nothing is done")
          if outcome.exitCode != 0 { #expect(try outcome.jsonError().code == "diskFull", "\(line)") }
          #expect(try place.shell("ls m | grep -c -e compact- -e create- -e lock-").standardOutput == "0\n")
          try place.shell("rm m/fill")
          try place.expect("verify", "m/s.kindred")
          try place.shell("rm m/*")
        }
      }
    }
  }

  @Test func readOnlyMountsAreReadAndNeverBesideAWriter() throws {
    let place = try RecordCommandTests.shop()
    try place.shell("mkdir rw ro; mv shop.kindred rw/; mount --bind rw ro && mount -o remount,ro,bind ro")
    defer { _ = try? place.shell("umount ro") }
    // Without a lock file and with one that cannot be written.
    for _ in 0..<2 {
      #expect(try place.expect("export", "ro/shop.kindred", "--items", "-").standardOutput.contains("71053"))
      try place.expect("stats", "rw/shop.kindred")
    }
    // A reader that cannot lock, while it reads: it is asked for one session after the other.
    let reading = """
      (sleep 3; echo) | $KINDRED recommend ro/shop.kindred --sessions - >/dev/null 2>&1 & sleep 1
      $KINDRED append rw/shop.kindred --user u --item i --json; code=$?; $KINDRED stats rw/shop.kindred >/dev/null || \
      code=1
      wait; exit $code
      """
    let writer = try place.shell(reading)
    #expect(writer.exitCode == 75, "\(writer.standardError)")
    #expect(try writer.jsonError().code == "busy")
    let writing = """
      (sleep 3) | $KINDRED import rw/shop.kindred --items - --format jsonl -q >/dev/null & sleep 1
      $KINDRED stats ro/shop.kindred --json; code=$?; wait; exit $code
      """
    let reader = try place.shell(writing)
    #expect(reader.exitCode == 75, "\(reader.standardError)")
    try place.expect("append", "rw/shop.kindred", "--user", "u", "--item", "i")
    for command in [
      "compact ro/shop.kindred", "create ro/n.kindred", "append ro/shop.kindred --user u --item i",
    ] {
      #expect(try place.shell("$KINDRED \(command)").exitCode == 77, "\(command)")
    }
  }
}
