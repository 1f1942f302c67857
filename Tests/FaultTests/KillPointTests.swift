#if DEBUG
  import Basics
  import Platform
  import TestSupport
  import Testing

  /// A child that writes ends at every named point of the work on its files, at the first three passes of each.
  @Suite struct KillPointTests {
    @Test func everyPointIsSurvived() throws {
      let clock = ContinuousClock()
      let start = clock.now
      var campaign = try Campaign(seed: 71)
      for point in KillPoint.allCases {
        for work in Self.works(passing: point) {
          for pass in 1...3 {
            let wasReached = try campaign.killed(at: point, pass: pass, of: work)
            #expect(wasReached, "\(work) does not come to pass \(pass) of \(point)")
          }
        }
      }
      print("kill points: \(campaign.summary), in \((clock.now - start) / .seconds(1)) s")
    }

    /// Kinds of work that come to a point.
    private static func works(passing point: KillPoint) -> [Work] {
      switch point {
      case .writeDone, .writeCommitted: [.upsert]
      case .draftMade, .nameGiven: [.create, .backup, .restore]
      case .draftSynced, .lockFileDraftMade, .lockFileMade: [.create]
      case .copySliceWritten, .copyWritten, .copySynced: [.backup, .compact]
      case .compactLocked, .compactClosed, .fileReplaced, .compactReopened: [.compact]
      case .mapGrowing, .mapGrown: [.growth]
      case .generationReserved: [.rebuild, .train]
      case .generationStaged, .generationBuilt, .generationSliceWritten, .generationWritten: [.rebuild]
      case .flipTailEncoded, .flipRecordChanged, .flipPlacesWritten: [.rebuild, .factorize]
      case .flipDone, .flipCommitted: [.rebuild, .reencode, .embed]
      case .mergePlanned, .mergeBlocksWritten, .mergeTaken, .mergeCommitted: [.merge]
      case .garbageTableRemoved, .garbageRemoved: [.rebuild, .loading]
      case .modelPiecesWritten, .modelStored, .modelRemoved: [.train]
      case .recordsImported: [.importing]
      case .loadRegistered: [.loading]
      }
    }
  }
#endif
