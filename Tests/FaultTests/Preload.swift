import Platform
import TestSupport

/// Libraries that a child is started with, so that its calls of the system lead through them.
enum Preload: String {
  /// `record.c`
  case record
  /// `fail.c`
  case fail

  /// Compiles the library.
  /// - Returns: its path; nil, and a line that says why, where there is no way to make or to use one.
  func library(in directory: TemporaryDirectory) throws -> String? {
    #if canImport(Glibc)
      let sources = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
        separator: "/")
      let (source, library) = ("\(sources)/Preload/\(rawValue).c", directory.file("\(rawValue).so"))
      for compiler in ["clang", "cc"] {
        guard system("command -v \(compiler) > /dev/null") == 0 else { continue }
        let command = "\(compiler) -Wall -Wextra -Werror -shared -fPIC -O1 -o '\(library)' '\(source)'"
        guard system(command) == 0 else { throw TestFailure("\(command) fails") }
        return library
      }
      print("tests with a preloaded library are left out: no C compiler is here")
    #else
      print("tests with a preloaded library are left out: they are for Linux with glibc")
    #endif
    return nil
  }
}

extension TemporaryDirectory {
  /// Its path as the system names it: without symbolic links.
  var canonicalPath: String {
    guard let raw = realpath(path, nil) else { return path }
    defer { free(raw) }
    return String(cString: raw)
  }

  /// The content of each file in it.
  func contents() throws -> [String: [UInt8]] {
    Dictionary(uniqueKeysWithValues: try names.map { ($0, try readFile(file($0))) })
  }

  /// Removes a file, which need not be there.
  func remove(_ name: String) throws {
    guard unlink(file(name)) == 0 || errno == ENOENT else {
      throw TestFailure("unlink \(name): errno \(errno)")
    }
  }

  /// Makes these files all that is in it.
  func replaceContents(with files: [String: [UInt8]]) throws {
    for name in names { unlink(file(name)) }
    for (name, bytes) in files { _ = try write(bytes, to: name) }
  }
}

/// A whole number that an environment variable names.
func environmentNumber(_ name: String) -> Int? {
  getenv(name).flatMap { Int(String(cString: $0)) }
}
