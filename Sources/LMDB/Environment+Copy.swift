import CLMDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Environment {
  /// Writes a copy of the newest commit to a new file, durably, while reads and writes go on.
  ///
  /// Counts as a read transaction while it runs. A copy that fails is removed again.
  /// - Parameter compacting: leaves out free pages (and with them deleted bytes) and fills the others; slower.
  /// - Throws: `.alreadyExists`, `.diskFull`, `.permissionDenied`, `.ioError`.
  package func copy(to target: String, compacting: Bool) throws(LMDBError) {
    let path = try DurableFile.canonicalPathOfNewFile(target)
    let descriptor = try DurableFile.createExclusively(path)
    defer { _ = SystemCall.close(descriptor) }
    do throws(LMDBError) {
      try pinned { file throws(LMDBError) in
        try requireNotReplaced(file)
        try writeCopy(of: file, to: descriptor, path: path, compacting: compacting)
      }
      try DurableFile.syncDirectory(of: path)
    } catch {
      unlink(path)
      throw error
    }
  }

  /// Writes the copy to an empty file and syncs it.
  func writeCopy(
    of file: OpenFile, to descriptor: Int32, path target: String, compacting: Bool
  ) throws(LMDBError) {
    if compacting {
      try writePacked(file, to: target)
    } else {
      let status = mdb_env_copyfd2(file.handle, descriptor, 0)
      guard status == MDB_SUCCESS else { throw LMDBError.from(status: status, action: "copy", path: target) }
    }
    try DurableFile.sync(descriptor: descriptor, path: target)
  }
}
