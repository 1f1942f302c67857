import Foundation
import Testing

@testable import kindred_command

/// In a terminal each epoch of `train` was printed behind the progress line: "42 ms leftepoch 1: loss 7.45". It could
/// happen because only the end of all progress took the line away; now whatever is written takes it away first.
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
      let text = try Terminal.run(
        ["train", "shop.kindred", "--dimension", "16", "--epochs", "2"], in: place.folder, showsOutput: false)
      #expect(text.contains("\r\u{1B}[Ktraining"), "no progress was drawn: \(text)")
      let pieces = text.components(separatedBy: "epoch 1: loss")
      #expect(pieces.count == 2, "\(text)")
      #expect(pieces[0].hasSuffix("\u{1B}[K") || pieces[0].hasSuffix("\n"), "\(pieces[0].suffix(60))")
    }

    /// A backup of a large store said nothing until it was done.
    @Test func backupAndCompactShowProgressInATerminalOnly() throws {
      let place = try Workplace.ring(users: 60)
      for arguments in [["backup", "shop.kindred", "copy.kindred"], ["compact", "shop.kindred"]] {
        let shown = try Terminal.run(arguments, in: place.folder)
        #expect(shown.contains("\r\u{1B}[Kcop") || shown.contains("\r\u{1B}[Kcompacting, bytes"), "\(shown)")
      }
      let silent = try place.expect("backup", "shop.kindred", "second.kindred")
      #expect(silent.standardError.isEmpty)
    }
  #endif
}
