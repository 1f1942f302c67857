import Basics
import CLMDB
import Platform

extension Environment {
  /// Doubles the map, at least to `minimum` bytes; the caller is the writer and has no transaction.
  func growMap(toAtLeast minimum: Int) throws(LMDBError) {
    _ = try clearStaleReaders()
    let mapSize = try state.withLock { state throws(LMDBError) in
      Int(try usableFile(state).information.me_mapsize)
    }
    let limit = options.maxMapSizeBytes
    guard mapSize < limit, minimum <= limit else {
      throw LMDBError(
        .mapFull, "the map of \(mapSize) bytes is full and maxMapSizeBytes is \(limit); raise it", path: path)
    }
    var size = mapSize
    while size == mapSize || size < minimum {
      size = size > limit / 2 ? limit : size * 2
    }
    try resizeMap(to: size)
  }

  /// Another process grew the file beyond this process' map: take its size over.
  func adoptGrowthOfOthers() throws(LMDBError) {
    if options.readOnly { return try resizeToFile() }
    try acquireWriter()
    defer { releaseWriter() }
    try resizeToFile()
  }

  /// Maps what is in the file and as much again. The size is not taken from the file's header, which could say
  /// anything, but from the pages that are there.
  func resizeToFile() throws(LMDBError) {
    let size = try state.withLock { state throws(LMDBError) in
      let file = try usableFile(state)
      return OpenFile.mapSize(options: options, usedBytes: file.usedBytes)
    }
    try resizeMap(to: size)
  }

  private func resizeMap(to size: Int) throws(LMDBError) {
    try requireAddressSpace(size)
    try withReadersDrained { state throws(LMDBError) in
      let file = try usableFile(state)
      // Two threads may have met the same growth.
      guard file.information.me_mapsize < size else { return }
      KillPoint.pass(.mapGrowing)
      let status = mdb_env_set_mapsize(file.handle, size)
      guard status != MDB_SUCCESS else { return KillPoint.pass(.mapGrown) }
      // The old map is gone at this point, so nothing can go on.
      let error = LMDBError(
        .ioError, "mapping \(size) bytes failed: \(String(cString: mdb_strerror(status))); reopen",
        status: status, path: path)
      state.failure = error
      throw error
    }
  }

  /// LMDB unmaps before it maps again and would be left with nothing, so the size is tried out first.
  private func requireAddressSpace(_ size: Int) throws(LMDBError) {
    let trial = mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0)
    guard let trial, trial != MAP_FAILED else {
      throw LMDBError(
        .mapFull, "no address space for a map of \(size) bytes; raise the limit (ulimit -v)", status: errno,
        path: path)
    }
    munmap(trial, size)
  }

  /// Keeps new read transactions out, has the live ones ended, and runs `body` under the monitor.
  /// - Throws: as `drainReaders`, and what `body` throws.
  private func withReadersDrained<R>(
    _ body: (inout EnvironmentState) throws(LMDBError) -> R
  ) throws(LMDBError) -> R {
    try drainReaders()
    defer { admitReaders() }
    return try state.withLock(body)
  }

  /// Keeps new read transactions out and has the live ones ended; `admitReaders` must follow a return.
  /// - Throws: `.busy` when some are still live after the busy timeout, or one belongs to this very thread.
  func drainReaders() throws(LMDBError) {
    let me = ThreadIdentity.current
    let handlers = try state.withLock { state throws(LMDBError) in
      guard state.readClosures[me] == nil else {
        throw LMDBError(
          .busy, "the map must move, but this thread is inside a read; end it first", path: path)
      }
      state.drainerCount += 1
      return Array(state.quiesceHandlers.values)
    }
    for handler in handlers { handler() }
    let isDrained: Void? = state.waitThenChange(
      timeoutSeconds: options.busyTimeoutSeconds, until: { state in state.readerCount == 0 }
    ) { _ in }
    guard isDrained == nil else { return }
    let count = state.withLock { state in state.readerCount }
    admitReaders()
    throw LMDBError(
      .busy,
      "\(count) read transactions of this process did not end in \(options.busyTimeoutSeconds) s; end them and try "
        + "again",
      path: path)
  }

  func admitReaders() {
    state.change { state in state.drainerCount -= 1 }
  }
}
