import Basics
import Interchange
public import Kindred
import LMDB
import Platform

extension Store {
  /// Copies the store to a new encrypted file, as of one commit, while others read and write. The copy never lies on a
  /// disk unencrypted; queries cost what they did.
  ///
  /// Pages are copied as they are: compact the store before where deleted bytes must not be in the copy.
  /// - Throws: `StoreError` `.alreadyExists`, `.cannotCreate`, `.diskFull`, `.permissionDenied`, `.ioError`;
  ///   `CancellationError`, with no copy left.
  /// - Complexity: O(bytes in use), read, encrypted and written once, a piece of 1 MiB in memory.
  public func backup(to path: String, encryptedWith key: BackupKey, progress: ProgressHandler? = nil) throws {
    try StoreError.translating {
      let file = try BackupFile(creating: path)
      var stream = SealedStream(key)
      try stream.header.withUnsafeBytes { try file.write($0) }
      var piece: [UInt8] = []
      piece.reserveCapacity(SealedStream.pieceByteCount)
      let total = try statistics().usedBytes
      var done = 0
      func write(isLast: Bool) throws {
        try Task.checkCancellation()
        try stream.seal(piece, isLast: isLast).withUnsafeBytes { try file.write($0) }
        done += piece.count
        piece.removeAll(keepingCapacity: true)
        progress?(WorkProgress(stage: "copying", completed: min(done, total), total: total))
      }
      try streamCopy { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
          // A full piece is written when more follows: the last one has to say that it is the last.
          if piece.count == SealedStream.pieceByteCount { try write(isLast: false) }
          let count = min(rest.count, SealedStream.pieceByteCount - piece.count)
          piece.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
          rest = rest.dropFirst(count)
        }
      }
      try write(isLast: true)
      try file.finish()
    }
  }

  /// Whether a file begins as an encrypted backup does; false where it cannot be read.
  /// - Complexity: O(1).
  public static func isEncryptedBackup(_ path: String) -> Bool {
    // A named pipe would wait for somebody to write to it.
    FileStatus(path: path)?.isRegular == true
      && (try? BackupFile(reading: path).next(SealedStream.magic.count)) == SealedStream.magic
  }

  /// Makes a store of an encrypted backup, and verifies it.
  /// - Throws: `StoreError` `.notFound`, `.foreign` for what is no encrypted backup, `.badInput` for another key,
  ///   `.corrupted` for one that was changed or cut off, `.alreadyExists`, `.cannotCreate`, `.diskFull`,
  ///   `.permissionDenied`, `.ioError`; `CancellationError`. No store is left where it throws.
  /// - Complexity: O(bytes of the backup), and of `verify(at:progress:)`.
  @discardableResult
  public static func restore(
    _ backup: String, to path: String, key: BackupKey, progress: ProgressHandler? = nil
  ) throws -> VerifyReport {
    try StoreError.translating {
      let source = try BackupFile(reading: backup)
      // Nobody opens a backup but to restore it: what a crash of its making left beside it goes here.
      TemporaryName.removeLeftovers(of: backup)
      var stream = try SealedStream(key, reading: try source.next(SealedStream.headerByteCount), path: backup)
      let file = try BackupFile(creating: path)
      let count = SealedStream.pieceByteCount + SealedStream.tagByteCount
      let total = FileStatus(path: backup)?.sizeBytes
      var done = 0
      var sealed = try source.next(count)
      var isLast = false
      while !isLast {
        try Task.checkCancellation()
        let following = sealed.count < count ? [] : try source.next(count)
        isLast = following.isEmpty
        try stream.open(sealed, isLast: isLast, path: backup).withUnsafeBytes { try file.write($0) }
        done += sealed.count
        sealed = following
        progress?(WorkProgress(stage: "decrypting", completed: done, total: total))
      }
      try file.finish()
      do {
        let report = try Store.verify(at: path, progress: progress)
        guard report.ok else {
          throw StoreError(
            code: .corrupted,
            message: "\(backup): what was backed up is damaged: \(report.problems.first ?? "")")
        }
        return report
      } catch {
        unlink(file.path)
        throw error
      }
    }
  }

  /// As the blocking form, off the threads that run tasks.
  public func backup(
    to path: String, encryptedWith key: BackupKey, progress: ProgressHandler? = nil
  ) async throws {
    try await offThread { try self.backup(to: path, encryptedWith: key, progress: progress) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public static func restore(
    _ backup: String, to path: String, key: BackupKey, progress: ProgressHandler? = nil
  ) async throws -> VerifyReport {
    try await offThread { try restore(backup, to: path, key: key, progress: progress) }
  }
}
