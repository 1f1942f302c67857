private import Platform

/// Which file a path or descriptor means, whatever its name.
package struct FileIdentity: Hashable, Sendable {
  package var device: UInt64
  package var inode: UInt64
}

/// The parts of `stat` that are looked at.
package struct FileStatus: Sendable {
  package var identity: FileIdentity
  package var sizeBytes: Int
  package var linkCount: Int
  package var isRegular: Bool
  package var isDirectory: Bool
  /// Only where links are not followed.
  package var isSymbolicLink: Bool
  package var rights: FileRights

  /// Nil with errno set when the path names nothing reachable.
  package init?(path: String, followsLinks: Bool = true) {
    var raw = stat()
    guard (followsLinks ? stat(path, &raw) : lstat(path, &raw)) == 0 else { return nil }
    self.init(raw)
  }

  /// Nil with errno set for what is no open descriptor.
  package init?(descriptor: Int32) {
    var raw = stat()
    guard fstat(descriptor, &raw) == 0 else { return nil }
    self.init(raw)
  }

  private init(_ raw: stat) {
    identity = FileIdentity(device: UInt64(truncatingIfNeeded: raw.st_dev), inode: UInt64(raw.st_ino))
    sizeBytes = Int(raw.st_size)
    linkCount = Int(raw.st_nlink)
    isRegular = raw.st_mode & S_IFMT == S_IFREG
    isDirectory = raw.st_mode & S_IFMT == S_IFDIR
    isSymbolicLink = raw.st_mode & S_IFMT == S_IFLNK
    rights = FileRights(owner: raw.st_uid, group: raw.st_gid, mode: raw.st_mode & 0o7777)
  }
}
