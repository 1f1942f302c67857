/// The arguments as the system passed them.
///
/// `CommandLine.arguments` replaces bytes that are no UTF-8, so that two ids would become one, and a path another one.
enum RawArguments {
  /// The arguments behind the program's name.
  /// - Throws: `CommandFailure` for one that is not UTF-8.
  static func checked() throws(CommandFailure) -> [String] {
    var arguments: [String] = []
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let raw = CommandLine.unsafeArgv[index] else { break }
      guard let argument = String(validatingCString: raw) else {
        throw CommandFailure(
          .usage,
          "argument \(index) is not UTF-8: '\(escaped(raw))'; ids, names and paths are given in UTF-8",
          exitCode: .usage)
      }
      arguments.append(argument)
    }
    return arguments
  }

  /// The text with every byte outside printable ASCII as `\xNN`.
  private static func escaped(_ raw: UnsafePointer<CChar>) -> String {
    var text = ""
    var position = raw
    while position.pointee != 0 {
      let byte = UInt8(bitPattern: position.pointee)
      if (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
      position += 1
    }
    return text
  }
}
