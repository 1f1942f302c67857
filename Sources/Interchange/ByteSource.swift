import Basics
import Platform

/// A stream of bytes from a file, standard input or memory, unpacked on the way when it is gzip.
///
/// Gzip is recognised by its first two bytes, whatever the name; concatenated members read as one stream.
/// Not for use from two threads at once.
package final class ByteSource {
  /// The path as given, `-` for standard input; names the source in messages.
  package let name: String

  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private let memory: [UInt8]
  private let pieceBytes: Int
  private var memoryOffset = 0

  /// Bytes taken from the input that nobody has consumed yet: the two sniffed ones, or packed data.
  private let inputBase: UnsafeMutableRawPointer
  private let inputCapacity: Int
  private static let fileInputCapacity = 256 << 10
  private var inputStart = 0
  private var inputEnd = 0
  private var hasSniffed = false
  /// Bytes that `peek` has shown and nobody has read.
  private var peeked: ArraySlice<UInt8> = []
  private var inflater: Inflater?
  private var pendingError: InterchangeError?

  /// Opens `path`, or standard input for `-`. Nothing is read yet.
  /// - Throws: `.notFound`, `.permissionDenied`, `.ioError` (also for a directory).
  package init(path: String) throws(InterchangeError) {
    var opened: Int32 = 0
    if path != "-" {
      opened = open(path, O_RDONLY | O_CLOEXEC)
      guard opened >= 0 else { throw .system(errno, "open", path: path) }
      guard let status = FileStatus(descriptor: opened) else {
        let number = errno
        close(opened)
        throw .system(number, "read", path: path)
      }
      guard !status.isDirectory else {
        close(opened)
        throw InterchangeError(.ioError, "'\(path)' is a directory; name a file", path: path)
      }
    }
    name = path
    descriptor = opened
    ownsDescriptor = path != "-"
    memory = []
    pieceBytes = 0
    inputCapacity = Self.fileInputCapacity
    inputBase = .allocate(byteCount: inputCapacity, alignment: 16)
  }

  /// A source of the given bytes, which may be gzip too, in pieces of at most `pieceBytes` as a pipe has them.
  package init(bytes: [UInt8], name: String = "memory", pieceBytes: Int = .max) {
    precondition(pieceBytes >= 1, "a piece is not empty")
    self.name = name
    descriptor = -1
    ownsDescriptor = false
    memory = bytes
    self.pieceBytes = pieceBytes
    // No more than there is, but for the two bytes that are looked at first.
    inputCapacity = max(2, min(bytes.count, Self.fileInputCapacity))
    inputBase = .allocate(byteCount: inputCapacity, alignment: 16)
  }

  deinit {
    inputBase.deallocate()
    if ownsDescriptor { close(descriptor) }
  }

  /// Fills the front of `buffer` and returns how many bytes that were; 0 is the end of the stream.
  ///
  /// May return fewer bytes than fit. Bytes unpacked before a damaged place are delivered first.
  /// - Precondition: `buffer` is not empty.
  /// - Throws: `.ioError`, or `.corrupt` with the offset in the packed stream.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(InterchangeError) -> Int {
    precondition(!buffer.isEmpty, "a read needs room")
    if !peeked.isEmpty {
      let count = min(peeked.count, buffer.count)
      buffer.copyBytes(from: peeked.prefix(count))
      peeked = peeked.dropFirst(count)
      return count
    }
    if let pendingError { throw pendingError }
    if !hasSniffed { try sniff() }
    if let inflater { return try readPacked(with: inflater, into: buffer) }
    if inputStart < inputEnd {
      let count = min(inputEnd - inputStart, buffer.count)
      buffer.copyMemory(from: UnsafeRawBufferPointer(start: inputBase + inputStart, count: count))
      inputStart += count
      return count
    }
    return try readRaw(into: buffer)
  }

  /// Up to `count` first bytes of the stream, unpacked, which the next reads deliver again.
  /// - Precondition: nothing was read yet.
  /// - Throws: what `read` throws.
  package func peek(_ count: Int) throws(InterchangeError) -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { room.deallocate() }
    var bytes: [UInt8] = []
    while bytes.count < count {
      let read = try read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<(count - bytes.count)]))
      if read == 0 { break }
      bytes.append(contentsOf: room[..<read])
    }
    peeked = bytes[...]
    return bytes
  }

  /// Whether the stream is packed; reads its first two bytes to find out.
  package func isPacked() throws(InterchangeError) -> Bool {
    if !hasSniffed { try sniff() }
    return inflater != nil
  }

  /// The descriptor of the file that this source has opened itself.
  var ownedDescriptor: Int32? { ownsDescriptor ? descriptor : nil }

  private func sniff() throws(InterchangeError) {
    hasSniffed = true
    while inputEnd < 2 {
      // Whoever sends a short line and waits for an answer sends no more before it.
      if inputEnd == 1, inputBase.load(as: UInt8.self) != 0x1f { return }
      let count = try refillInput()
      if count == 0 { return }
    }
    if inputBase.load(as: UInt8.self) == 0x1f, inputBase.load(fromByteOffset: 1, as: UInt8.self) == 0x8b {
      inflater = try Inflater(name: name)
    }
  }

  /// Appends raw bytes to the input buffer, which the caller knows to have room.
  private func refillInput() throws(InterchangeError) -> Int {
    if inputStart == inputEnd {
      inputStart = 0
      inputEnd = 0
    }
    let room = UnsafeMutableRawBufferPointer(
      start: inputBase + inputEnd, count: inputCapacity - inputEnd)
    let count = try readRaw(into: room)
    inputEnd += count
    return count
  }

  private func readPacked(
    with inflater: Inflater, into buffer: UnsafeMutableRawBufferPointer
  ) throws(InterchangeError) -> Int {
    var produced = 0
    while produced < buffer.count {
      if inputStart == inputEnd, !inflater.hasPendingOutput {
        // Hand out what there is before waiting for more input.
        if produced > 0 { break }
        if try refillInput() == 0 {
          try inflater.finish()
          return 0
        }
      }
      do throws(InterchangeError) {
        let step = try inflater.unpack(
          UnsafeRawBufferPointer(start: inputBase + inputStart, count: inputEnd - inputStart),
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[produced...]))
        inputStart += step.consumed
        produced += step.produced
      } catch {
        produced += inflater.producedBeforeError
        pendingError = error
        if produced == 0 { throw error }
        break
      }
    }
    return produced
  }

  private func readRaw(into buffer: UnsafeMutableRawBufferPointer) throws(InterchangeError) -> Int {
    guard descriptor >= 0 else {
      let count = min(buffer.count, memory.count - memoryOffset, pieceBytes)
      memory.withUnsafeBytes { bytes in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[memoryOffset..<memoryOffset + count]))
      }
      memoryOffset += count
      return count
    }
    while true {
      let count = Platform.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      let number = errno
      if number != EINTR { throw .system(number, "read", path: name) }
    }
  }
}
