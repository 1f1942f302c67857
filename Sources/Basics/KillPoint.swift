#if DEBUG
  private import Platform
  private import Synchronization
#endif

/// A moment of the work on files at which a test can have the process end, as `kill -9` would just then.
///
/// In debug builds `KINDRED_KILL_POINT=NAME:N` in the environment ends the process at the N-th pass of that point.
/// Other builds have nothing of it.
@usableFromInline package enum KillPoint: String, CaseIterable, Sendable {
  /// Any transaction: its changes are in memory.
  case writeDone
  case writeCommitted
  /// A new file has its first name.
  case draftMade
  case draftSynced
  case lockFileDraftMade
  case lockFileMade
  /// A new file has its own name, which is not durable yet.
  case nameGiven
  /// A transaction of a copy, by `backup` or `compact`.
  case copySliceWritten
  case copyWritten
  case copySynced
  /// A compaction has locked out all others.
  case compactLocked
  /// The old file is closed, the new one not in its place.
  case compactClosed
  /// The new file is in the place of the old one, which is not durable yet.
  case fileReplaced
  case compactReopened
  /// The map of the file, before and behind.
  case mapGrowing
  case mapGrown
  /// A generation has its number.
  case generationReserved
  /// Its vectors are in memory.
  case generationStaged
  /// Its graph is in memory.
  case generationBuilt
  /// A part of its blocks is stored.
  case generationSliceWritten
  case generationWritten
  /// The transaction that flips to a generation, step by step.
  case flipTailEncoded
  case flipRecordChanged
  case flipPlacesWritten
  case flipDone
  /// The old generation is not removed yet.
  case flipCommitted
  /// A slice of a merge is planned; others may write.
  case mergePlanned
  /// The transaction of a slice, step by step.
  case mergeBlocksWritten
  case mergeTaken
  case mergeCommitted
  /// Entries that nobody needs are gone from one table.
  case garbageTableRemoved
  /// A generation is gone.
  case garbageRemoved
  /// A model's arrays are stored, the model is not there yet.
  case modelPiecesWritten
  case modelStored
  /// A model is gone, its arrays are not.
  case modelRemoved
  /// The records of an import are stored, its events are not.
  case recordsImported
  /// The ids of a load are stored, its vectors are not.
  case loadRegistered

  #if DEBUG
    private static let wanted: (name: String, pass: Int)? = {
      guard let text = getenv("KINDRED_KILL_POINT").map({ String(cString: $0) }),
        let colon = text.firstIndex(of: ":"), let pass = Int(text[text.index(after: colon)...])
      else { return nil }
      return (String(text[..<colon]), pass)
    }()
    private static let passCount = Atomic(0)

    /// Ends the process if this pass was asked for.
    package static func pass(_ point: KillPoint) {
      guard let wanted, wanted.name == point.rawValue else { return }
      guard passCount.wrappingAdd(1, ordering: .relaxed).newValue == wanted.pass else { return }
      kill(getpid(), SIGKILL)
    }
  #else
    /// Does nothing here.
    @inlinable @inline(__always) package static func pass(_ point: KillPoint) {}
  #endif
}
