import Basics
import Kindred
import Platform
import TestSupport
import Testing

/// Four processes write, read, merge, rebuild and compact one store at once, and are killed and started again all the
/// while. Every snapshot of each must show one version of the store and no older one than was acknowledged to anybody.
@Suite struct FourProcessTests {
  /// How long; `KINDRED_FAULT_MINUTES` for a long run.
  private static let minutes = getenv("KINDRED_FAULT_MINUTES").flatMap { Double(String(cString: $0)) }
  private static var seconds: Double { minutes.map { $0 * 60 } ?? 20 }

  @Test func noAnswerIsWrong() throws {
    // Besides what changes all the time, a store has much that does not: here 20 MB, or 50 in a long run.
    let (directory, path) = try Self.makeStore(otherItems: Self.minutes == nil ? 10_000 : 25_000)
    let usedBytes = try Self.usedBytes(path)
    var crowd = try Crowd(path, count: 4, seed: 91)
    let clock = ContinuousClock()
    let start = clock.now
    // The file may grow until all of them have worked for some time.
    var (warm, largest) = (0, 0)
    while clock.now - start < .seconds(Self.seconds) || crowd.kills < 20 {
      try crowd.pass()
      let isWarmingUp = clock.now - start < .seconds(Self.seconds / 3)
      let size = FileStatus(path: path)?.sizeBytes ?? 0
      if isWarmingUp { warm = max(warm, size) }
      largest = max(largest, size)
    }
    try crowd.finish()
    let growth = Double(largest - warm) / Double(warm)
    print(
      "four processes: \(crowd.summary), in \((clock.now - start) / .seconds(1)) s; the file of \(warm) bytes grew by "
        + "\(largest - warm) bytes, \((growth * 1_000).rounded() / 10) %")
    // On a machine that is busy with all other tests few snapshots are read in the time.
    #expect(crowd.reads > 20 && crowd.writes > 20, "\(crowd.generator)")
    // A short run is over before rare moments have come, such as two rebuilds beside a slow reader.
    #expect(growth < (Self.minutes ?? 0 < 5 ? 0.5 : 0.05), "\(crowd.generator)")
    let store = try Store.open(at: path)
    defer { store.close() }
    // Free pages come and go; what the dead have left is removed.
    let usedBytesNow = try store.statistics().usedBytes
    #expect(usedBytesNow <= usedBytes + usedBytes / 20, "\(usedBytesNow) bytes used, \(usedBytes) at first")
    #expect(try store.verify().problems == [], "\(crowd.generator)")
    let bytes = try store.compact()
    #expect(bytes.bytesAfter <= bytes.bytesBefore)
    _ = directory
  }

