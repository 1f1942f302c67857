import Basics
import Platform

/// A file that is written beside its place and moved there when it is complete and on the disk, so that a write that
/// fails, is interrupted or loses power leaves an older file as it was, and never half a new one. An older file's
/// rights stay.
package final class StagedFile {
  /// Where to write: beside `path`, or `path` itself for standard output, devices and pipes.
  package let writingPath: String
  /// The file that is replaced: as given, or what a symbolic link there is to.
  package let path: String

  private let rights: FileRights?
  private var isPending: Bool

  /// Makes an empty file beside `path`; `-` is standard output.
  /// - Throws: `.cannotCreate`, `.permissionDenied`, `.ioError`, naming `path`.
  package init(_ path: String) throws(InterchangeError) {
    let path = Self.endOfLink(path)
    self.path = path
    // Only what is not there or is an ordinary file can be swapped for another.
    isPending = path != "-" && FileStatus(path: path, followsLinks: false)?.isRegular ?? true
    rights = isPending ? FileStatus(path: path)?.rights : nil
    writingPath = isPending ? "\(path).partial-\(getpid())" : path
    guard isPending else { return }
    // One of the same name was left by a crashed process of the same number.
    unlink(writingPath)
    // With the rights before there is anything in it to be read by somebody who must not.
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    let descriptor = open(writingPath, flags, rights == nil ? 0o666 : 0o600)
    guard descriptor >= 0 else { throw .systemCreate(errno, path: path) }
    defer { close(descriptor) }
    let status = rights?.give(to: descriptor, .keepsStrangersOut) ?? 0
    guard status == 0 else { throw .systemCreate(status, path: path) }
  }

  deinit {
    if isPending { unlink(writingPath) }
  }

  /// Moves the file, which its writer has closed, into its place.
  /// - Throws: `.diskFull`, `.ioError`; the older file is still there then.
  package func commit() throws(InterchangeError) {
    guard isPending else { return }
    var descriptor = open(writingPath, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    if descriptor < 0, errno == EACCES { descriptor = open(writingPath, O_WRONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw .system(errno, "write", path: path) }
    defer { close(descriptor) }
    // Once more, as a write takes the bits away that set the user and the group.
    var status = rights?.give(to: descriptor, .keepsStrangersOut) ?? 0
    if status == 0 { status = DurableFile.sync(descriptor) }
    if status == 0, rename(writingPath, path) != 0 { status = errno }
    guard status == 0 else { throw .system(status, "write", path: path) }
    isPending = false
    status = DurableFile.syncDirectory(of: path)
    // Who may write in a directory and not read it cannot sync it.
    guard status == 0 || status == EACCES else { throw .system(status, "write", path: path) }
  }

  /// The ordinary file that a symbolic link is to, so that it is replaced whole and the link stays; otherwise `path`.
  ///
  /// Links of the system, such as `/dev/stdout`, are to what is open already and are left as they are.
  private static func endOfLink(_ path: String) -> String {
    guard path != "-", FileStatus(path: path, followsLinks: false)?.isSymbolicLink ?? false,
      FileStatus(path: path)?.isRegular ?? false, !path.hasPrefix("/dev/"), !path.hasPrefix("/proc/")
    else { return path }
    return DurableFile.canonicalPath(path) ?? path
  }
}
