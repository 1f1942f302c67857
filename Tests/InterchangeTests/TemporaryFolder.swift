#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder of its own for one test, removed with its files when the test lets go of it.
final class TemporaryFolder {
  let path: String
  private var files: Set<String> = []

  struct Failure: Error {
    var what: String
  }

  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/interchange-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Failure(what: "mkdtemp: errno \(errno)") }
    path = String(cString: made)
  }

  deinit {
    for file in files { unlink(file) }
    rmdir(path)
  }

  /// The path of a file to be made here.
  func file(_ name: String) -> String {
    files.insert("\(path)/\(name)")
    return "\(path)/\(name)"
  }

  /// The path of a file that holds `bytes`.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = file(name)
    guard let stream = fopen(path, "wb") else { throw Failure(what: "fopen: errno \(errno)") }
    defer { fclose(stream) }
    guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw Failure(what: "fwrite") }
    return path
  }

  /// The path of a file that holds `text`.
  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  /// What a file holds.
  static func contents(_ path: String) throws -> [UInt8] {
    guard let stream = fopen(path, "rb") else { throw Failure(what: "fopen: errno \(errno)") }
    defer { fclose(stream) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { result += chunk[..<count] }
    return result
  }
}
