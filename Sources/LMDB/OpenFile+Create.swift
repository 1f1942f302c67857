import CLMDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension OpenFile {
  /// Makes a store with empty tables at `path`, complete or not at all: it is built under another name.
  /// - Throws: `.alreadyExists`, `.diskFull`, `.permissionDenied`, `.ioError`.
  static func create(_ path: String, options: Environment.Options) throws(LMDBError) {
    var wanted = options
    wanted.readOnly = false
    wanted.durability = .sync
    guard FileStatus(path: path) == nil else {
      throw LMDBError(
        .alreadyExists, "something is there already; open it or choose another path", path: path)
    }
    let draft = TemporaryName.make(for: path, purpose: .create)
    let descriptor = try DurableFile.createExclusively(draft)
    defer {
      _ = SystemCall.close(descriptor)
      unlink(draft)
      unlink(draft + "-lock")
    }
    flock(descriptor, LOCK_SH | LOCK_NB)
    let handle = try openHandle(draft, options: wanted, mapSize: 1 << 26, extraFlags: 0)
    do throws(LMDBError) {
      _ = try openTables(handle, names: wanted.tableNames, create: true, path: draft)
    } catch {
      mdb_env_close(handle)
      throw error
    }
    mdb_env_close(handle)
    try DurableFile.sync(descriptor: descriptor, path: draft)
    try DurableFile.publish(draft, as: path)
  }
}
