import CLMDB
import Platform

/// Keeps processes that write apart from those that read without a lock file, on a read-only file system.
///
/// What is read-only here may be writable elsewhere: a directory of the host that a container sees read-only. Both
/// kinds of processes put a shared lock on a byte of the data file that is theirs, far behind its end, and stay out
/// where the other kind's byte is locked. Such locks need no right to write, and end with the open file.
enum UnlockedReading {
  enum Role: off_t {
    case unlockedReader = 0x4000_0000_0000_0000
    case writer = 0x4000_0000_0000_0001

    var other: Role { self == .writer ? .unlockedReader : .writer }
  }

  /// - Throws: `.busy` when the other kind has the file open.
  static func claim(_ role: Role, descriptor: Int32, path: String) throws(LMDBError) {
    #if os(Linux)
      var mine = lock(F_RDLCK, role)
      // Not known to this file system or kernel: then nobody else could see it either.
      guard fcntl(descriptor, Int32(KINDRED_SET_FILE_LOCK), &mine) == 0 else { return }
      var theirs = lock(F_WRLCK, role.other)
      guard fcntl(descriptor, Int32(KINDRED_GET_FILE_LOCK), &theirs) == 0,
        theirs.l_type != Int16(F_UNLCK)
      else { return }
      throw LMDBError(
        .busy,
        role == .writer
          ? "a process reads the file through a read-only mount, where it cannot lock; end it, then write"
          : "the file system is read-only here, so that a reader cannot lock, and another process has the file open "
            + "for writing; close it there, or read through a mount that can be written to",
        path: path)
    #endif
  }

  #if os(Linux)
    private static func lock(_ type: Int32, _ role: Role) -> flock_t {
      var wanted = flock_t()
      wanted.l_type = Int16(type)
      wanted.l_whence = Int16(SEEK_SET)
      wanted.l_start = role.rawValue
      wanted.l_len = 1
      return wanted
    }
  #endif
}

/// The record that `fcntl` locks take; its C name is also a function's.
typealias flock_t = flock
