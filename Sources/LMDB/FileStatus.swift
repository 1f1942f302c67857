import Platform

/// Which file a path or descriptor means, whatever its name.
struct FileIdentity: Hashable, Sendable {
  var device: UInt64
  var inode: UInt64
}

/// The parts of `stat` this module looks at.
struct FileStatus: Sendable {
  var identity: FileIdentity
  var sizeBytes: Int
  var linkCount: Int
  var isRegular: Bool
  var isDirectory: Bool
  var rights: FileRights

  /// Follows symbolic links; nil when the path names nothing reachable.
  init?(path: String) {
    var raw = stat()
    guard stat(path, &raw) == 0 else { return nil }
    self.init(raw)
  }

  init?(descriptor: Int32) {
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
    rights = FileRights(owner: raw.st_uid, group: raw.st_gid, mode: raw.st_mode & 0o777)
  }
}
