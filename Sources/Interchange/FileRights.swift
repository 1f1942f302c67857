import Platform

/// The rights of files that are written beside their place and moved there.
package enum FileRights {
  /// Makes an empty file that will take the place of `path`: with the mode of the file there, and its owner and group as
  /// far as this user may give files away; where there is none, with the rights of a new file.
  /// - Throws: `.cannotCreate`, `.permissionDenied`, `.ioError`, naming `path`.
  package static func makeReplacement(_ replacement: String, of path: String) throws(InterchangeError) {
    var old = stat()
    let isThere = stat(path, &old) == 0
    // One of the same name was left by a crashed process of the same number.
    unlink(replacement)
    let descriptor = open(replacement, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isThere ? 0o600 : 0o666)
    guard descriptor >= 0 else { throw .systemCreate(errno, path: path) }
    defer { close(descriptor) }
    guard isThere else { return }
    var mode = old.st_mode & 0o777
    if fchown(descriptor, old.st_uid, old.st_gid) != 0, fchown(descriptor, uid_t.max, old.st_gid) != 0 {
      // Another group must not get what was meant for the old one.
      var made = stat()
      if fstat(descriptor, &made) != 0 || made.st_gid != old.st_gid { mode &= 0o707 | mode << 3 }
    }
    guard fchmod(descriptor, mode) == 0 else { throw .systemCreate(errno, path: path) }
  }
}
