import Platform

/// A file, or standard output, being written front to back through a buffer.
///
/// Nothing is certain to be written until `close()` has returned. Not for use from two threads at once.
package final class ByteSink {
  /// The path as given, `-` for standard output.
  package let name: String
  /// Whether earlier bytes can be written over: a regular file, not a pipe.
  package let canPatch: Bool

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
    var status = stat()
    canPatch = ownsDescriptor && fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    pending.reserveCapacity(Self.bufferBytes)
  }

  deinit {
    if ownsDescriptor, descriptor >= 0 { _ = closeDescriptor(descriptor) }
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
    if closeDescriptor(open) != 0 { throw .system(errno, "write", path: name) }
  }

  /// Writes `bytes` over what stands at `offset` in the file.
  /// - Precondition: `canPatch`.
  /// - Throws: `.ioError`.
  package func patch(_ bytes: [UInt8], at offset: Int) throws(InterchangeError) {
    precondition(canPatch, "only a regular file can be written over")
    try flush()
    let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
    guard written == bytes.count else { throw .system(written < 0 ? errno : ENOSPC, "write", path: name) }
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws(InterchangeError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = writeDescriptor(descriptor, rest)
      if count < 0 {
        let number = errno
        if number == EINTR { continue }
        throw .system(number, "write", path: name)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}

/// The system's `close`, which the method of that name hides.
private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }

/// The system's `write`, which the method of that name hides.
private func writeDescriptor(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
