import Basics
import LMDB
import Platform
import Records

extension GarbageRecord {
  static var beingBuiltHere: GarbageRecord { GarbageRecord(builder: getpid()) }

  /// Nobody will finish it: it is abandoned, or its builder is gone.
  var canBeRemoved: Bool {
    guard let builder else { return true }
    return builder != getpid() && kill(builder, 0) != 0 && errno == ESRCH
  }
}

extension StorageEngine {
  /// Entries removed in one transaction, so that none of them grows beyond a few megabytes of changed pages.
  private static let sliceCount = 500

  /// Frees the pages of generations that were replaced, dropped, or left unfinished by a process that died.
  package func collectGarbage() throws {
    for generation in try removableGenerations() {
      for table in tables.generational {
        var removed = Self.sliceCount
        while removed == Self.sliceCount {
          removed = try StorageEngine.translated {
            try environment.write { transaction in
              try transaction.deleteRange(
                table, from: BlockKey(generation, 0), through: BlockKey(generation, .max),
                limit: Self.sliceCount)
            }
          }
        }
        KillPoint.pass(.garbageTableRemoved)
      }
      try StorageEngine.translated {
        try environment.write { transaction in _ = try transaction.delete(tables.garbage, generation) }
      }
      KillPoint.pass(.garbageRemoved)
    }
  }

  private func removableGenerations() throws -> [UInt32] {
    try StorageEngine.translated {
      try environment.read { transaction in
        var generations: [UInt32] = []
        try transaction.forEach(tables.garbage) { key, value in
          guard let generation = UInt32(keyBytes: key) else { return .next }
          let garbage = try EngineError.decoding("garbage", "\(generation)") {
            try GarbageRecord(decoding: value)
          }
          if garbage.canBeRemoved { generations.append(generation) }
          return .next
        }
        return generations
      }
    }
  }
}
