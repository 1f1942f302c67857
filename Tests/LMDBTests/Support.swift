import LMDB
import Platform
import TestSupport
import Testing

extension Environment.Options {
  /// Quick to test with: no waiting for the disk, short waits for others.
  static func testing(
    _ tables: [String] = ["a"], mapSizeBytes: Int = 1 << 24, busyTimeoutSeconds: Double = 10
  ) -> Environment.Options {
    var options = Environment.Options(tableNames: tables)
    options.mapSizeBytes = mapSizeBytes
    options.busyTimeoutSeconds = busyTimeoutSeconds
    options.durability = .noSync
    return options
  }
}

extension Environment {
  /// All entries of a table, in order.
  func contents<Key: LMDBKey>(_ table: Table<Key>) throws -> [(key: [UInt8], value: [UInt8])] {
    try read { transaction in
      var entries: [(key: [UInt8], value: [UInt8])] = []
      try transaction.forEach(table) { key, value in
        entries.append((Array(key), Array(value)))
        return .next
      }
      return entries
    }
  }

  func value<Key: LMDBKey>(_ table: Table<Key>, _ key: Key) throws -> [UInt8]? {
    try read { transaction in try transaction.get(table, key).map { Array($0) } }
  }
}

/// The code of the error that `body` throws; nil when it throws none.
func code(_ body: () throws -> Void) -> LMDBError.Code? {
  do {
    try body()
    return nil
  } catch let error as LMDBError {
    return error.code
  } catch {
    Issue.record("not an error of the storage layer: \(error)")
    return nil
  }
}

/// The whole content of a file.
func readFile(_ path: String) throws -> [UInt8] {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else { throw TestFailure("open \(path): errno \(errno)") }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &block, block.count)
    guard count > 0 else { return bytes }
    bytes += block[..<count]
  }
}

func writeFile(_ path: String, _ bytes: some Sequence<UInt8>) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  guard descriptor >= 0 else { throw TestFailure("open \(path): errno \(errno)") }
  defer { close(descriptor) }
  let content = Array(bytes)
  var done = 0
  while done < content.count {
    let count = content[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { throw TestFailure("write \(path): errno \(errno)") }
    done += count
  }
}

extension ReadTransaction {
  /// Ends it now.
  consuming func end() {}
}
