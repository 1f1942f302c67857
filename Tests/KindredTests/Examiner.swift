import Platform
import TestSupport

/// Has a child read one damaged file after the other. It is started again where one ends it.
final class Examiner {
  /// What a child says about a file.
  struct Testimony {
    /// Of the walk over the pages, before anything is opened.
    var pages = ""
    var opening = ""
    var verdict = ""
    /// The answer to each question of the dump.
    var answers: [String: String] = [:]
    /// How the child ended, if it did not read the file to the end.
    var end = ChildProcess.End.exited(0)

    /// Questions that were answered otherwise than of the intact file, errors left out.
    func differences(from intact: Testimony) -> [String] {
      intact.answers.filter { name, answer in
        let found = answers[name] ?? "nothing"
        return found != answer && !found.hasPrefix("error")
      }
      .keys.sorted()
    }
  }

  private let directory: TemporaryDirectory
  private let dumpCommand: String
  private var child: ChildProcess?

  init(_ directory: TemporaryDirectory, dumpCommand: String) {
    self.directory = directory
    self.dumpCommand = dumpCommand
  }

  /// - Parameter walksPages: whether the file is left alone where a walk over its pages finds anything.
  func examine(_ content: [UInt8], _ name: String, walksPages: Bool = true) throws -> Testimony {
    let path = try directory.write(content, to: name)
    defer { for suffix in ["", "-lock"] { unlink(path + suffix) } }
    let child = try self.child ?? ChildProcess(store: path)
    self.child = child
    var testimony = Testimony()
    func answer(to command: String) throws -> String? {
      child.send(command)
      while let line = try child.line() {
        guard line.hasPrefix("- ") else { return line }
        let words = line.dropFirst(2).split(separator: " ", maxSplits: 1).map(String.init)
        testimony.answers[words[0]] = words.count > 1 ? words[1] : ""
      }
      // Its output ended: so did the child.
      testimony.end = try child.finish()
      self.child = nil
      return nil
    }
    guard try answer(to: "use \(path)") != nil else { return testimony }
    if walksPages {
      testimony.pages = try answer(to: "pages") ?? ""
      // What is wrong in the pages is not for the library to find.
      guard testimony.pages == "ok sound" else {
        testimony.opening = testimony.pages.hasPrefix("ok") ? "error corrupted" : testimony.pages
        return testimony
      }
    }
    testimony.opening = try answer(to: "open") ?? ""
    guard testimony.opening.hasPrefix("ok"), try answer(to: dumpCommand) != nil else { return testimony }
    if walksPages { testimony.verdict = try answer(to: "verify") ?? "" }
    return testimony
  }
}
