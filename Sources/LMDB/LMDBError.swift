/// A failure of the storage layer: a code for programs and a sentence for people.
package struct LMDBError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure this is.
  package enum Code: String, Sendable {
    /// No file at the path.
    case notFound
    /// `create`, `copy`: the directory is missing, or the name is too long.
    case cannotCreate
    /// `create`, `copy`: the path is taken.
    case alreadyExists
    /// The file has no bytes at all.
    case empty
    /// The file is shorter than its header says.
    case truncated
    /// Not one of our files: other format, version, byte order, page size or tables.
    case foreign
    /// One of our files, with bytes that cannot be right.
    case corrupted
    /// The file's place is unsafe: network file system, several names.
    case unsupported
    /// The map may not or cannot grow further.
    case mapFull
    /// The file system, quota or file-size limit has no room; nothing was committed.
    case diskFull
    /// Others hold transactions or the file; try again when they have ended.
    case busy
    /// All slots for read transactions are taken.
    case readersFull
    case permissionDenied
    /// This process or the machine has no file descriptor left.
    case tooManyFiles
    /// No memory or address space is left.
    case outOfMemory
    /// Reading or writing failed. After a failed commit the environment must be reopened.
    case ioError
    /// Used after `close`.
    case closed
    /// `write` inside `write` on one thread.
    case nestedWrite
    /// Used in a child process after `fork`.
    case forked
    /// The path now names another file: close and open again.
    case replaced
    /// `write` on an environment opened read-only.
    case readOnly
    case keyEmpty
    case keyTooLong
    case valueTooLarge
    /// `append` with a key that is not behind the last one.
    case keyOrder
    /// More was changed in one write transaction than LMDB can hold.
    case transactionFull
    /// The caller's progress ended the work; nothing is left of it.
    case stopped
    case other
  }

  package var code: Code
  /// What happened, with the values, and what to do.
  package var message: String
  /// The LMDB status (negative) or errno (positive); 0 where neither was involved.
  package var status: Int32
  /// The data file concerned.
  package var path: String

  package init(_ code: Code, _ message: String, status: Int32 = 0, path: String) {
    self.code = code
    self.message = message
    self.status = status
    self.path = path
  }

  package var description: String {
    status == 0 ? "\(path): \(message) [\(code)]" : "\(path): \(message) [\(code), status \(status)]"
  }
}
