import Basics
import Platform

/// The files one command keeps, reads and writes, compared by what they are and not by their names.
///
/// Name the files that are read before those that are written: a file may be read under two roles, but what is
/// written may be no other file of the command. Only ordinary files count; a terminal, a pipe or `/dev/null` may
/// be read and written at once.
package struct FileClaims {
  /// One of the ways in which two names can mean one file.
  private enum Key: Hashable {
    case file(FileIdentity)
    /// A name in a directory: for a file that is not there yet, such as a lock file between two uses.
    case name(FileIdentity, name: [UInt8])
  }

  private var roles: [Key: String] = [:]

  /// Claims what the command keeps, such as a store and its lock file.
  package init(keeping kept: [(path: String, role: String)]) {
    for (path, role) in kept { claim(path, role) }
  }

  /// Names a file that the command reads; nil for none, `-` for standard input.
  package mutating func read(_ path: String?, as role: String) {
    if let path { claim(path, role, standardStream: 0) }
  }

  /// Names a file that the command writes; `-` for standard output.
  /// - Parameter role: what the message calls it, such as `--rejects`.
  /// - Throws: `.alreadyExists` when it is the store, its lock file or another file named before.
  package mutating func write(_ path: String, as role: String) throws(InterchangeError) -> OutputPath {
    for key in Self.keys(path, standardStream: 1) {
      if let other = roles[key] {
        throw InterchangeError(
          .alreadyExists, "\(role) '\(path)' is \(other), which would be overwritten; name another file")
      }
    }
    claim(path, "the file of \(role)", standardStream: 1)
    return OutputPath(path: path)
  }

  private mutating func claim(_ path: String, _ role: String, standardStream: Int32 = -1) {
    for key in Self.keys(path, standardStream: standardStream) where roles[key] == nil { roles[key] = role }
  }

  private static func keys(_ path: String, standardStream: Int32) -> [Key] {
    let isStream = path == "-" && standardStream >= 0
    if let status = isStream ? FileStatus(descriptor: standardStream) : FileStatus(path: path) {
      // A device or a pipe cannot be overwritten by being named twice.
      return status.isRegular ? [.file(status.identity)] : []
    }
    if isStream { return [] }
    let target = endOfLinks(path)
    let slash = target.lastIndex(of: UInt8(ascii: "/"))
    let directory = slash.map { $0 == 0 ? [UInt8(ascii: "/")] : Array(target[..<$0]) } ?? [UInt8(ascii: ".")]
    let name = slash.map { Array(target[($0 + 1)...]) } ?? target
    guard let status = FileStatus(path: String(decoding: directory, as: UTF8.self)) else { return [] }
    return [.name(status.identity, name: name)]
  }

  /// The path that writing to `path` would create, where `path` is a symbolic link to what is not there.
  private static func endOfLinks(_ path: String) -> [UInt8] {
    var path = path
    for _ in 0..<40 {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let capacity = buffer.count
      let count = buffer.withUnsafeMutableBytes { raw in
        raw.baseAddress.map { readlink(path, $0.assumingMemoryBound(to: CChar.self), capacity) } ?? -1
      }
      guard count > 0 else { break }
      let target = String(decoding: buffer[..<count], as: UTF8.self)
      let isAbsolute = target.utf8.first == UInt8(ascii: "/")
      // A relative target starts where the link is.
      let directory = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? ""
      path = isAbsolute ? target : "\(directory)\(target)"
    }
    return Array(path.utf8)
  }
}

/// A path that `FileClaims` has let pass: the only kind that output is written to.
package struct OutputPath: Sendable {
  /// As the caller gave it, `-` for standard output.
  package let path: String

  fileprivate init(path: String) { self.path = path }
}
