import Platform

/// File steps that must survive a power cut, each with a typed error.
enum DurableFile {
  /// The directory part of `path`; "." for a plain name.
  static func directory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
  }

  /// The last component of `path`.
  static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// The absolute path of the file itself, symbolic links followed; nil with errno set when there is none.
  static func canonicalPath(_ path: String) -> String? {
    guard let raw = realpath(path, nil) else { return nil }
    defer { free(raw) }
    return String(cString: raw)
  }

  /// The absolute path a new file would have: its directory resolved, its name as given.
  static func canonicalPathOfNewFile(_ path: String) throws(LMDBError) -> String {
    let (name, parent) = (name(of: path), directory(of: path))
    let found = canonicalPath(parent)
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

  /// Creates `path` (mode 0600, must not exist) and opens it for writing.
  static func createExclusively(_ path: String) throws(LMDBError) -> Int32 {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      if errno == ENAMETOOLONG {
        throw LMDBError(
          .cannotCreate,
          "its name, with a suffix while it is written, has \(name(of: path).utf8.count) bytes, more than the file system allows; choose a shorter one",
          status: errno, path: path)
      }
      throw LMDBError.from(status: errno, action: "creating the file", path: path)
    }
    return descriptor
  }

  static func sync(descriptor: Int32, path: String) throws(LMDBError) {
    #if canImport(Darwin)
      // Darwin's fsync stops at the drive's cache; F_FULLFSYNC does not, where the file system knows it.
      if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
    #endif
    guard fsync(descriptor) == 0 else {
      throw LMDBError.from(status: errno, action: "syncing the file", path: path)
    }
  }

  /// Makes a creation, rename or removal in the directory of `path` durable.
  static func syncDirectory(of path: String) throws(LMDBError) {
    let descriptor = open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw LMDBError.from(status: errno, action: "opening the directory", path: path)
    }
    defer { close(descriptor) }
    // Some file systems cannot sync directories and say EINVAL; there is nothing more to be done there.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw LMDBError.from(status: errno, action: "syncing the directory", path: path)
    }
  }

  /// Renames `source` over `target` and syncs the directory.
  static func replace(_ target: String, with source: String) throws(LMDBError) {
    guard rename(source, target) == 0 else {
      throw LMDBError.from(status: errno, action: "renaming \(name(of: source))", path: target)
    }
    try syncDirectory(of: target)
  }

  /// Gives the file at `source` the name `target`, which must not exist, instead, and syncs the directory.
  ///
  /// A crash between the two steps leaves both names; `TemporaryName.removeLeftovers` ends that.
  /// - Throws: `.alreadyExists`.
  static func publish(_ source: String, as target: String) throws(LMDBError) {
    let status = giveName(target, to: source)
    guard status == 0 else {
      throw LMDBError.from(status: status, action: "creating the file", path: target)
    }
    try syncDirectory(of: target)
  }

  /// As `publish`, not durably.
  /// - Returns: 0, or the errno.
  static func giveName(_ target: String, to source: String) -> Int32 {
    if link(source, target) == 0 {
      unlink(source)
      return 0
    }
    let number = errno
    guard number != EEXIST, FileStatus(path: target) == nil else { return number }
    // A file system without hard links: the check is then not atomic, but nothing better exists there.
    return rename(source, target) == 0 ? 0 : errno
  }
}
