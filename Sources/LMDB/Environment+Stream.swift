import Basics
import CLMDB
import Dispatch
import Platform

extension Environment {
  /// Hands a copy of the newest commit to `body`, piece by piece from the first byte to the last, while reads and
  /// writes go on: a copy that never lies on a disk as it is. Free pages are left out; pages are copied as they are, so
  /// that deleted bytes may be in those that are in use.
  /// - Throws: `.ioError`, `.diskFull`; what `body` throws.
  /// - Complexity: O(bytes in use), each read once; 64 KiB of memory.
  package func stream(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let failure: (any Error)? = try pinned { file throws(LMDBError) -> (any Error)? in
      try requireNotReplaced(file)
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { throw LMDBError.from(status: errno, action: "copying", path: path) }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      let (reading, writing) = (ends[0], ends[1])
      defer { Platform.close(reading) }
      let copying = Copying(file)
      let done = DispatchSemaphore(value: 0)
      DispatchQueue.global().async {
        copying.run(into: writing)
        Platform.close(writing)
        done.signal()
      }
      let failure = Self.forEachPiece(of: reading, body)
      done.wait()
      try LMDBError.check(copying.status, "copying", path)
      return failure
    }
    if let failure { throw failure }
  }

  /// Reads a pipe to its end, whatever `body` throws: LMDB's writer would be sent a signal by a pipe that nobody reads.
  private static func forEachPiece(
    of descriptor: Int32, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) -> (any Error)? {
    var failure: (any Error)?
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
      while true {
        let count = Platform.read(descriptor, buffer.baseAddress, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        guard failure == nil else { continue }
        do { try body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) } catch { failure = error }
      }
    }
    return failure
  }
}

/// LMDB's own copy, on a thread of its own.
// unchecked: the status is read when the thread has ended
private final class Copying: @unchecked Sendable {
  private let file: OpenFile
  private(set) var status: Int32 = 0

  init(_ file: OpenFile) { self.file = file }

  func run(into descriptor: Int32) {
    status = mdb_env_copyfd2(file.handle, descriptor, UInt32(MDB_CP_COMPACT))
  }
}
