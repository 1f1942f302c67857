import Basics
import CLMDB
import Platform

/// An LMDB environment on one file, opened with everything this layer relies on. Not safe by itself:
/// `Environment` says who may use it when.
struct OpenFile: @unchecked Sendable {  // Sendable: LMDB handles may be used on any thread.
  var path: String
  var handle: OpaquePointer
  var identity: FileIdentity
  /// A second descriptor of the data file, with a shared `flock` on it for as long as the file is open here,
  /// so that `compact` in another process can tell. (LMDB's own locks are on the lock file.)
  var descriptor: Int32
  var pageSizeBytes: Int
  var tableHandles: [String: MDB_dbi]
  var isUnlocked: Bool

  var information: MDB_envinfo {
    var information = MDB_envinfo()
    mdb_env_info(handle, &information)
    return information
  }

  /// Pages ever used × page size.
  var usedBytes: Int {
    let (bytes, overflow) = (Int(clamping: information.me_last_pgno) &+ 1)
      .multipliedReportingOverflow(by: pageSizeBytes)
    return overflow ? .max : bytes
  }

  func close() {
    mdb_env_close(handle)
    Platform.close(descriptor)
  }

  /// The size to map for a file with `usedBytes` in use.
  static func mapSize(options: Environment.Options, usedBytes: Int) -> Int {
    let (twice, overflow) = usedBytes.multipliedReportingOverflow(by: 2)
    var size = Swift.max(options.mapSizeBytes, 1 << 16)
    while size < (overflow ? usedBytes : twice), size < Int.max / 2 { size *= 2 }
    return Swift.max(Swift.min(size, options.maxMapSizeBytes), usedBytes)
  }

  /// The table of read transactions, of all processes.
  func readers() -> [EnvironmentInfo.Reader] {
    var text = ""
    withUnsafeMutablePointer(to: &text) { text in
      _ = mdb_reader_list(
        handle,
        { line, context in
          if let line, let context {
            context.assumingMemoryBound(to: String.self).pointee += String(cString: line)
          }
          return 0
        }, text)
    }
    // Lines of "process thread transaction", after one of headings; "-" for a slot that is not reading.
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 3, let processID = Int(words[0]) else { return nil }
      return EnvironmentInfo.Reader(processID: processID, transactionID: Int(words[2]))
    }
  }
}
