#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The rights of files that are written beside their place and moved there.
package enum FileRights {
  /// Makes an empty file that will take the place of `path`: with the mode of the file there, and its owner and group as
  /// far as this user may give files away. Where there is none it is left to whoever writes the file.
  /// - Throws: `.cannotCreate`, `.permissionDenied`, `.ioError`.
  package static func makeReplacement(_ replacement: String, of path: String) throws(InterchangeError) {
    var old = stat()
    guard stat(path, &old) == 0 else { return }
    // One of the same name was left by a crashed process of the same number.
    unlink(replacement)
    let descriptor = open(replacement, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .systemCreate(errno, path: replacement) }
    defer { close(descriptor) }
    var mode = old.st_mode & 0o777
    if fchown(descriptor, old.st_uid, old.st_gid) != 0, fchown(descriptor, uid_t.max, old.st_gid) != 0 {
      // Another group must not get what was meant for the old one.
      var made = stat()
      if fstat(descriptor, &made) != 0 || made.st_gid != old.st_gid { mode &= 0o707 | mode << 3 }
    }
    guard fchmod(descriptor, mode) == 0 else { throw .systemCreate(errno, path: replacement) }
  }
}
