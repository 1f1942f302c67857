import Foundation
import Testing

@testable import kindred_command

/// In a terminal each epoch of `train` was printed behind the progress line: "42 ms leftepoch 1: loss 7.45". It could happen because
/// only the end of all progress took the line away; now whatever is written takes it away first.
@Suite struct TerminalTests {
  @Test func textNeverStandsBehindADrawnLine() {
    var line = TerminalLine()
    #expect(line.clearing() == "")
    #expect(line.drawing("half") == "\r\u{1B}[Khalf")
    #expect(line.drawing("more") == "\r\u{1B}[Kmore")
    #expect(line.clearing() == "\r\u{1B}[K")
    #expect(line.clearing() == "" && !line.isOpen)
  }

  #if os(Linux)
    @Test func epochsStandOnLinesOfTheirOwn() throws {
      let place = try Workplace.ring(users: 60)
      // A new pseudo-terminal, by Linux's own calls: unlock it, ask for its number.
      let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var lock: Int32 = 0
      var number: UInt32 = 0
      #expect(
        terminal >= 0 && ioctl(terminal, 0x4004_5431, &lock) == 0
          && ioctl(terminal, 0x8004_5430, &number) == 0)
      let side = try #require(FileHandle(forUpdatingAtPath: "/dev/pts/\(number)"))
      let process = Process()
      let executable: URL = try #require(KindredProcess.executable)
      process.executableURL = executable
      process.arguments = ["train", "shop.kindred", "--dimension", "16", "--epochs", "2"]
      process.currentDirectoryURL = place.folder
      process.standardOutput = FileHandle.nullDevice
      process.standardError = side
      try process.run()
      side.closeFile()
      var shown: [UInt8] = []
      var part = [UInt8](repeating: 0, count: 4096)
      // The read fails, rather than ends, when the last writer has gone.
      while case let count = read(terminal, &part, part.count), count > 0 { shown += part.prefix(count) }
      close(terminal)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let text = String(decoding: shown, as: UTF8.self)
      #expect(text.contains("\r\u{1B}[Ktraining"), "no progress was drawn: \(text)")
      let pieces = text.components(separatedBy: "epoch 1: loss")
      #expect(pieces.count == 2, "\(text)")
      #expect(pieces[0].hasSuffix("\u{1B}[K") || pieces[0].hasSuffix("\n"), "\(pieces[0].suffix(60))")
    }
  #endif
}
