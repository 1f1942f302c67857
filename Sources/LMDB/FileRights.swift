import CLMDB
import Platform

/// Who may do what with a file.
struct FileRights: Sendable, Equatable {
  var owner: uid_t
  var group: gid_t
  /// The permission bits alone.
  var mode: mode_t

  /// What the lock file of a store with these rights needs: who may read the store must write its lock file.
  var ofLockFile: FileRights {
    let readers = mode & 0o444
    return FileRights(owner: owner, group: group, mode: 0o600 | readers | readers >> 1)
  }

  /// Gives the file that takes the place of another the other's rights, its access list included.
  ///
  /// Only root can keep the owner of somebody else's file. Without that, the owner keeps what the group may do, so the
  /// group must be kept and must have the owner's rights.
  /// - Throws: `.permissionDenied` when somebody who may use the file now could not afterwards; `.ioError`.
  static func copy(from old: Int32, to new: Int32, path: String) throws(LMDBError) {
    guard let wanted = FileStatus(descriptor: old)?.rights, let made = FileStatus(descriptor: new)?.rights
    else { throw LMDBError.from(status: errno, action: "reading the rights of the file", path: path) }
    if (made.owner, made.group) != (wanted.owner, wanted.group),
      fchown(new, wanted.owner, wanted.group) != 0
    {
      let groupHasAll = wanted.mode >> 3 & 0o6 == wanted.mode >> 6 & 0o6
      guard made.owner == wanted.owner || groupHasAll,
        made.group == wanted.group || fchown(new, uid_t.max, wanted.group) == 0
      else {
        throw LMDBError(
          .permissionDenied,
          "the file belongs to user \(wanted.owner) and group \(wanted.group), and its replacement could not; run this as that user or as root",
          path: path)
      }
    }
    #if os(Linux)
      copyAccessList(from: old, to: new)
    #endif
    guard fchmod(new, wanted.mode) == 0 else {
      throw LMDBError.from(status: errno, action: "setting the rights of the new file", path: path)
    }
  }

  #if os(Linux)
    /// Copies the POSIX access list. Most files have none, and many file systems know none.
    private static func copyAccessList(from old: Int32, to new: Int32) {
      let name = "system.posix_acl_access"
      let size = fgetxattr(old, name, nil, 0)
      guard size > 0 else { return }
      var list = [UInt8](repeating: 0, count: size)
      guard fgetxattr(old, name, &list, size) == size else { return }
      _ = fsetxattr(new, name, list, size, 0)
    }
  #endif
}
