extension Environment {
  /// How an environment is opened; the defaults are durable and suit one store on one machine.
  package struct Options: Sendable {
    /// Address space reserved at first, in bytes; at least twice the file is taken. No memory or disk is used.
    package var mapSizeBytes = 1 << 30
    /// The map grows by doubling up to this size.
    package var maxMapSizeBytes = 1 << 44
    /// Every table of the store. `create` makes them; `open` requires them.
    package var tableNames: [String] = []
    /// Slots for read transactions of all processes; the first process to open decides.
    package var maxReaders = 512
    package var readOnly = false
    package var durability = Durability.sync
    /// How long growth, compaction and closing wait for others.
    package var busyTimeoutSeconds = 30.0
    /// Opens files on network and user-space file systems, whose locks and maps cannot be trusted.
    package var allowNetworkFileSystem = false

    package init(tableNames: [String] = []) {
      self.tableNames = tableNames
    }
  }

  /// What a returned `write` has survived.
  package enum Durability: Sendable {
    /// Power loss. Two waits for the disk in each commit.
    case sync
    /// The end of the process; power loss may undo the last commit, the file stays whole.
    case noMetaSync
    /// The end of the process; power loss may damage the file.
    case noSync
  }
}
