#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Real data sets, which are not part of the project: tests that use them are skipped where they are missing.
enum SharedData {
  /// The path of a data set's file, or nil if it is not there.
  static func path(_ name: String) -> String? {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    let shared = getenv("KINDRED_SHARED").map { String(cString: $0) } ?? root + "/../shared"
    let path = "\(shared)/data/\(name)"
    return access(path, R_OK) == 0 ? path : nil
  }
}
