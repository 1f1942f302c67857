import Basics
import Platform

/// The whole content of a file in one piece: mapped where that is possible, read where it is not.
///
/// Pipes and gzip are read into memory, which grows with what arrives, never with what a header claims.
/// A mapped file must not be cut short by others while it is used; the operating system answers that with a
/// signal.
package final class FileBytes: @unchecked Sendable {  // never written after `init`
  let name: String
  /// Valid as long as this object.
  package let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// - Throws: what `ByteSource` throws; `.limitExceeded` for a stream above `limitBytes`.
  package init(path: String, limitBytes: Int = Limits.streamBytes) throws(InterchangeError) {
    name = path
    let source = try ByteSource(path: path)
    if try !source.isPacked(), let mapped = try Self.map(source) {
      bytes = mapped
      isMapped = true
    } else {
      bytes = try Self.readAll(source, limitBytes: limitBytes)
      isMapped = false
    }
  }

  /// - Throws: what `ByteSource` throws; `.limitExceeded` for a stream above `limitBytes`.
  init(_ source: ByteSource, limitBytes: Int = Limits.streamBytes) throws(InterchangeError) {
    name = source.name
    bytes = try Self.readAll(source, limitBytes: limitBytes)
    isMapped = false
  }

  deinit {
    guard let base = bytes.baseAddress else { return }
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    } else {
      free(UnsafeMutableRawPointer(mutating: base))
    }
  }

  /// Advises the system that the bytes will be read from front to back.
  func adviseSequential() {
    guard isMapped, let base = bytes.baseAddress else { return }
    madvise(UnsafeMutableRawPointer(mutating: base), bytes.count, MADV_SEQUENTIAL)
  }

  /// The mapping of a regular file that is not empty; nil for everything else.
  private static func map(_ source: ByteSource) throws(InterchangeError) -> UnsafeRawBufferPointer? {
    // Standard input may be a file that somebody else has read a part of already.
    guard let descriptor = source.ownedDescriptor else { return nil }
    guard let status = FileStatus(descriptor: descriptor) else {
      throw .system(errno, "read", path: source.name)
    }
    let size = status.sizeBytes
    guard status.isRegular, size > 0 else { return nil }
    guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
      throw .system(errno, "map", path: source.name)
    }
    return UnsafeRawBufferPointer(start: base, count: size)
  }

  private static func readAll(
    _ source: ByteSource, limitBytes: Int
  ) throws(InterchangeError) -> UnsafeRawBufferPointer {
    var capacity = 1 << 20
    var count = 0
    guard var memory = malloc(capacity) else { throw noMemory(source.name, capacity) }
    do throws(InterchangeError) {
      while true {
        if count == capacity {
          capacity *= 2
          guard let larger = realloc(memory, capacity) else { throw noMemory(source.name, capacity) }
          memory = larger
        }
        let room = UnsafeMutableRawBufferPointer(start: memory + count, count: capacity - count)
        let read = try source.read(into: room)
        if read == 0 {
          // No more than there is: it may be kept for long, and a read behind it is found.
          guard let exact = realloc(memory, max(1, count)) else { throw noMemory(source.name, count) }
          memory = exact
          return UnsafeRawBufferPointer(start: memory, count: count)
        }
        count += read
        if count > limitBytes {
          throw InterchangeError(
            .limitExceeded,
            "'\(source.name)' unpacks to more than \(limitBytes) bytes; give it as a plain file",
            path: source.name)
        }
      }
    } catch {
      free(memory)
      throw error
    }
  }

  private static func noMemory(_ name: String, _ size: Int) -> InterchangeError {
    InterchangeError(.limitExceeded, "no memory for \(size) bytes of '\(name)'", path: name)
  }
}
