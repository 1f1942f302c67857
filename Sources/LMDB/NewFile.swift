import Basics
import CLMDB
import Platform

/// Files that are made beside or in the place of a store.
package enum NewFile {
  /// The absolute path a new file would have: its directory resolved, its name as given.
  package static func canonicalPath(_ path: String) throws(LMDBError) -> String {
    let (name, parent) = (DurableFile.name(of: path), DurableFile.directory(of: path))
    let found = DurableFile.canonicalPath(parent)
    if let found, FileStatus(path: found)?.isDirectory == false {
      throw LMDBError(.cannotCreate, "'\(parent)' is no directory", status: ENOTDIR, path: path)
    }
    guard let directory = found else {
      guard errno == ENOENT || errno == ENOTDIR else {
        throw LMDBError.from(status: errno, action: "finding the directory '\(parent)'", path: path)
      }
      throw LMDBError(
        .cannotCreate, "the directory '\(parent)' does not exist; make it first", status: errno, path: path)
    }
    guard !name.isEmpty else {
      throw LMDBError(.cannotCreate, "the path names a directory; add a name for the file", path: path)
    }
    return directory == "/" ? "/\(name)" : "\(directory)/\(name)"
  }

  /// - Throws: `.alreadyExists` for whatever is at the path.
  static func requireAbsent(_ path: String) throws(LMDBError) {
    // A symbolic link to nothing is something as well.
    var there = stat()
    guard lstat(path, &there) != 0 else {
      throw LMDBError(
        .alreadyExists, "something is there already; open it or choose another path", path: path)
    }
  }

  /// Creates `path` (mode 0600, must not exist) and opens it for writing.
  static func create(_ path: String) throws(LMDBError) -> Int32 {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      if errno == ENAMETOOLONG {
        throw LMDBError(
          .cannotCreate,
          "its name, with a suffix while it is written, has \(DurableFile.name(of: path).utf8.count) bytes, more "
            + "than the file system allows; choose a shorter one",
          status: errno, path: path)
      }
      throw LMDBError.from(status: errno, action: "creating the file", path: path)
    }
    return descriptor
  }

  /// Creates the file that is to get the name `path` when it is complete, and holds a shared `flock` on it.
  /// - Throws: `.alreadyExists` when anything is at `path`; as `create`.
  package static func createDraft(
    of path: String, purpose: TemporaryName.Purpose
  ) throws(LMDBError) -> (draft: String, descriptor: Int32) {
    try requireAbsent(path)
    // In a container the process before may have had the number of this one.
    TemporaryName.removeLeftovers(of: path)
    let draft = TemporaryName.make(for: path, purpose: purpose)
    let descriptor = try createLocked(draft)
    KillPoint.pass(.draftMade)
    return (draft, descriptor)
  }

  /// As `create`, with a shared `flock`, which distinguishes what is being made from what a crash left.
  static func createLocked(_ draft: String) throws(LMDBError) -> Int32 {
    while true {
      let descriptor = try create(draft)
      // Whoever took it for a leftover before it was locked has removed it by now.
      flock(descriptor, LOCK_SH)
      if FileStatus(descriptor: descriptor)?.linkCount != 0 { return descriptor }
      close(descriptor)
    }
  }

  /// Gives the file that takes the place of another the other's rights, its access list included.
  /// - Throws: `.permissionDenied` when somebody who may use the file now could not afterwards; `.ioError`.
  static func copyRights(from old: Int32, to new: Int32, path: String) throws(LMDBError) {
    guard let wanted = FileStatus(descriptor: old)?.rights else {
      throw LMDBError.from(status: errno, action: "reading the rights of the file", path: path)
    }
    copyAccessList(from: old, to: new)
    let status = wanted.give(to: new, .keepsUsers)
    if status == EPERM {
      throw LMDBError(
        .permissionDenied,
        "the file belongs to user \(wanted.owner) and group \(wanted.group), and its replacement could not; run this "
          + "as that user or as root",
        path: path)
    }
    try LMDBError.check(status, "setting the rights of the new file", path)
  }

  /// Copies the POSIX access list of a file to another. Most files have none, and many file systems know none.
  private static func copyAccessList(from old: Int32, to new: Int32) {
    #if os(Linux)
      let name = "system.posix_acl_access"
      let size = fgetxattr(old, name, nil, 0)
      guard size > 0 else { return }
      var list = [UInt8](repeating: 0, count: size)
      guard fgetxattr(old, name, &list, size) == size else { return }
      _ = fsetxattr(new, name, list, size, 0)
    #endif
  }
}

extension LMDBError {
  /// - Parameter status: 0, or the errno of what failed.
  package static func check(_ status: Int32, _ action: String, _ path: String) throws(LMDBError) {
    guard status == 0 else { throw from(status: status, action: action, path: path) }
  }
}
