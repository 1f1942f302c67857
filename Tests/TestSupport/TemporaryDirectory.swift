import Platform

/// A directory of a test's own, removed with everything in it at the end.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/kindred-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: errno \(errno)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    Self.remove(folder: path)
  }

  private static func remove(folder: String) {
    for name in names(in: folder) where unlink("\(folder)/\(name)") != 0 {
      remove(folder: "\(folder)/\(name)")
    }
    rmdir(folder)
  }

  /// Makes a folder in it and returns its path.
  package func makeFolder(_ name: String) throws -> String {
    guard mkdir(file(name), 0o700) == 0 else { throw TestFailure("mkdir \(name): errno \(errno)") }
    return file(name)
  }

  /// What is in it.
  package var names: [String] { Self.names(in: path) }

  /// What is in a directory.
  package static func names(in path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes a store's file and its lock file.
  package static func remove(store path: String) {
    for file in [path, path + "-lock"] { unlink(file) }
  }

  /// The path of a file in it.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file into it and returns its path.
  package func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// Writes a file of bytes into it and returns its path.
  package func write(_ bytes: [UInt8], to name: String) throws -> String {
    let path = file(name)
    guard let stream = fopen(path, "wb") else { throw TestFailure("fopen \(path): errno \(errno)") }
    defer { fclose(stream) }
    guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw TestFailure("fwrite \(path)") }
    return path
  }
}

/// The whole content of a file.
package func readFile(_ path: String) throws -> [UInt8] {
  guard let stream = fopen(path, "rb") else { throw TestFailure("fopen \(path): errno \(errno)") }
  defer { fclose(stream) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&block, 1, block.count, stream)
    guard count > 0 else { return bytes }
    bytes += block[..<count]
  }
}

/// Why a test could not be made ready or was stopped.
package struct TestFailure: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
