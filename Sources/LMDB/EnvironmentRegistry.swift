import Basics
import Synchronization

/// The environments of this process by the file they are on.
///
/// LMDB must never have one file open twice in a process: closing either would drop the other's locks.
enum EnvironmentRegistry {
  /// Held while a file is opened, closed or exchanged, so that no two of these overlap.
  static let environments = Mutex<[FileIdentity: Environment]>([:])
}
