import Kindred
import Platform

/// Whether this process can open the files it needs.
///
/// The threads of Swift's runtime need descriptors too, and end the process with SIGILL where they get none; so this is
/// looked at before there is any of them.
enum DescriptorLimit {
  /// More than any command has open, with those of the runtime: 17 in an import of three gzipped files with rejects
  /// (counted with strace).
  private static let needed = 24

  /// - Throws: `CommandFailure` when too few are left.
  static func check() throws(CommandFailure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw tooFew() }
    var opened = ends
    defer { for descriptor in opened { close(descriptor) } }
    while opened.count < needed {
      let copy = dup(ends[0])
      guard copy >= 0 else { throw tooFew() }
      opened.append(copy)
    }
  }

  private static func tooFew() -> CommandFailure {
    let number = errno
    guard number == EMFILE else {
      return CommandFailure(
        .ioError,
        "cannot open \(needed) files: \(String(cString: strerror(number))); close some, then try again")
    }
    return CommandFailure(
      .ioError,
      "the limit of open files (ulimit -n) leaves this process fewer than the \(needed) it needs; raise it, to 64 "
        + "for one"
    )
  }
}