  /// A process that looks for leftovers took a file for one that another had made and not locked yet, so that neither
  /// of two that created one store at once had it.
  @Test func oneOfTwoMakesAStore() throws {
    let (directory, path) = try Self.makeStore()
    let children = try (0..<2).map { _ in try ChildProcess(store: path) }
    for child in children { #expect(try child.run("open").hasPrefix("ok")) }
    for number in 0..<200 {
      let command = "\(number % 2 == 0 ? "create" : "backup") new\(number)"
      for child in children { child.send(command) }
      let answers = try children.map { try $0.line() ?? "" }
      #expect(answers.contains("ok new\(number)"), "\(answers)")
      #expect(answers.contains { $0.hasPrefix("error alreadyExists") }, "\(answers)")
      TemporaryDirectory.remove(store: directory.file("new\(number)"))
    }
    #expect(directory.names.filter { $0.hasPrefix("new") } == [])
  }

  /// The next writer has the lock of one that died in its transaction, whether it waits already or comes later.
  @Test func aKilledWriterFreesTheLock() throws {
    let (directory, path) = try Self.makeStore()
    let store = try Store.open(at: path, options: .unsynced)
    defer { store.close() }
    for isWaiting in [false, true] {
      let (writer, next) = (try ChildProcess(store: path), try ChildProcess(store: path))
      for child in [writer, next] { #expect(try child.run("open").hasPrefix("ok")) }
      writer.send("hold write")
      #expect(try writer.line() == "- held")
      if isWaiting { next.send("advance 2") }
      #expect(!next.hasLine)
      try writer.kill()
      let start = ContinuousClock.now
      if !isWaiting { next.send("advance 2") }
      // `line` gives up after two minutes.
      #expect(try next.line() == "ok 2")
      print("a writer got the lock of a killed one after \((ContinuousClock.now - start) / .seconds(1)) s")
      #expect(try store.read { try $0.item(id: "p0") } != nil)
      #expect(try next.finish() == .exited(0))
    }
    #expect(try store.verify().problems == [])
    _ = directory
  }

  /// A reader keeps pages from being used again as long as it lives, and no longer.
  @Test func aKilledReaderDoesNotMakeTheFileGrow() throws {
    let (directory, path) = try Self.makeStore()
    let (reader, writer) = (try ChildProcess(store: path), try ChildProcess(store: path))
    for child in [reader, writer] { #expect(try child.run("open").hasPrefix("ok")) }
    func size(after last: Int) throws -> Int {
      #expect(try writer.run("advance \(last)") == "ok \(last)")
      return FileStatus(path: path)?.sizeBytes ?? 0
    }
    let alone = try size(after: 200)
    reader.send("hold read")
    #expect(try reader.line() == "- held")
    let beside = try size(after: 400)
    #expect(
      beside > alone, "\(beside) bytes beside a reader, \(alone) before: it held nothing back")
    try reader.kill()
    // Readers that were killed are looked for every 64 writes.
    let cleared = try size(after: 500)
    let after = try size(after: 1_000)
    #expect(after <= cleared + cleared / 2, "\(cleared) bytes, then \(after)")
    #expect(try writer.finish() == .exited(0))
    _ = directory
  }

  /// Bytes that hold something.
  private static func usedBytes(_ path: String) throws -> Int {
    let store = try Store.open(at: path)
    defer { store.close() }
    return try store.statistics().usedBytes
  }

  /// A store with a first version, and items that no version changes.
  private static func makeStore(otherItems: Int = 0) throws -> (TemporaryDirectory, path: String) {
    let directory = try TemporaryDirectory()
    let store = try Store.create(at: directory.file("shop.kindred"), options: .unsynced)
    // Two of them to a page.
    let text = String(repeating: "text ", count: 380)
    try store.upsert((0..<otherItems).map { Item(id: "other\($0)", text: text) })
    try store.compact()
    try store.createSpace(SpaceConfiguration(name: "versions", of: .items, dimension: 2, metric: .dot, m: 4))
    store.close()
    let child = try ChildProcess(store: store.path)
    guard try child.run("open").hasPrefix("ok"), try child.run("advance 1") == "ok 1" else {
      throw TestFailure("no first version")
    }
    _ = try child.finish()
    return (directory, store.path)
  }
}

/// Children at work on one store.
private struct Crowd {
  private let path: String
  private var children: [ChildProcess] = []
  private(set) var generator: SeededGenerator
  /// The newest version that was acknowledged to any of them.
  private var version = 1
  private(set) var (reads, writes, kills, compactions) = (0, 0, 0, 0)

  init(_ path: String, count: Int, seed: UInt64) throws {
    self.path = path
    generator = SeededGenerator(seed: seed)
    for _ in 0..<count { children.append(try start()) }
  }

  var summary: String {
    "\(reads) snapshots read, \(writes) versions written, \(kills) processes killed, "
      + "\(compactions) compactions of a file that nobody else had open"
  }

  private mutating func start(compacting: Bool = false) throws -> ChildProcess {
    let child = try ChildProcess(store: path)
    child.send("open")
    if compacting { child.send("tidy") }
    order(child)
    return child
  }

  private mutating func order(_ child: ChildProcess) {
    child.send("mix \(Int.random(in: 5...60, using: &generator)) \(generator.next() >> 1) \(version)")
  }

  /// Takes answers, gives those that are done more to do, and sometimes kills one.
  mutating func pass() throws {
    for child in children where child.hasLine {
      guard let line = try child.line() else {
        throw TestFailure("a child ended: \(try child.wait()), \(generator)")
      }
      if try take(line) { order(child) }
    }
    usleep(UInt32.random(in: 0...10_000, using: &generator))
    guard Int.random(in: 0..<20, using: &generator) == 0 else { return }
    let one = Int.random(in: 0..<children.count, using: &generator)
    // When all of them have gone, the next has the file alone for a moment, and may compact it.
    let areAll = Int.random(in: 0..<8, using: &generator) == 0
    let victims = areAll ? Array(children.indices) : [one]
    for index in victims { try children[index].kill() }
    for index in victims {
      while let line = try children[index].line() { _ = try take(line) }
      kills += 1
      children[index] = try start(compacting: areAll && index == one)
    }
  }

  /// Lets all of them finish what they do.
  mutating func finish() throws {
    for child in children {
      guard try child.finish() == .exited(0) else { throw TestFailure("a child ended badly, \(generator)") }
      while let line = try child.line() { _ = try take(line) }
    }
  }

  /// - Returns: whether it was the answer to operations.
  private mutating func take(_ line: String) throws -> Bool {
    guard line.hasPrefix("ok ") else { throw TestFailure("\(line), \(generator)") }
    let numbers = line.split(separator: " ").compactMap { Int($0) }
    if line.hasPrefix("ok compacted") { compactions += numbers[0] }
    guard numbers.count == 3 else { return false }
    (reads, writes, version) = (reads + numbers[0], writes + numbers[1], max(version, numbers[2]))
    return true
  }
}
