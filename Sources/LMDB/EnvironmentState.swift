import Basics
import Synchronization

/// What changes in an environment, guarded by its monitor.
struct EnvironmentState {
  /// nil when closed, or when opening it again failed.
  var file: OpenFile?
  /// `open` calls not yet answered by `close`.
  var openCount = 1
  /// Live read transactions and copies of this process; the map cannot move while there are any.
  var readerCount = 0
  /// The read closures running, by thread, so that one thread cannot wait for itself.
  var readClosures: [UInt: Int] = [:]
  /// Threads about to move the map.
  var drainerCount = 0
  /// No new read transaction.
  var areReadersBlocked: Bool { drainerCount > 0 }
  /// The thread that may write, from before LMDB's write lock until after it.
  var writer: UInt?
  var writesSinceReaderCheck = 0
  /// Why nothing is possible any more until it is closed.
  var failure: LMDBError?
  /// Set by a status inside a write transaction, so that `write` notices even when its body hid the error.
  var sawMapFull = false
  var quiesceHandlers: [Int: @Sendable () -> Void] = [:]
  var nextHandlerID = 1

  /// Closed by its last user, and nothing runs in it any more.
  var canBeFinished: Bool { openCount == 0 && readerCount == 0 && writer == nil }
}

/// The environments of this process by the file they are on.
///
/// LMDB must never have one file open twice in a process: closing either would drop the other's locks.
enum EnvironmentRegistry {
  /// Held while a file is opened, closed or exchanged, so that no two of these overlap.
  static let environments = Mutex<[FileIdentity: Environment]>([:])
}
