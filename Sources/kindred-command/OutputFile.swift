import Interchange
import Kindred
import Platform

/// A text file being written, `-` for standard output.
final class OutputFile {
  private static let bufferSizeBytes = 1 << 18

  private let path: String
  private let staged: StagedFile
  private var descriptor: Int32
  private var buffer: [UInt8] = []

  /// Opens `path` for writing.
  /// - Throws: `CommandFailure` when it cannot be opened, and what `StagedFile` throws.
  init(_ output: OutputPath) throws {
    path = output.path
    staged = try StagedFile(output)
    descriptor =
      path == "-" ? STDOUT_FILENO : open(staged.writingPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw CommandFailure(writing: "'\(path)'", errorNumber: errno) }
  }

  deinit {
    if descriptor > STDERR_FILENO { _ = FileDescriptor.close(descriptor) }
  }

  /// Appends bytes.
  func write(_ bytes: some Collection<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferSizeBytes { try flush() }
  }

  /// Appends one JSON value and a newline.
  func write(line value: JSON) throws {
    value.append(to: &buffer)
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= Self.bufferSizeBytes { try flush() }
  }

  /// Writes what is held back and puts the file in its place.
  func close() throws {
    try flush()
    guard descriptor != STDOUT_FILENO else { return }
    let isClosed = FileDescriptor.close(descriptor)
    descriptor = -1
    guard isClosed else { throw CommandFailure(writing: "'\(path)'", errorNumber: errno) }
    try staged.commit()
  }

  private func flush() throws {
    defer { buffer.removeAll(keepingCapacity: true) }
    try FileDescriptor.writeAll(buffer, to: descriptor, name: path == "-" ? "standard output" : "'\(path)'")
  }
}
