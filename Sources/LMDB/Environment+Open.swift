import Basics
import Platform

extension Environment {
  /// Opens an existing store file; never makes one. A second open of the same file in this process, by
  /// whatever name, returns the same environment (with the options of the first).
  /// - Throws: `.notFound`, `.empty`, `.truncated`, `.foreign`, `.corrupted`, `.unsupported`,
  ///   `.permissionDenied`, `.busy` (being compacted, or already open otherwise here), `.ioError`.
  package static func open(path: String, options: Options = Options()) throws(LMDBError) -> Environment {
    guard let canonical = DurableFile.canonicalPath(path) else {
      throw LMDBError.from(status: errno, action: "open", path: path)
    }
    return try EnvironmentRegistry.environments.withLock { environments throws(LMDBError) in
      if let identity = FileStatus(path: canonical)?.identity, let shared = environments[identity] {
        try shared.share(with: options)
        return shared
      }
      // Both would use one lock file, and closing either would drop the other's locks.
      if environments.values.contains(where: { $0.path == canonical }) {
        throw LMDBError(
          .replaced, "the file was replaced while open in this process; reopen or close that environment",
          path: canonical)
      }
      return try register(OpenFile.open(canonical, options: options), options, &environments)
    }
  }

  /// A key and its value in a new store.
  package struct Entry: Sendable {
    package var table: String
    package var key: [UInt8]
    package var value: [UInt8]

    package init(table: String, key: [UInt8], value: [UInt8]) {
      self.table = table
      self.key = key
      self.value = value
    }
  }

  /// Makes a new store file (mode 0600) with empty tables, durably, and opens it.
  /// - Throws: `.alreadyExists` when anything is at the path; `.cannotCreate`; otherwise as `open`, and `.diskFull`.
  /// - Parameter entries: what its tables hold from the beginning.
  package static func create(
    path: String, options: Options, entries: [Entry] = []
  ) throws(LMDBError) -> Environment {
    let canonical = try NewFile.canonicalPath(path)
    return try EnvironmentRegistry.environments.withLock { environments throws(LMDBError) in
      try OpenFile.create(canonical, options: options, entries: entries)
      return try register(OpenFile.open(canonical, options: options), options, &environments)
    }
  }

  private static func register(
    _ file: OpenFile, _ options: Options, _ environments: inout [FileIdentity: Environment]
  ) -> Environment {
    let environment = Environment(file: file, options: options)
    environments[file.identity] = environment
    return environment
  }

  /// Counts one more user.
  /// - Throws: `.forked`, `.busy` when it cannot serve such options.
  private func share(with wanted: Options) throws(LMDBError) {
    guard getpid() == processID else {
      throw LMDBError(
        .forked, "opened before fork by process \(processID); start a fresh process", path: path)
    }
    guard wanted.readOnly || !options.readOnly else {
      throw LMDBError(.busy, "already open read-only in this process; close that first", path: path)
    }
    if let name = wanted.tableNames.first(where: { tableHandles[$0] == nil }) {
      throw LMDBError(
        .busy, "already open in this process without table \(name); close that first", path: path)
    }
    state.change { state in state.openCount += 1 }
  }
}
