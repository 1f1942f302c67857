import Foundation
import Testing

extension Workplace {
  /// Runs a script of `sh` in the folder, with the command as `$KINDRED`: for limits, raw bytes and other users.
  @discardableResult
  func shell(_ script: String) throws -> Outcome {
    let executable: URL = try #require(KindredProcess.executable)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["KINDRED"] = executable.path
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let files = ["out", "err"].map { folder.appendingPathComponent(".shell.\($0)") }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    return try RunningCommand(process: process, output: files[0], error: files[1]).wait()
  }

  /// The permission bits of a file in the folder.
  func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(
      atPath: folder.appendingPathComponent(name).path)
    return (attributes[.posixPermissions] as? Int ?? 0) & 0o7777
  }
}

/// What only root can try, and only on Linux: other users, small and read-only file systems.
enum Root {
  static let canSwitchUsers =
    geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")

  /// Whether file systems can be mounted here; a container often forbids it.
  static let canMount: Bool = {
    #if os(Linux)
      guard geteuid() == 0, let place = try? Workplace(store: false) else { return false }
      let script = "mkdir m && mount -t tmpfs -o size=1m none m && umount m"
      return (try? place.shell(script).exitCode) == 0
    #else
      return false
    #endif
  }()
}
