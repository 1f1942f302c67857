import Foundation
import Testing

#if os(Linux)
  /// Runs the command with a new pseudo-terminal as its outputs.
  enum Terminal {
    /// - Returns: what was written, with the terminal's line ends.
    static func run(
      _ arguments: [String], in folder: URL, columns: UInt16 = 80, showsOutput: Bool = true
    ) throws -> String {
      // By Linux's own calls: unlock it, ask for its number, set its size.
      let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var lock: Int32 = 0
      var number: UInt32 = 0
      var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
      #expect(
        terminal >= 0 && ioctl(terminal, 0x4004_5431, &lock) == 0
          && ioctl(terminal, 0x8004_5430, &number) == 0 && ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
      let side = try #require(FileHandle(forUpdatingAtPath: "/dev/pts/\(number)"))
      let process = Process()
      let executable: URL = try #require(KindredProcess.executable)
      process.executableURL = executable
      process.arguments = arguments
      process.currentDirectoryURL = folder
      process.standardOutput = showsOutput ? side : FileHandle.nullDevice
      process.standardError = side
      try process.run()
      side.closeFile()
      var shown: [UInt8] = []
      var part = [UInt8](repeating: 0, count: 4096)
      // The read fails, rather than ends, when the last writer has gone.
      while case let count = read(terminal, &part, part.count), count > 0 { shown += part.prefix(count) }
      close(terminal)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(arguments)")
      return String(decoding: shown, as: UTF8.self)
    }
  }
#endif
