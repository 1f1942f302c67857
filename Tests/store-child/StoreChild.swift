import Platform

/// Does to a store what its standard input says, one command a line, and answers each: lines that begin with `-`, then
/// one that begins with `ok` or `error`. Tests start it to have a second process, and one that may be killed.
///
/// An answer is written before the next command is read: what was answered with `ok` is acknowledged.
@main enum StoreChild {
  static func main() {
    guard CommandLine.arguments.count == 2 else {
      write("error usage store-child STORE < commands")
      exit(64)
    }
    var session = ChildSession(path: CommandLine.arguments[1])
    while let line = readLine() {
      write(session.answer(to: line.split(separator: " ").map(String.init)))
    }
  }

  /// Writes one line, unbuffered.
  static func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { fileWrite(1, $0.baseAddress, $0.count) }
      // Nobody listens any more.
      guard count > 0 else { exit(74) }
      done += count
    }
  }
}

private func fileWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  Platform.write(descriptor, bytes, count)
}
