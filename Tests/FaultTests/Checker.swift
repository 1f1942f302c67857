import Basics
import Kindred
import KindredEncryption
import LMDB
import TestSupport

/// Compares a store and the files beside it with what was acknowledged.
///
/// `witness` is what they held before `orders` were given to a process, of which the first `acknowledged` were
/// answered. They must hold those, and of the next order a number of whole steps. Nobody else may have the store open
/// for writing unless in this process.
struct Checker {
  var witness: Witness
  var orders: [Order]
  var acknowledged: Int
  /// Reads everything with `Store.verify` too.
  var verifies = false

  /// What was found.
  struct Outcome {
    /// What the files hold.
    var witness: Witness
    /// Steps of the order at work that are there, and how many it has.
    var steps: Int
    var allSteps: Int
  }

  /// - Parameter path: of the store, in a directory with nothing but it and what was made beside it.
  /// - Throws: `TestFailure` in words, or the error of a call that should have succeeded.
  func check(storeAt path: String) throws -> Outcome {
    let problems = try FileStructure.check(path: path).problems
    guard problems.isEmpty else { throw TestFailure("pages: \(problems)") }
    let store = try Store.open(at: path, options: .unsynced)
    defer { store.close() }
    var (outcome, candidates) = expected()
    let contents = try read(store, path)
    let files = try readFiles(beside: path, expected: Set(candidates.flatMap(\.files.keys)))
    guard let steps = candidates.firstIndex(where: { $0.contents == contents && $0.files == files }) else {
      let difference = candidates[0].contents.difference(from: contents)
      let names = "\(candidates[0].files.keys.sorted()) / \(files.keys.sorted())"
      throw TestFailure(
        "acknowledged / found: \(difference)"
          + (candidates[0].files == files ? "" : "; files \(names) or what is in them"))
    }
    (outcome.witness, outcome.steps) = (candidates[steps], steps)
    try store.ask(contents)
    try requireNoLeftovers(beside: path, files: Set(files.keys))
    return outcome
  }

  /// What the store may hold: after the acknowledged orders, and after each step of the next one.
  private func expected() -> (Outcome, [Witness]) {
    var witness = witness
    for order in orders[..<acknowledged] { witness.apply(order) }
    let steps = acknowledged < orders.count ? orders[acknowledged].steps : []
    var candidates = [witness]
    for step in steps {
      witness.apply(step)
      candidates.append(witness)
    }
    return (Outcome(witness: witness, steps: 0, allSteps: steps.count), candidates)
  }

  private func read(_ store: Store, _ path: String) throws -> Witness.Contents {
    if verifies {
      let problems = try store.verify().problems
      guard problems.isEmpty else { throw TestFailure("\(path): \(problems)") }
    }
    return try Witness.Contents(reading: store, texts: texts)
  }

  /// The numbers of all texts that can have become vectors.
  private var texts: Set<Int> {
    var numbers = Set(witness.contents.vectors[Witness.titles, default: [:]].values)
    numbers.formUnion(witness.contents.items.values.filter { $0.text != nil }.map(\.number))
    for case .texts(let number, _) in orders.flatMap(\.steps) { numbers.insert(number) }
    return numbers
  }

  /// The stores of the expected names, and the encrypted backups; each is whole or not there.
  private func readFiles(beside path: String, expected: Set<String>) throws -> [String: Witness.Contents] {
    var files: [String: Witness.Contents] = [:]
    let directory = DurableFile.directory(of: path)
    for name in expected where FileStatus(path: "\(directory)/\(name)") != nil {
      var file = "\(directory)/\(name)"
      let scratch = try TemporaryDirectory()
      if Store.isEncryptedBackup(file) {
        let restored = scratch.file("restored")
        _ = try Store.restore(file, to: restored, key: BackupKey(Witness.backupKey.utf8))
        file = restored
      }
      let problems = try Store.verify(at: file).problems
      guard problems.isEmpty else { throw TestFailure("\(name): \(problems)") }
      let store = try Store.open(at: file, options: .unsynced)
      defer { store.close() }
      files[name] = try Witness.Contents(reading: store, texts: texts)
    }
    return files
  }

  /// What was left of work that was cut off goes when the file is opened, or is made again where it was not.
  private func requireNoLeftovers(beside path: String, files: Set<String>) throws {
    let directory = DurableFile.directory(of: path)
    let known = files.union([DurableFile.name(of: path)])
    func leftovers() -> [String] {
      TemporaryDirectory.names(in: directory).filter { name in
        !known.contains { name == $0 || name == $0 + "-lock" }
      }
    }
    let made = Set(orders.flatMap(\.steps).compactMap(\.file)).subtracting(files)
    for name in leftovers() {
      guard let target = made.first(where: { name.hasPrefix($0) }), !files.contains(target) else { continue }
      let file = "\(directory)/\(target)"
      guard FileStatus(path: file) == nil else { continue }
      try Store.create(at: file, options: .unsynced).close()
      TemporaryDirectory.remove(store: file)
    }
    guard leftovers().isEmpty else { throw TestFailure("left beside the store: \(leftovers())") }
  }
}

extension Step {
  /// The name of the file that it makes beside the store.
  var file: String? {
    switch self {
    case .copy(let file), .encryptedCopy(let file), .create(let file): file
    default: nil
    }
  }
}

extension Store.Options {
  /// For tests that never lose power: nothing waits for the disk, and merges happen when the test says so.
  static let unsynced = Store.Options(durability: .none, mergesAutomatically: false)
}
