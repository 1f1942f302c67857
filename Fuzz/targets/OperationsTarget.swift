import Basics
import Platform

extension FuzzTarget {
  /// Operations on a store and on a model of it in memory: upsert, update, delete, append, query, merge, rebuild,
  /// compact, a snapshot held over writes, reopen.
  static let operations = FuzzTarget("operations", maximumBytes: 4_096, maximumSeconds: 20) { bytes in
    _ = try OperationRun.run(bytes, path: operationsPath)
  } samples: {
    (1...12).map { seed in
      var generator = SeededGenerator(seed: UInt64(seed))
      return (0..<150 * seed).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }
  }

  /// A path in memory, where there is such a directory.
  private static let operationsPath: String = {
    let directory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    return "\(directory)/kindred-fuzz-\(getpid())-operations.kindred"
  }()
}
