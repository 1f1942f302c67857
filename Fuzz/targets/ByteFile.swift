import Interchange
import Platform

/// A file in memory that code reads by descriptor or by path, filled again for every input.
// One thread runs a target at a time.
final class ByteFile: @unchecked Sendable {
  let descriptor: Int32
  /// The path of a file of its own in a directory of memory, where there is one.
  let path: String

  /// - Parameter name: what tells it from other files of this process.
  init(_ name: String) {
    let directory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    path = "\(directory)/kindred-fuzz-\(getpid())-\(name)"
    descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    precondition(descriptor >= 0, "\(path): errno \(errno)")
  }

  deinit {
    unlink(path)
    close(descriptor)
  }

  /// Makes the file these bytes.
  func fill(_ bytes: UnsafeRawBufferPointer) {
    precondition(ftruncate(descriptor, 0) == 0 && lseek(descriptor, 0, SEEK_SET) == 0, "errno \(errno)")
    let status = ByteSink.write(bytes, to: descriptor)
    precondition(status == 0, "\(path): errno \(status)")
  }

  func fill(_ bytes: [UInt8]) { bytes.withUnsafeBytes { fill($0) } }

  /// What is in the file.
  func content() throws -> [UInt8] { try Self.content(of: path) }

  /// What is in a file.
  static func content(of path: String) throws -> [UInt8] {
    let source = try ByteSource(path: path)
    var bytes: [UInt8] = []
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { piece.deallocate() }
    while true {
      let count = try source.read(into: piece)
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }
}

/// Bytes with their runs of zeros cut: a zero is followed by how many there are, in two bytes. Pages of a store are
/// mostly zeros, and a short input is changed where it matters.
enum ZeroRuns {
  static func packed(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var packed: [UInt8] = []
    var rest = bytes[...]
    while let first = rest.first {
      guard first == 0 else {
        packed.append(first)
        rest = rest.dropFirst()
        continue
      }
      let run = min(rest.prefix { $0 == 0 }.count, 65_535)
      packed += [0, UInt8(run & 255), UInt8(run >> 8)]
      rest = rest.dropFirst(run)
    }
    return packed
  }

  /// - Parameter limit: bytes that are made at most.
  static func unpacked(_ bytes: UnsafeRawBufferPointer, limit: Int) -> [UInt8] {
    var unpacked: [UInt8] = []
    var input = FuzzInput(bytes)
    while !input.isEmpty, unpacked.count < limit {
      let byte = input.number(UInt8.self)
      guard byte == 0 else {
        unpacked.append(byte)
        continue
      }
      let run = min(Int(input.number(UInt16.self)), limit - unpacked.count)
      unpacked.append(contentsOf: repeatElement(0, count: run))
    }
    return unpacked
  }
}
