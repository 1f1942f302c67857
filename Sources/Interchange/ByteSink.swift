import Platform

/// A file, or standard output, being written front to back through a buffer.
///
/// Nothing is certain to be written until `close()` has returned. Not for use from two threads at once.
package final class ByteSink {
  /// The path as given, `-` for standard output.
  package let name: String

  private var descriptor: Int32
  private let ownsDescriptor: Bool
  private var pending: [UInt8] = []
  private static let bufferBytes = 256 << 10

  /// Creates or empties the file at `path`; `-` is standard output.
  /// - Parameter name: what errors call it; its path where nil.
  /// - Throws: `.permissionDenied`, `.cannotCreate`.
  package init(path: String, name: String? = nil) throws(InterchangeError) {
    self.name = name ?? path
    ownsDescriptor = path != "-"
    descriptor = ownsDescriptor ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666) : 1
    guard descriptor >= 0 else { throw .systemCreate(errno, path: self.name) }
    pending.reserveCapacity(Self.bufferBytes)
  }

  deinit {
    if ownsDescriptor, descriptor >= 0 { Platform.close(descriptor) }
  }

  /// Appends `bytes`.
  /// - Throws: `.diskFull`, `.ioError`.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(InterchangeError) {
    if pending.count + bytes.count > Self.bufferBytes { try flush() }
    if bytes.count >= Self.bufferBytes {
      try writeThrough(bytes)
    } else {
      pending.append(contentsOf: bytes)
    }
  }

  /// Appends `bytes`.
  /// - Throws: `.diskFull`, `.ioError`.
  package func write(_ bytes: some Sequence<UInt8>) throws(InterchangeError) {
    // The rethrow of `withUnsafeBytes` keeps no typed error, a result does.
    let result = bytes.withContiguousStorageIfAvailable { raw in
      Result { () throws(InterchangeError) in try write(UnsafeRawBufferPointer(raw)) }
    }
    if let result { return try result.get() }
    pending.append(contentsOf: bytes)
    if pending.count >= Self.bufferBytes { try flush() }
  }

  /// Hands everything to the operating system.
  /// - Throws: `.ioError`.
  package func flush() throws(InterchangeError) {
    if pending.isEmpty { return }
    let bytes = pending
    pending.removeAll(keepingCapacity: true)
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(InterchangeError) in try writeThrough(raw) }
    }
    try result.get()
  }

  /// Writes everything and closes the file. Further calls do nothing.
  /// - Throws: `.ioError`.
  package func close() throws(InterchangeError) {
    if descriptor < 0 { return }
    try flush()
    guard ownsDescriptor else { return }
    let open = descriptor
    descriptor = -1
    if Platform.close(open) != 0 { throw .system(errno, "write", path: name) }
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws(InterchangeError) {
    let number = Self.write(bytes, to: descriptor)
    guard number == 0 else { throw .system(number, "write", path: name) }
  }

  /// Writes all bytes to an open file, going on after interruptions and short writes.
  /// - Returns: 0, or the errno of what failed.
  package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = bytes
    while !rest.isEmpty {
      let count = Platform.write(descriptor, rest.baseAddress, rest.count)
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}
