/// A failure of the storage layer: a code for programs and a sentence for people.
package struct LMDBError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure this is; compare against the static members.
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// No file at the path.
    package static let notFound = Code(description: "notFound")
    /// `create`, `copy`: the directory is missing, or the name is too long.
    package static let cannotCreate = Code(description: "cannotCreate")
    /// `create`, `copy`: the path is taken.
    package static let alreadyExists = Code(description: "alreadyExists")
    /// The file has no bytes at all.
    package static let empty = Code(description: "empty")
    /// The file is shorter than its header says.
    package static let truncated = Code(description: "truncated")
    /// Not one of our files: other format, version, byte order, page size or tables.
    package static let foreign = Code(description: "foreign")
    /// One of our files, with bytes that cannot be right.
    package static let corrupted = Code(description: "corrupted")
    /// The file's place is unsafe: network file system, several names.
    package static let unsupported = Code(description: "unsupported")
    /// The map may not or cannot grow further.
    package static let mapFull = Code(description: "mapFull")
    /// The file system, quota or file-size limit has no room; nothing was committed.
    package static let diskFull = Code(description: "diskFull")
    /// Others hold transactions or the file; try again when they have ended.
    package static let busy = Code(description: "busy")
    /// All slots for read transactions are taken.
    package static let readersFull = Code(description: "readersFull")
    package static let permissionDenied = Code(description: "permissionDenied")
    /// This process or the machine has no file descriptor left.
    package static let tooManyFiles = Code(description: "tooManyFiles")
    /// No memory or address space is left.
    package static let outOfMemory = Code(description: "outOfMemory")
    /// Reading or writing failed. After a failed commit the environment must be reopened.
    package static let ioError = Code(description: "ioError")
    /// Used after `close`.
    package static let closed = Code(description: "closed")
    /// `write` inside `write` on one thread.
    package static let nestedWrite = Code(description: "nestedWrite")
    /// Used in a child process after `fork`.
    package static let forked = Code(description: "forked")
    /// The path now names another file: call `reopen`.
    package static let replaced = Code(description: "replaced")
    /// `write` on an environment opened read-only.
    package static let readOnly = Code(description: "readOnly")
    package static let keyEmpty = Code(description: "keyEmpty")
    package static let keyTooLong = Code(description: "keyTooLong")
    package static let valueTooLarge = Code(description: "valueTooLarge")
    /// `append` with a key that is not behind the last one.
    package static let keyOrder = Code(description: "keyOrder")
    /// More was changed in one write transaction than LMDB can hold.
    package static let transactionFull = Code(description: "transactionFull")
    /// The caller's progress ended the work; nothing is left of it.
    package static let stopped = Code(description: "stopped")
    package static let other = Code(description: "other")

    package init(description: String) {
      self.description = description
    }
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
