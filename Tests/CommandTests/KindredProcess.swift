import Foundation

/// What a finished run of the command left behind.
struct Outcome {
  var standardOutput: String
  var standardError: String
  var exitCode: Int32

  /// Standard output as one JSON document.
  func json() throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(standardOutput.utf8))
    guard let object = value as? [String: Any] else { throw NotAnObject(text: standardOutput) }
    return object
  }

  /// Standard output as JSON Lines.
  func jsonLines() throws -> [[String: Any]] {
    try standardOutput.split(separator: "\n").map { line in
      let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
      guard let object = value as? [String: Any] else { throw NotAnObject(text: String(line)) }
      return object
    }
  }

  /// Code and message of the error that `--json` puts on standard error, which must hold nothing else.
  func jsonError() throws -> (code: String, message: String) {
    let value = try JSONSerialization.jsonObject(with: Data(standardError.utf8))
    guard let error = (value as? [String: Any])?["error"] as? [String: Any], error.count == 2,
      let code = error["code"] as? String, let message = error["message"] as? String
    else { throw NotAnObject(text: standardError) }
    return (code, message)
  }

  struct NotAnObject: Error, CustomStringConvertible {
    var text: String
    var description: String { "not the JSON object that was expected: \(text)" }
  }
}

/// The built command as a child process.
struct KindredProcess {
  /// The command stands beside the test bundle.
  static let executable: URL? = {
    if let path = ProcessInfo.processInfo.environment["KINDRED_COMMAND"] { return URL(fileURLWithPath: path) }
    let bundles = CommandLine.arguments.filter { $0.contains(".xctest") }
    let candidates = bundles.compactMap { argument -> URL? in
      guard let end = argument.range(of: ".xctest")?.upperBound else { return nil }
      return URL(fileURLWithPath: String(argument[..<end])).deletingLastPathComponent()
        .appendingPathComponent("kindred")
    }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }()

  struct NotBuilt: Error, CustomStringConvertible {
    var description: String {
      "no command 'kindred' beside the test bundle; build it with: swift build --product kindred"
    }
  }

  /// Starts the command in `folder`, with standard input from memory and both outputs to files.
  static func start(
    _ arguments: [String], in folder: URL, input: Data = Data(), output: FileHandle? = nil
  ) throws -> RunningCommand {
    guard let executable else { throw NotBuilt() }
    let name = UUID().uuidString
    let files = ["in", "out", "err"].map { folder.appendingPathComponent(".\(name).\($0)") }
    try input.write(to: files[0])
    for file in files[1...] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try output ?? FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    return RunningCommand(process: process, output: files[1], error: files[2])
  }
}

/// A run of the command that may not have ended yet.
struct RunningCommand {
  var process: Process
  var output: URL
  var error: URL

  /// What standard error holds by now.
  func standardErrorSoFar() throws -> String { try String(contentsOf: error, encoding: .utf8) }

  /// Waits for the end.
  func wait() throws -> Outcome {
    process.waitUntilExit()
    return Outcome(
      standardOutput: try String(decoding: Data(contentsOf: output), as: UTF8.self),
      standardError: try standardErrorSoFar(),
      // A signal that killed it counts as shells count.
      exitCode: process.terminationReason == .uncaughtSignal
        ? 128 + process.terminationStatus : process.terminationStatus)
  }
}
