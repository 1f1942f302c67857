import Platform

/// Real data sets, which are not part of the project: tests that use them are skipped where they are missing.
package enum SharedData {
  /// The path of a data set's file, in the folder that KINDRED_SHARED names or beside the package; nil, and a line that
  /// says so, where it is not.
  package static func path(_ name: String) -> String? {
    let folder =
      getenv("KINDRED_SHARED").map { String(cString: $0) }
      ?? #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
      + "/shared"
    let path = "\(folder)/data/\(name)"
    if access(path, R_OK) == 0 { return path }
    print("tests of \(name) are left out: \(path) is not here; KINDRED_SHARED names its folder")
    return nil
  }
}
