import Basics
import Platform

/// Names of unfinished files beside a store: `X.create-<process>`, `X.copy-<process>`, `X.compact-<process>`,
/// `X.lock-<process>`.
///
/// Their makers hold a shared `flock` on them, so what nobody holds was left by a crash.
package enum TemporaryName {
  /// What is being made under the name.
  package enum Purpose: String, CaseIterable {
    case create
    case copy
    case compact
    case lock
  }

  static func make(for path: String, purpose: Purpose) -> String {
    "\(path).\(purpose.rawValue)-\(getpid())"
  }

  /// Removes what crashed creations, copies and compactions of the store or backup at `path` left. Failing is harmless.
  package static func removeLeftovers(of path: String) {
    let directory = DurableFile.directory(of: path)
    let prefixes = Purpose.allCases.map { "\(DurableFile.name(of: path)).\($0.rawValue)-" }
    guard let stream = opendir(directory) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
          String(cString: $0)
        }
      }
      for prefix in prefixes where name.hasPrefix(prefix) {
        // The number, and "-lock" behind it, make the name ours.
        let rest = name.dropFirst(prefix.count)
        guard rest.prefix(while: \.isNumber).count + (rest.hasSuffix("-lock") ? 5 : 0) == rest.count else {
          continue
        }
        removeIfAbandoned("\(directory)/\(name)", store: path)
      }
    }
  }

  private static func removeIfAbandoned(_ leftover: String, store: String) {
    if leftover.hasSuffix("-lock") {
      // Belongs to a draft: goes when that has gone.
      if FileStatus(path: String(leftover.dropLast(5))) == nil { unlink(leftover) }
      return
    }
    // A second name of the store itself, from a crash between the two steps of publishing.
    if let identity = FileStatus(path: leftover)?.identity, identity == FileStatus(path: store)?.identity {
      unlink(leftover)
      return
    }
    let descriptor = Platform.open(leftover, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(leftover) }
    Platform.close(descriptor)
  }
}
