import Basics
import CLMDB
import Platform

extension Environment {
  /// Rewrites the file without free pages, the others filled, and puts it in the place of the old one; this environment
  /// goes on with the new file, its tables stay valid. Transaction numbers start again.
  ///
  /// Refuses while any other process has the file open: such a process would go on in the old file, and
  /// both files would share one lock file. Reads go on while the copy is written and must end for the
  /// exchange; writes wait. A crash at any point leaves the old file or the new one, both whole. The new file has the
  /// rights of the old one.
  /// - Returns: the file's size in bytes before and after.
  /// - Throws: `.busy` (another process; or reads of this one that do not end), `.diskFull`, `.nestedWrite`,
  ///   `.readOnly`, `.replaced`, `.corrupted`, `.permissionDenied` (the new file could not be its owner's), `.ioError`.
  @discardableResult
  package func compact(progress: CopyProgress = { _, _ in true }) throws(LMDBError) -> (
    before: Int, after: Int
  ) {
    try acquireWriter()
    defer { releaseWriter() }
    let file = try state.withLock { state throws(LMDBError) in try usableFile(state) }
    try requireNotReplaced(file)
    try lockAlone(file)
    KillPoint.pass(.compactLocked)
    let draft = TemporaryName.make(for: path, purpose: .compact)
    do throws(LMDBError) {
      return try compact(file, by: draft, progress)
    } catch {
      unlink(draft)
      // On failure the file open now may be the old or a fresh opening of it; both want the shared lock.
      state.withLock { state in
        if let descriptor = state.file?.descriptor { flock(descriptor, LOCK_SH | LOCK_NB) }
      }
      throw error
    }
  }

  /// Makes the shared lock on the data file an exclusive one.
  /// - Throws: `.busy` when another process holds it too.
  private func lockAlone(_ file: OpenFile) throws(LMDBError) {
    let foreign = file.readers().first { $0.processID != Int(processID) }
    guard foreign == nil, flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
      // A failed change of the lock has given the shared one up.
      _ = try? OpenFile.lockShared(file.descriptor, path: path, timeoutSeconds: options.busyTimeoutSeconds)
      let who = foreign.map { "process \($0.processID)" } ?? "another process"
      throw LMDBError(.busy, "\(who) has the file open; close it there, then compact", path: path)
    }
  }

  private func compact(
    _ file: OpenFile, by draft: String, _ progress: CopyProgress
  ) throws(LMDBError) -> (before: Int, after: Int) {
    let descriptor = try NewFile.createLocked(draft)
    defer { Platform.close(descriptor) }
    // Before the work, which would be lost otherwise, and before anybody can open it.
    try NewFile.copyRights(from: file.descriptor, to: descriptor, path: path)
    let before = FileStatus(descriptor: file.descriptor)?.sizeBytes ?? 0
    let copiedCommit = file.information.me_last_txnid
    try pinned { file throws(LMDBError) in
      try writeCopy(of: file, to: descriptor, path: draft, progress)
    }
    // Once more, as a write takes the bits away that set the user and the group.
    try NewFile.copyRights(from: file.descriptor, to: descriptor, path: path)
    // Never put something in place that could not be opened again.
    var options = options
    options.allowNetworkFileSystem = true
    let header = try FileCheck.run(descriptor: descriptor, path: draft, options: options)
    try exchange { () throws(LMDBError) in
      try self.withLockFileAlone { () throws(LMDBError) in
        guard try self.committedTransaction(file) == UInt64(copiedCommit) else {
          throw LMDBError(
            .busy, "other software wrote to the file during compaction; try again", path: self.path)
        }
        let status = DurableFile.replace(self.path, with: draft)
        try LMDBError.check(status, "renaming \(DurableFile.name(of: draft))", self.path)
      }
    }
    return (before, header.usedBytes)
  }

  /// With no transaction and no open file of this process, runs `step`, and opens what is at the path then,
  /// also when `step` throws. The caller is the writer.
  private func exchange(_ step: () throws(LMDBError) -> Void) throws(LMDBError) {
    try drainReaders()
    defer { admitReaders() }
    // The registry before the monitor, as everywhere. Readers stay out in between.
    try EnvironmentRegistry.environments.withLock { environments throws(LMDBError) in
      try state.change { state throws(LMDBError) in
        if let old = state.file {
          environments[old.identity] = nil
          mdb_env_close(old.handle)
        }
        let oldDescriptor = state.file?.descriptor
        state.file = nil
        // The lock on the old file is kept through `step`: others wait until the new one is in place.
        var stepError: LMDBError?
        KillPoint.pass(.compactClosed)
        do throws(LMDBError) { try step() } catch { stepError = error }
        if let oldDescriptor { Platform.close(oldDescriptor) }
        do throws(LMDBError) {
          let new = try openAgain(environments)
          environments[new.identity] = self
          KillPoint.pass(.compactReopened)
          state.file = new
          state.failure = nil
        } catch {
          // Whatever the reason, there is no file to go on with.
          let closed = LMDBError(
            .ioError, "opening the file again failed (\(error.message)); close it and open it again",
            status: error.status, path: path)
          state.failure = closed
          throw closed
        }
        if let stepError { throw stepError }
      }
    }
  }

  private func openAgain(_ environments: [FileIdentity: Environment]) throws(LMDBError) -> OpenFile {
    if let identity = FileStatus(path: path)?.identity, environments[identity] != nil {
      throw LMDBError(
        .busy, "the new file is open in this process by itself; close this environment", path: path)
    }
    let file = try OpenFile.open(path, options: options)
    guard file.tableHandles == tableHandles else {
      file.close()
      throw LMDBError(.other, "the tables came back in another order; close and open again", path: path)
    }
    return file
  }

  /// Holds LMDB's lock on the lock file alone, which no process can do that has the file open, by whatever
  /// software. LMDB of this process must be closed: its own lock would be lost when this one is given up.
  private func withLockFileAlone(_ body: () throws(LMDBError) -> Void) throws(LMDBError) {
    let lockPath = LockFile.path(of: path)
    let descriptor = Platform.open(lockPath, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw LMDBError.from(status: errno, action: "locking out other processes", path: lockPath)
    }
    defer { Platform.close(descriptor) }
    var wanted = flock_t()
    wanted.l_type = Int16(F_WRLCK)
    wanted.l_whence = Int16(SEEK_SET)
    wanted.l_start = 0
    wanted.l_len = 1
    guard fcntl(descriptor, F_SETLK, &wanted) == 0 else {
      throw LMDBError(.busy, "another process has the file open; close it there, then compact", path: path)
    }
    try body()
  }

  /// The newest commit in the file, read without LMDB.
  private func committedTransaction(_ file: OpenFile) throws(LMDBError) -> UInt64 {
    let pages = try PageReader(descriptor: file.descriptor, path: path)
    return Swift.max(try pages.meta(0).transactionID, try pages.meta(1).transactionID)
  }
}
