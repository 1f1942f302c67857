import Basics
import Dispatch
import Engine
import Logging
import Synchronization

/// Merges spaces one after the other on a thread of its own.
final class BackgroundMerger: Sendable {
  private let engine: StorageEngine
  private let queue = DispatchQueue(label: "kindred.merge", qos: .utility)
  private let waiting = Mutex<Set<ExactString>>([])
  private let isStopping = Atomic<Bool>(false)
  private let logger = Logger(label: "kindred.merge")

  init(_ engine: StorageEngine) { self.engine = engine }

  /// Queues the merges of some spaces; those that wait already are not queued twice.
  func start(_ spaces: Set<ExactString>) {
    for space in spaces {
      guard waiting.withLock({ $0.insert(space).inserted }) else { continue }
      queue.async { [self] in
        waiting.withLock { _ = $0.remove(space) }
        merge(space.value)
      }
    }
  }

  /// Waits for the merges queued so far.
  func wait() { queue.sync {} }

  /// Ends the merge at hand between two slices and waits for it.
  func finish() {
    isStopping.store(true, ordering: .relaxed)
    queue.sync {}
  }

  private func merge(_ space: String) {
    guard !isStopping.load(ordering: .relaxed) else { return }
    do {
      let count = try engine.merge(space: space, threads: 1) { _, _, _ in
        !self.isStopping.load(ordering: .relaxed)
      }
      logger.debug("merged", metadata: ["space": "\(space)", "rows": "\(count)"])
    } catch {
      // Nothing is lost: the tail stays searchable, and the next write that finds it long asks again.
      logger.log(
        level: Self.level(of: error), "merge put off", metadata: ["space": "\(space)", "error": "\(error)"])
    }
  }

  /// How loud a merge that failed is: another process was faster, or this one ends; or somebody has to look.
  static func level(of error: any Error) -> Logger.Level {
    switch (error as? EngineError)?.code {
    case .busy, .cancelled, .closed, .spaceNotFound: .debug
    case .diskFull: .warning
    default: .error
    }
  }
}
