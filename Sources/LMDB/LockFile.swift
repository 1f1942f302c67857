import Basics
import CLMDB
import Platform

/// The lock file beside a store, made ready before LMDB opens it.
///
/// LMDB would make it for its owner alone, so that other users could only read without locks, which shows them pages
/// that a writer is using again. And LMDB makes it of holes that it fills through a map, which on a full disk ends in
/// SIGBUS.
package enum LockFile {
  /// What came of making it ready.
  enum Outcome {
    case ready
    /// The file system is read-only here, and there is no lock file that could be used.
    case readOnlyFileSystem
  }

  /// The path of the lock file beside the store at `store`.
  package static func path(of store: String) -> String { store + "-lock" }

  /// Bytes that LMDB maps: two cache lines of its own and one for each reader.
  static func sizeBytes(maxReaders: Int) -> Int { (maxReaders + 2) * 64 }

  /// Makes the lock file where there is none, with the rights of the store; widens the rights of one that is narrower,
  /// where this user may; and has its bytes on the disk.
  ///
  /// No lock of this process may be on it: they end with this call.
  /// - Parameter store: the status of the data file.
  /// - Throws: `.permissionDenied` naming the lock file, `.diskFull`, `.tooManyFiles`, `.ioError`.
  static func prepare(
    besideStore storePath: String, _ store: FileStatus, maxReaders: Int, isReadOnly: Bool
  ) throws(LMDBError) -> Outcome {
    let path = path(of: storePath)
    let size = sizeBytes(maxReaders: maxReaders)
    // Without O_CREAT: in a directory like /tmp that refuses files of others.
    var descriptor = Platform.open(path, O_RDWR | O_CLOEXEC)
    if descriptor < 0, errno == ENOENT {
      do throws(LMDBError) {
        try make(path, rights: store.rights.ofLockFile, size: size)
      } catch {
        if isReadOnly, isOnReadOnlyFileSystem(storePath) { return .readOnlyFileSystem }
        guard error.code == .permissionDenied, isReadOnly else { throw error }
        throw LMDBError(
          .permissionDenied,
          "readers need the lock file '\(path)', which is not there and which this user cannot make; open the store "
            + "once as its owner (kindred stats), or allow writing to the directory",
          status: error.status, path: storePath)
      }
      descriptor = Platform.open(path, O_RDWR | O_CLOEXEC)
    }
    guard descriptor >= 0 else {
      let number = errno
      if isReadOnly, isOnReadOnlyFileSystem(storePath) { return .readOnlyFileSystem }
      throw refusal(number, path, store: store, storePath)
    }
    defer { Platform.close(descriptor) }
    widen(descriptor, path, to: store.rights)
    try allocate(descriptor, size, path: path)
    return .ready
  }

  /// Another user's lock file, or another failure to open one that is there.
  private static func refusal(
    _ number: Int32, _ path: String, store: FileStatus, _ storePath: String
  ) -> LMDBError {
    guard number == EACCES || number == EPERM else {
      return LMDBError.from(status: number, action: "opening the lock file '\(path)'", path: storePath)
    }
    let mode = String(store.rights.ofLockFile.mode, radix: 8)
    return LMDBError(
      .permissionDenied,
      "this user may not write the lock file '\(path)', and without it a reader would see a mixture of commits; its "
        + "owner can run: chmod \(mode) '\(path)' (opening the store as its owner does the same)",
      status: number, path: storePath)
  }

  /// A new lock file gets its name when it is complete: nobody ever meets one that is too short or closed to them.
  private static func make(_ path: String, rights: FileRights, size: Int) throws(LMDBError) {
    let store = String(path.dropLast("-lock".count))
    let draft = TemporaryName.make(for: store, purpose: .lock)
    unlink(draft)
    // Of a name that leaves no room for a longer one the lock file is made in its place.
    let hasDraft = DurableFile.name(of: draft).utf8.count <= Int(NAME_MAX)
    let descriptor = hasDraft ? try NewFile.createLocked(draft) : try NewFile.create(path)
    defer {
      Platform.close(descriptor)
      if hasDraft { unlink(draft) }
    }
    setRights(descriptor, rights)
    try allocate(descriptor, size, path: path)
    guard hasDraft else { return }
    KillPoint.pass(.lockFileDraftMade)
    let status = DurableFile.giveName(path, to: draft)
    // Somebody else's, made at the same moment, is as good.
    guard status == 0 || status == EEXIST else {
      throw LMDBError.from(status: status, action: "creating the lock file", path: path)
    }
  }

  /// Root makes and mends lock files for the store's owner; others for the store's group, where they belong to it.
  private static func setRights(_ descriptor: Int32, _ rights: FileRights) {
    guard let now = FileStatus(descriptor: descriptor)?.rights else { return }
    let isRoot = geteuid() == 0
    if isRoot ? (now.owner, now.group) != (rights.owner, rights.group) : now.group != rights.group {
      _ = fchown(descriptor, isRoot ? rights.owner : uid_t.max, rights.group)
    }
    if now.mode | rights.mode != now.mode { _ = fchmod(descriptor, now.mode | rights.mode) }
  }

  /// Gives an old lock file the rights that the store has by now. Who may not do so leaves it as it is.
  private static func widen(_ descriptor: Int32, _ path: String, to store: FileRights) {
    let user = geteuid()
    var named = stat()
    guard let status = FileStatus(descriptor: descriptor), user == 0 || user == status.rights.owner,
      status.rights.owner == 0 || status.rights.owner == user || status.rights.owner == store.owner,
      // Not what somebody has put in its place for root to open to everybody.
      status.isRegular, status.linkCount == 1, lstat(path, &named) == 0,
      UInt64(named.st_ino) == status.identity.inode
    else { return }
    setRights(descriptor, store.ofLockFile)
  }

  /// Has the file system set its blocks aside, so that no write through a map can fail for want of room.
  ///
  /// Bytes that are there stay, also while other processes use them, and so does the length, from which LMDB takes the
  /// number of readers.
  private static func allocate(_ descriptor: Int32, _ size: Int, path: String) throws(LMDBError) {
    var number: Int32 = 0
    #if os(Linux)
      if fallocate(descriptor, Int32(KINDRED_FALLOCATE_KEEP_SIZE), 0, off_t(size)) != 0 { number = errno }
    #else
      var wanted = fstore_t(
        fst_flags: UInt32(F_ALLOCATEALL), fst_posmode: F_PEOFPOSMODE, fst_offset: 0,
        fst_length: off_t(size - (FileStatus(descriptor: descriptor)?.sizeBytes ?? 0)), fst_bytesalloc: 0)
      if wanted.fst_length > 0, fcntl(descriptor, F_PREALLOCATE, &wanted) != 0 { number = errno }
    #endif
    // Any other failure: not known to this file system, of which the length is all that can be asked.
    guard number == ENOSPC || number == EDQUOT || number == EFBIG else { return }
    throw LMDBError(
      .diskFull,
      "no room for the lock file '\(path)' of \(size) bytes, \(FreeSpace(path: path).summary); free space and try "
        + "again",
      status: number, path: path)
  }

  /// Nobody can write here through this mount, so there is nobody to lock out but those of another mount.
  static func isOnReadOnlyFileSystem(_ path: String) -> Bool {
    var volume = statvfs()
    return statvfs(path, &volume) == 0 && UInt64(volume.f_flag) & UInt64(ST_RDONLY) != 0
  }
}

extension FileRights {
  /// What the lock file of a store with these rights needs: who may read the store must write its lock file.
  var ofLockFile: FileRights {
    let readers = mode & 0o444
    return FileRights(owner: owner, group: group, mode: 0o600 | readers | readers >> 1)
  }
}
