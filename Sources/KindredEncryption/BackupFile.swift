import Basics
import Interchange
import Kindred
import LMDB
import Platform

/// A backup, or a store that is made of one: a file that is read, or written, from front to back.
final class BackupFile {
  let path: String
  private let descriptor: Int32
  /// The name of a file that is not complete; nil for one that is read.
  private let draft: String?

  /// - Throws: `InterchangeError` `.notFound`, `.permissionDenied`, `.ioError`.
  init(reading path: String) throws(InterchangeError) {
    self.path = path
    draft = nil
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno, "open", path: path) }
  }

  /// Makes a file that gets its name when it is complete: what is killed or fails before leaves nothing that looks like
  /// one.
  /// - Throws: `LMDBError` `.alreadyExists`, `.cannotCreate`, `.permissionDenied`, `.ioError`.
  init(creating path: String) throws(LMDBError) {
    self.path = try NewFile.canonicalPath(path)
    let (draft, descriptor) = try NewFile.createDraft(of: self.path, purpose: .copy)
    (self.draft, self.descriptor) = (draft, descriptor)
  }

  deinit {
    Platform.close(descriptor)
    if let draft { unlink(draft) }
  }

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
  /// - Throws: `LMDBError` `.alreadyExists` where another has the name by now, `.diskFull`, `.ioError`.
  func finish() throws(LMDBError) {
    guard let draft else { return }
    try LMDBError.check(DurableFile.sync(descriptor), "syncing the file", path)
    try LMDBError.check(DurableFile.publish(draft, as: path), "creating the file", path)
  }
}
