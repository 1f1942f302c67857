import Interchange
import Kindred
import Logging
import Platform
import Synchronization

/// Standard output: buffered, and every failed write is an error rather than a lost result.
final class StandardOutput: Sendable {
  static let shared = StandardOutput()

  /// Bytes held back before a write.
  private static let bufferSizeBytes = 1 << 16

  private let buffer = Mutex<[UInt8]>([])

  /// Appends text as it is.
  func print(_ text: String) throws {
    try write(text.utf8)
  }

  /// Appends one JSON value and a newline.
  func print(_ value: JSON) throws {
    var writer = JSONWriter()
    writer.value(value)
    writer.endLine()
    try write(writer.bytes)
  }

  /// Appends bytes as they are.
  func write(_ bytes: some Collection<UInt8>) throws {
    let isFull = buffer.withLock { buffer in
      buffer.append(contentsOf: bytes)
      return buffer.count >= Self.bufferSizeBytes
    }
    if isFull { try flush() }
  }

  /// Writes what is held back.
  /// - Throws: `CommandFailure` `.outputClosed` when the reader went away, `.ioError` and the like otherwise.
  func flush() throws {
    if Self.isTerminal { StandardError.clearLine() }
    try buffer.withLock { buffer in
      defer { buffer.removeAll(keepingCapacity: true) }
      try FileDescriptor.writeAll(buffer, to: STDOUT_FILENO, name: "standard output")
    }
  }

  /// Forgets what is held back, after a write that failed.
  func discard() { buffer.withLock { $0.removeAll() } }

  /// Whether a person is looking: column widths are then held to the terminal's.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Columns of the terminal, nil when output goes elsewhere.
  static var terminalColumns: Int? {
    guard isTerminal else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

/// Standard error: warnings, notes and progress.
enum StandardError {
  private static let line = Mutex(TerminalLine())

  /// Writes text at once, on a clean line. Nothing can be done about a failure here, and the exit code still shows the
  /// outcome.
  static func write(_ text: String) {
    line.withLock { put($0.clearing() + text) }
  }

  /// Draws one line over the one that was drawn last; the next text takes its place.
  static func drawLine(_ text: String) {
    line.withLock { put($0.drawing(text)) }
  }

  /// Takes the drawn line away, if there is one.
  static func clearLine() {
    line.withLock { put($0.clearing()) }
  }

  private static func put(_ text: String) {
    guard !text.isEmpty else { return }
    do {
      try FileDescriptor.writeAll(Array(text.utf8), to: STDERR_FILENO, name: "standard error")
    } catch { return }
  }

  /// One line that starts with the program's name, as `kindred: warning: …`.
  static func warn(_ text: String) throws {
    try StandardOutput.shared.flush()
    write("kindred: warning: \(text)\n")
  }

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// Shows what the library logs as warnings of this program.
struct StandardErrorLog: LogHandler {
  /// For programs, whose standard error has nothing but one JSON object where the command fails.
  let isSilent: Bool
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.warning

  init(isSilent: Bool) { self.isSilent = isSilent }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    guard !isSilent else { return }
    let details = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    StandardError.write(
      "kindred: warning: \(([event.message.description] + details).joined(separator: ", "))\n")
  }
}

/// Writing to file descriptors with the system's errors translated once.
enum FileDescriptor {
  /// Writes all bytes.
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32, name: String) throws {
    let number = bytes.withUnsafeBytes { ByteSink.write($0, to: descriptor) }
    guard number == 0 else { throw CommandFailure(writing: name, errorNumber: number) }
  }
}

extension CommandFailure {
  /// The failure of a write or an open for writing, by the system's error number.
  init(writing name: String, errorNumber: Int32) {
    let reason = String(cString: strerror(errorNumber))
    switch errorNumber {
    case EPIPE: self.init(.outputClosed, "\(name) was closed", exitCode: .outputClosed)
    case EACCES, EPERM, EROFS:
      self.init(.permissionDenied, "cannot write \(name): \(reason)")
    case ENOSPC, EDQUOT:
      self.init(.diskFull, "cannot write \(name): \(reason); make room and run the command again")
    case ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP:
      self.init(.ioError, "cannot write \(name): \(reason)", exitCode: .cannotCreate)
    default: self.init(.ioError, "cannot write \(name): \(reason)")
    }
  }
}
