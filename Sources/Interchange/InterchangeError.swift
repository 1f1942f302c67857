import Basics
import Platform

/// A file that could not be read or written as asked: missing, unreadable, damaged or of a foreign shape.
///
/// A single bad *row* is no error of this type: readers report it as a `BadRow` and go on.
package struct InterchangeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong, for programs.
  package enum Code: String, Sendable {
    /// The path does not exist.
    case notFound
    /// The file system refuses access.
    case permissionDenied
    /// What would be written is a file that is kept or read.
    case alreadyExists
    /// The file cannot be created or opened for writing.
    case cannotCreate
    /// The operating system failed to read or write, or the path is no file.
    case ioError
    /// Whoever reads what is written went away.
    case outputClosed
    /// No room where it is written.
    case diskFull
    /// The bytes contradict their own format: damaged or cut short.
    case corrupt
    /// The format is known and well-formed, but this kind of content is not read here.
    case unsupportedContent
    /// Nothing indicates the format of a file, or it is none that is read here.
    case unsupportedFormat
    /// A table without a usable header line.
    case badHeader
    /// A text that is not one JSON document.
    case invalidJSON
    /// Two inputs that must have equally many entries do not.
    case countMismatch
    /// An argument outside its range.
    case invalidArgument
    /// The input is larger than a stated limit or than memory.
    case limitExceeded
  }

  /// For programs.
  package var code: Code
  /// For people: what happened, the values, what to do.
  package var message: String
  /// The file it is about, as given by the caller (`-` for a standard stream).
  package var path: String?

  /// An error about `path`.
  package init(_ code: Code, _ message: String, path: String? = nil) {
    self.code = code
    self.message = message
    self.path = path
  }

  /// The code and the message in one line.
  package var description: String { "\(code.rawValue): \(message)" }

  /// The error of a system call that just failed with `number` while doing `action` on `path`.
  package static func system(_ number: Int32, _ action: String, path: String) -> InterchangeError {
    let text = strerror(number).map { String(cString: $0) } ?? "error \(number)"
    let code: Code =
      switch number {
      case ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP: .notFound
      case EACCES, EPERM, EROFS: .permissionDenied
      case ENOSPC, EDQUOT, EFBIG: .diskFull
      case EPIPE: .outputClosed
      default: .ioError
      }
    let advice = code == .diskFull ? "; make room and try again" : ""
    return InterchangeError(
      code, "cannot \(action) '\(path)': \(text) (errno \(number))\(advice)", path: path)
  }

  /// The error of a system call that failed with `number` while creating `path`.
  static func systemCreate(_ number: Int32, path: String) -> InterchangeError {
    var error = system(number, "create", path: path)
    switch number {
    case ENOENT, ENOTDIR:
      error = InterchangeError(
        .cannotCreate, "cannot create '\(path)': \(missingDirectory(of: path))", path: path)
    case ENOSPC, EDQUOT, EMFILE, ENFILE, EIO: break
    default: if error.code != .permissionDenied { error.code = .cannotCreate }
    }
    return error
  }

  /// Which of the directories above `path` is not there, in words.
  package static func missingDirectory(of path: String) -> String {
    var first = path[...]
    while let slash = first.utf8.lastIndex(of: UInt8(ascii: "/")), slash > first.startIndex {
      let above = first[..<slash]
      if let status = FileStatus(path: String(above)) {
        guard status.isDirectory else { return "'\(above)' is no directory" }
        break
      }
      first = above
    }
    return first == path[...]
      ? "its directory does not exist" : "the directory '\(first)' does not exist; make it first"
  }
}
