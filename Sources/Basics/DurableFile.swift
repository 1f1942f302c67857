private import Platform

/// Steps on files that must survive a power cut. Each returns 0, or the errno of what failed.
package enum DurableFile {
  /// The directory part of `path`; "." for a plain name.
  package static func directory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
  }

  /// The last component of `path`.
  package static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// The absolute path of the file itself, symbolic links followed; nil with errno set when there is none.
  package static func canonicalPath(_ path: String) -> String? {
    guard let raw = realpath(path, nil) else { return nil }
    defer { free(raw) }
    return String(cString: raw)
  }

  /// Waits until the file's bytes are on the disk.
  package static func sync(_ descriptor: Int32) -> Int32 {
    #if canImport(Darwin)
      // Darwin's fsync stops at the drive's cache; F_FULLFSYNC does not, where the file system knows it.
      if fcntl(descriptor, F_FULLFSYNC) == 0 { return 0 }
    #endif
    return fsync(descriptor) == 0 ? 0 : errno
  }

  /// Makes a creation, rename or removal in the directory of `path` durable.
  package static func syncDirectory(of path: String) -> Int32 {
    let descriptor = open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    // Some file systems cannot sync directories and say EINVAL; there is nothing more to be done there.
    return fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno
  }

  /// Renames `source`, which is synced, over `target` and syncs the directory.
  package static func replace(_ target: String, with source: String) -> Int32 {
    guard rename(source, target) == 0 else { return errno }
    KillPoint.pass(.fileReplaced)
    return syncDirectory(of: target)
  }

  /// Gives the file at `source` the name `target`, which must not exist, instead, and syncs the directory.
  /// - Returns: EEXIST where something has the name.
  package static func publish(_ source: String, as target: String) -> Int32 {
    let status = giveName(target, to: source)
    return status == 0 ? syncDirectory(of: target) : status
  }

  /// As `publish`, not durably.
  package static func giveName(_ target: String, to source: String) -> Int32 {
    let status = renameExclusively(source, to: target) ?? giveByLink(target, to: source)
    if status == 0 { KillPoint.pass(.nameGiven) }
    return status
  }

  /// Renames in one step, so that a crash never leaves a file with two names, which nobody opens.
  /// - Returns: 0 or the errno; nil where the system or the file system cannot.
  private static func renameExclusively(_ source: String, to target: String) -> Int32? {
    #if canImport(Darwin)
      let status = renamex_np(source, target, UInt32(RENAME_EXCL))
    #else
      // Declared for _GNU_SOURCE only, and not there in older versions of musl.
      typealias Rename =
        @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) ->
        Int32
      guard let symbol = dlsym(nil, "renameat2") else { return nil }
      let noReplace: UInt32 = 1
      let status = unsafeBitCast(symbol, to: Rename.self)(AT_FDCWD, source, AT_FDCWD, target, noReplace)
    #endif
    guard status != 0 else { return 0 }
    return [EINVAL, ENOSYS, ENOTSUP].contains(errno) ? nil : errno
  }

  /// The same in two steps, between which a crash leaves both names.
  private static func giveByLink(_ target: String, to source: String) -> Int32 {
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
