import Basics
import Interchange
import Kindred
import LMDB
import Platform

/// The file of a backup, read or written from front to back.
final class BackupFile {
  let path: String
  private let descriptor: Int32

  /// - Throws: `InterchangeError` `.notFound`, `.permissionDenied`, `.ioError`.
  init(reading path: String) throws(InterchangeError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno, "open", path: path) }
  }

  /// Makes the file, which must not be there.
  /// - Throws: `LMDBError` `.alreadyExists`, `.cannotCreate`, `.permissionDenied`, `.ioError`.
  init(creating path: String) throws(LMDBError) {
    self.path = try NewFile.canonicalPath(path)
    descriptor = try NewFile.create(self.path)
  }

  deinit { Platform.close(descriptor) }

  /// The next `count` bytes, or the fewer that are left.
  func next(_ count: Int) throws(InterchangeError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let read = bytes.withUnsafeMutableBytes {
        Platform.read(descriptor, $0.baseAddress.map { $0 + done }, count - done)
      }
      if read < 0, errno == EINTR { continue }
      guard read >= 0 else { throw .system(errno, "read", path: path) }
      if read == 0 { break }
      done += read
    }
    bytes.removeLast(count - done)
    return bytes
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(InterchangeError) {
    let status = ByteSink.write(bytes, to: descriptor)
    guard status == 0 else { throw .system(status, "write", path: path) }
  }

  /// The file is complete: it and its name are on the disk when this returns.
  func finish() throws(InterchangeError) {
    var status = DurableFile.sync(descriptor)
    if status == 0 { status = DurableFile.syncDirectory(of: path) }
    guard status == 0 else { throw .system(status, "write", path: path) }
  }

  /// Removes a file that was not completed.
  func abandon() { unlink(path) }
}
