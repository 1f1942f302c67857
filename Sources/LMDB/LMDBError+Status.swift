import Basics
import CLMDB
import Platform

extension LMDBError {
  /// The error for a status of the C library or an errno.
  ///
  /// A short write on a full disk reaches us as EIO, so EIO is looked at twice: when the file system or the
  /// file-size limit really has no room it is `.diskFull`, otherwise `.ioError`.
  /// - Parameters:
  ///   - status: negative for LMDB's own codes, an errno otherwise; not 0.
  ///   - action: what was being done, for the message: "commit", "open".
  static func from(status: Int32, action: String, path: String) -> LMDBError {
    let text = String(cString: mdb_strerror(status))
    func make(_ code: Code, _ advice: String) -> LMDBError {
      LMDBError(code, "\(action) failed: \(text); \(advice)", status: status, path: path)
    }
    switch status {
    case MDB_MAP_FULL: return make(.mapFull, "raise maxMapSizeBytes")
    case MDB_READERS_FULL: return make(.readersFull, "end read transactions or raise maxReaders")
    case MDB_TXN_FULL: return make(.transactionFull, "write less in one transaction")
    case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID:
      return make(.corrupted, "verify the file and restore it from a backup")
    case MDB_INCOMPATIBLE, MDB_VERSION_MISMATCH: return make(.foreign, "this file was made by other software")
    case MDB_PANIC: return make(.ioError, "an earlier commit failed: reopen")
    case MDB_KEYEXIST: return make(.keyOrder, "append keys in ascending order")
    case ENOSPC, EDQUOT, EFBIG: return diskFull(status: status, action: action, path: path)
    case EIO where FreeSpace(path: path).isExhausted:
      return diskFull(status: status, action: action, path: path)
    case EIO: return make(.ioError, "check the disk, then reopen")
    case ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP: return make(.notFound, "check the path")
    case EEXIST: return make(.alreadyExists, "choose another path or remove the file")
    case EACCES, EPERM:
      return make(.permissionDenied, "see the rights of the file and of its directory (ls -l)")
    case EROFS: return make(.permissionDenied, "what is there can only be read")
    case EMFILE:
      return make(.tooManyFiles, "this process may have \(descriptorLimit) files open; raise it (ulimit -n)")
    case ENFILE: return make(.tooManyFiles, "the whole machine has too many files open; close some")
    case EAGAIN, EBUSY: return make(.busy, "another process is opening or closing the file; try again")
    case ENOMEM: return make(.outOfMemory, "not enough memory or address space; raise the limit (ulimit -v)")
    default: return make(.other, "unexpected status")
    }
  }

  /// Files that this process may have open.
  private static var descriptorLimit: String {
    var limit = rlimit()
    #if os(Linux)
      let known = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    #else
      let known = getrlimit(RLIMIT_NOFILE, &limit) == 0
    #endif
    return known ? "\(limit.rlim_cur)" : "no more"
  }

  private static func diskFull(status: Int32, action: String, path: String) -> LMDBError {
    let space = FreeSpace(path: path)
    return LMDBError(
      .diskFull,
      "\(action) failed: no room for the file, \(space.summary); nothing was changed; free space and try again",
      status: status, path: path)
  }
}

/// What the file system and the process limits still allow to be written.
struct FreeSpace {
  /// Bytes an ordinary user may still write; nil when the file system does not say.
  var availableBytes: Int?
  /// Bytes until the process' file-size limit (RLIMIT_FSIZE); nil when there is none.
  var untilLimitBytes: Int?

  init(path: String) {
    var volume = statvfs()
    if statvfs(path, &volume) == 0 || statvfs(DurableFile.directory(of: path), &volume) == 0 {
      let (bytes, overflow) = UInt64(volume.f_bavail).multipliedReportingOverflow(by: UInt64(volume.f_frsize))
      availableBytes = overflow ? Int.max : Int(clamping: bytes)
    }
    var limit = rlimit()
    #if os(Linux)
      let known = getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0
    #else
      let known = getrlimit(RLIMIT_FSIZE, &limit) == 0
    #endif
    if known, limit.rlim_cur < rlim_t(Int.max), let status = FileStatus(path: path) {
      untilLimitBytes = Swift.max(0, Int(limit.rlim_cur) - status.sizeBytes)
    }
  }

  /// Less than 1 MiB is left: a short write had this reason (the part that fitted used up the rest).
  var isExhausted: Bool {
    Swift.min(availableBytes ?? .max, untilLimitBytes ?? .max) < 1 << 20
  }

  var summary: String {
    var parts: [String] = []
    if let availableBytes { parts.append("\(availableBytes) bytes free") }
    if let untilLimitBytes { parts.append("\(untilLimitBytes) bytes until the file-size limit") }
    return parts.isEmpty ? "free space unknown" : parts.joined(separator: ", ")
  }
}
