import Interchange
import Kindred
import Platform

/// A file that is written beside its place and moved there when it is complete, so that an export that fails or
/// is interrupted leaves an older file as it was, and never half a new one. An older file's rights stay.
final class StagedFile {
  /// Where to write: beside `path`, or `path` itself for standard output, devices and pipes.
  let writingPath: String

  private let path: String
  private var isPending: Bool

  /// - Throws: `CommandFailure` `.invalidArgument` for a `.gz` name, which would promise compression;
  ///   `InterchangeError` when nothing can be created there.
  init(_ output: OutputPath) throws {
    let path = Self.endOfLink(output.path)
    try Self.requireUncompressed(path)
    self.path = path
    isPending = path != "-" && Self.isReplaceable(path)
    writingPath = isPending ? "\(path).partial-\(getpid())" : path
    // Before there is anything in it to be read by somebody who must not.
    if isPending { try FileRights.makeReplacement(writingPath, of: path) }
  }

  deinit {
    if isPending { unlink(writingPath) }
  }

  /// - Throws: `CommandFailure` `.invalidArgument` for a `.gz` name.
  static func requireUncompressed(_ path: String) throws(CommandFailure) {
    guard path.hasSuffix(".gz") else { return }
    throw CommandFailure(
      .invalidArgument,
      "'\(path)': files are written uncompressed; leave off .gz, or compress the finished file with gzip")
  }

  /// Moves the file, which its writer has closed, into its place.
  func commit() throws {
    guard isPending else { return }
    guard rename(writingPath, path) == 0 else {
      throw CommandFailure(writing: "'\(path)'", errorNumber: errno)
    }
    isPending = false
  }

  /// The ordinary file that a symbolic link is to, so that it is replaced whole and the link stays; otherwise `path`.
  ///
  /// Links of the system, such as `/dev/stdout`, are to what is open already and are left as they are.
  private static func endOfLink(_ path: String) -> String {
    var status = stat()
    guard path != "-", lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
      stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      !path.hasPrefix("/dev/"), !path.hasPrefix("/proc/")
    else { return path }
    return FileClaims.canonicalPath(path) ?? path
  }

  /// Only what is not there or is an ordinary file can be swapped for another.
  private static func isReplaceable(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return true }
    return status.st_mode & S_IFMT == S_IFREG
  }
}
