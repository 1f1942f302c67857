import TestSupport
import Kindred
import Logging
import Platform
import Synchronization
import Testing

/// What opening a store says beside opening it.
@Suite struct OpeningTests {
  private static let warnings = Mutex<[String]>([])

  /// Keeps what is logged.
  private struct Recorder: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      guard event.level == .warning else { return }
      OpeningTests.warnings.withLock { $0.append(event.message.description) }
    }
  }

  /// In a process of its own, since what was logged before cannot be taken back.
  @Test func othersThatMayWriteAreWarnedAboutOnce() async {
    await #expect(processExitsWith: .success) {
      LoggingSystem.bootstrap { _ in Recorder() }
      let directory = try TemporaryDirectory()
      let paths = try ["a", "b", "c"].map { name in
        let store = try Store.testing(directory, name)
        store.close()
        return store.path
      }
      chmod(paths[0], 0o660)
      chmod(paths[1], 0o602)
      chmod(paths[2], 0o644)
      // A second name of one file is no other file.
      let link = directory.file("link")
      symlink(paths[0], link)
      for path in paths + [link] + paths {
        for readOnly in [true, false] { try Store.open(at: path, options: .init(readOnly: readOnly)).close() }
      }
      let found = OpeningTests.warnings.withLock { $0 }
      guard found.count == 2 else { exit(2) }
      guard found[0].hasPrefix("its group may write '\(paths[0])' (mode 660)") else { exit(3) }
      guard found[1].hasPrefix("everybody may write '\(paths[1])' (mode 602)") else { exit(4) }
    }
  }
}
