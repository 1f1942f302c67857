import Basics
import Platform

/// Receives the bytes that are copied, of how many, and says whether to go on.
package typealias CopyProgress = (_ completed: Int, _ total: Int) -> Bool

extension Environment {
  /// Writes a copy of the newest commit to a new file, durably, while reads and writes go on.
  ///
  /// Leaves out free pages (and with them deleted bytes) and fills the others. Counts as a read transaction while it
  /// runs. The file is there when it is complete: it is written under another name, which goes where the copy fails,
  /// and with the next copy or open where its maker was killed.
  /// - Throws: `.alreadyExists`, `.cannotCreate`, `.diskFull`, `.permissionDenied`, `.ioError`; `.stopped` where
  ///   `progress` ended it.
  package func copy(to target: String, progress: CopyProgress = { _, _ in true }) throws(LMDBError) {
    let path = try NewFile.canonicalPath(target)
    let (draft, descriptor) = try NewFile.createDraft(of: path, purpose: .copy)
    defer {
      Platform.close(descriptor)
      unlink(draft)
    }
    try pinned { file throws(LMDBError) in
      try requireNotReplaced(file)
      try writeCopy(of: file, to: descriptor, path: draft, progress)
    }
    try LMDBError.check(DurableFile.publish(draft, as: path), "creating the file", path)
  }

  /// Where a store is built that is copied to `destination` when it is complete; what a crash leaves of it goes when
  /// the destination is opened.
  /// - Throws: `.alreadyExists`, `.cannotCreate`.
  package static func draftPath(for destination: String) throws(LMDBError) -> String {
    let path = try NewFile.canonicalPath(destination)
    try NewFile.requireAbsent(path)
    TemporaryName.removeLeftovers(of: path)
    return TemporaryName.make(for: path, purpose: .create)
  }

  /// Removes such a store, which is closed.
  package static func removeDraft(_ path: String) {
    unlink(path)
    unlink(LockFile.path(of: path))
  }

  /// Writes the copy to an empty file and syncs it.
  func writeCopy(
    of file: OpenFile, to descriptor: Int32, path target: String, _ progress: CopyProgress
  ) throws(LMDBError) {
    try writePacked(file, to: target, progress)
    KillPoint.pass(.copyWritten)
    try LMDBError.check(DurableFile.sync(descriptor), "syncing the file", target)
    KillPoint.pass(.copySynced)
  }
}
