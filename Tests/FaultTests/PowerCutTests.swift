import Basics
import TestSupport
import Testing

/// A child works while its writes, syncs and answers are recorded; then the power is cut at many moments, by drawing
/// what each may leave on the disk. 300 images over all kinds of work, or `KINDRED_FAULT_IMAGES`.
@Suite struct PowerCutTests {
  static let images = environmentNumber("KINDRED_FAULT_IMAGES") ?? 300
  /// Images of one recording at most.
  static let imagesOfRecording = 60

  @Test func nothingAcknowledgedIsLost() throws {
    guard var trial = try PowerCuts(seed: 61) else { return }
    let clock = ContinuousClock()
    let start = clock.now
    while trial.images < Self.images {
      let left = Self.images - trial.images
      for (index, work) in Work.allCases.enumerated() {
        let share = (left * (index + 1)) / Work.allCases.count - (left * index) / Work.allCases.count
        try trial.run(work, images: min(share, Self.imagesOfRecording)) { Issue.record("\($0)") }
      }
      if left > Self.imagesOfRecording * Work.allCases.count { print("power cuts: \(trial.summary)") }
    }
    print("power cuts: \(trial.summary), in \((clock.now - start) / .seconds(1)) s")
    #expect(trial.failures == 0)
    // The moments must have hit changes that were not certain, or this proves little.
    #expect(trial.uncertain > trial.images / 2)
  }

  /// The control: were syncs of no effect, the test above would see it.
  @Test func aDiskThatIgnoresSyncsIsNoticed() throws {
    guard var trial = try PowerCuts(seed: 62) else { return }
    for work in Work.allCases { try trial.run(work, images: 4, ignoringSyncs: true) { _ in } }
    print("power cuts of a disk that ignores syncs: \(trial.summary)")
    #expect(trial.failures > trial.images / 2)
  }
}

/// Recordings of one store's work, and the images that were drawn of them.
private struct PowerCuts {
  private var campaign: Campaign
  private let scratch: TemporaryDirectory
  /// Where the images are.
  private let directory: TemporaryDirectory
  private let library: String
  private var generator: SeededGenerator
  private(set) var (images, failures) = (0, 0)
  /// Images of a disk with changes that were not certain.
  private(set) var uncertain = 0
  private var (recordings, records) = (0, 0)

  /// Nil where nothing can be recorded.
  init?(seed: UInt64) throws {
    (scratch, directory) = (try TemporaryDirectory(), try TemporaryDirectory())
    guard let library = try Preload.record.library(in: scratch) else { return nil }
    self.library = library
    campaign = try Campaign(seed: seed)
    generator = SeededGenerator(seed: seed &+ 2)
  }

  var summary: String {
    "\(images) images of \(recordings) recordings with \(records) records, \(uncertain) with changes that were not "
      + "certain, \(failures) lost or damaged"
  }

  /// Records some work and checks images of it.
  mutating func run(_ work: Work, images count: Int, ignoringSyncs: Bool = false, report: (String) -> Void)
    throws
  {
    let recorded = try campaign.recorded(at: work, by: library, in: scratch)
    recordings += 1
    records += recorded.recording.records.count
    var disk = Disk(recorded.before, ignoringSyncs: ignoringSyncs)
    var done = 0
    for cut in (0..<count).map({ _ in moment(in: recorded.recording) }).sorted() {
      while done < cut {
        try disk.apply(recorded.recording.records[done])
        done += 1
      }
      var cutDisk = disk
      if generator.below(2) == 0, cut < recorded.recording.records.count {
        try cutDisk.apply(recorded.recording.records[cut], isInFlight: true)
      }
      let kind = generator.pick(PowerCut.allCases)
      images += 1
      if !cutDisk.pending.isEmpty { uncertain += 1 }
      do { try check(kind.image(of: cutDisk, using: &generator), recorded, cut) } catch {
        failures += 1
        report("\(kind), \(work), record \(cut) of image \(images), \(generator): \(error)")
      }
    }
  }

  /// A number of records: any, or half of the time one beside something else than a write.
  private mutating func moment(in recording: Recording) -> Int {
    let places = recording.records.indices.filter {
      if case .write = recording.records[$0] { false } else { true }
    }
    guard generator.below(2) == 0, !places.isEmpty else {
      return generator.below(recording.records.count + 1)
    }
    return generator.pick(places) + generator.below(2)
  }

  private mutating func check(_ image: [String: [UInt8]], _ recorded: RecordedWork, _ cut: Int) throws {
    var files = image
    for name in image.keys where name.hasSuffix("-lock") {
      // Memory that processes share: old, as they left it, not there, or anything.
      let left = recorded.after[name] ?? recorded.before[name] ?? []
      files[name] = generator.pick([image[name], left, nil, generator.bytes(left.count)])
    }
    try directory.replaceContents(with: files)
    let checker = Checker(
      witness: recorded.witness, orders: recorded.orders, acknowledged: recorded.acknowledged(at: cut),
      verifies: true)
    _ = try checker.check(storeAt: directory.file("shop.kindred"))
  }
}
