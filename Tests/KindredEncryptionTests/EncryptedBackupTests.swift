import Basics
import Kindred
import KindredEncryption
import Platform
import Synchronization
import TestSupport
import Testing

/// A backup that is encrypted while it is written: it comes back whole with its key, and not at all otherwise.
@Suite struct EncryptedBackupTests {
  let directory: TemporaryDirectory
  let store: Store
  let key: BackupKey
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    let options = Store.Options(durability: .none, mergesAutomatically: false)
    store = try Store.create(at: directory.file("shop.kindred"), options: options)
    key = try BackupKey((0..<32).map { UInt8($0 * 7) })
    path = directory.file("monday.backup")
  }

  /// Over 3 MB, so that there are several pieces.
  private func fill() throws {
    var generator = SeededGenerator(seed: 81)
    try store.createSpace(
      SpaceConfiguration(name: "content", of: .items, dimension: 256, metric: .cosine, m: 4))
    for first in stride(from: 0, to: 3_000, by: 1_000) {
      try store.write { transaction in
        let ids = (first..<first + 1_000).map { "item-\($0)" }
        try transaction.upsert(
          "content", ids: ids,
          vectors: ids.flatMap { _ in (0..<256).map { _ in Float.random(in: -1...1, using: &generator) } },
          attributes: ids.map { ["name": .string("a secret text of \($0)")] })
      }
    }
  }

  private func contents(_ store: Store) throws -> [String] {
    try store.read { snapshot in
      var found: [String] = []
      try snapshot.forEachRecord(.items) { found.append("\($0.id) \($0.attributes["name"] ?? .null)") }
      try snapshot.forEachVector("content") { id, vector in found.append("\(id) \(vector)") }
      return found
    }
  }

  @Test func aBackupComesBackWithItsKey() throws {
    try fill()
    try store.backup(to: path, encryptedWith: key)
    let bytes = try readFile(path)
    #expect(bytes.count > 3 << 20)
    let secret = Array("a secret text of item-77".utf8)
    #expect(try readFile(store.path).firstRange(of: secret) != nil && bytes.firstRange(of: secret) == nil)
    #expect(Store.isEncryptedBackup(path) && !Store.isEncryptedBackup(store.path))
    let copy = directory.file("again.kindred")
    let report = try Store.restore(path, to: copy, key: key)
    #expect(report.ok)
    let again = try Store.open(at: copy)
    defer { again.close() }
    #expect(try contents(again) == contents(store))
    // The same store and key twice: nothing in common but the header's first 16 bytes.
    let second = directory.file("second.backup")
    try store.backup(to: second, encryptedWith: key)
    let other = try readFile(second)
    let equal = zip(bytes, other).dropFirst(48).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
    #expect(other[..<16] == bytes[..<16] && Double(equal) < 0.01 * Double(bytes.count))
  }

  /// A backup that is killed or fails half way leaves nothing under its name, nor does a restoration.
  @Test func filesGetTheirNamesWhenTheyAreComplete() throws {
    try fill()
    let pieces = Mutex(0)
    func expectAbsent(_ file: String, _ stage: String) -> ProgressHandler {
      { progress in
        guard progress.stage == stage, progress.completed < progress.total ?? 0 else { return }
        pieces.withLock { $0 += 1 }
        #expect(access(file, F_OK) != 0, "\(progress)")
      }
    }
    try store.backup(to: path, encryptedWith: key, progress: expectAbsent(path, "copying"))
    let copy = directory.file("again.kindred")
    try Store.restore(path, to: copy, key: key, progress: expectAbsent(copy, "decrypting"))
    #expect(pieces.withLock { $0 } >= 4)
    let names = directory.names.filter { $0.hasPrefix("monday") || $0.hasPrefix("again") }
    #expect(names.sorted() == ["again.kindred", "again.kindred-lock", "monday.backup"])
  }

  /// A power cut left a backup with its draft beside it. A store loses such a draft when it is opened; a backup, which
  /// nobody opens, kept it for ever.
  @Test func aRestorationRemovesWhatACrashLeftBesideTheBackup() throws {
    try store.backup(to: path, encryptedWith: key)
    let leftover = try directory.write("half of it", to: "monday.backup.copy-4000000")
    let other = try directory.write("notes", to: "monday.backup.copy")
    try Store.restore(path, to: directory.file("again.kindred"), key: key)
    #expect(access(leftover, F_OK) != 0 && access(other, F_OK) == 0)
  }

  @Test func asyncFormsMeanTheSame() async throws {
    try await store.backup(to: path, encryptedWith: key)
    #expect(try await Store.restore(path, to: directory.file("copy.kindred"), key: key).ok)
  }

  @Test func anEmptyStoreIsOnePiece() throws {
    try store.backup(to: path, encryptedWith: key)
    #expect(try Store.restore(path, to: directory.file("empty.kindred"), key: key).ok)
  }

  @Test func whatWasChangedIsRefusedAndLeavesNothing() throws {
    try fill()
    try store.backup(to: path, encryptedWith: key)
    let bytes = try readFile(path)
    let piece = (1 << 20) + 16
    var generator = SeededGenerator(seed: 82)
    var changed: [(String, [UInt8])] = [
      ("cut at a piece", Array(bytes[..<(48 + 2 * piece)])), ("the header alone", Array(bytes[..<48])),
      ("cut", Array(bytes.dropLast(5))), ("more", bytes + [0]),
      (
        "exchanged",
        Array(bytes[..<48] + bytes[(48 + piece)..<(48 + 2 * piece)] + bytes[48..<(48 + piece)])
          + bytes[(48 + 2 * piece)...]
      ),
      ("repeated", Array(bytes[..<(48 + piece)] + bytes[48...])),
    ]
    for _ in 0..<12 {
      var turned = bytes
      turned[Int.random(in: 16..<bytes.count, using: &generator)] ^=
        1 << UInt8.random(in: 0..<8, using: &generator)
      changed.append(("a bit turned", turned))
    }
    for (name, content) in changed {
      let file = try directory.write(content, to: "changed")
      let copy = directory.file("copy.kindred")
      // By its pieces: a store that is cut off would be found by `verify` too, once it is decrypted.
      let error = failure { try Store.restore(file, to: copy, key: key) }
      #expect(error?.code == .corrupted, "\(name), \(generator)")
      #expect(error?.message.contains("the piece at byte") == true, "\(name), \(generator)")
      #expect(access(copy, F_OK) != 0, "\(name)")
    }
  }

  @Test func otherKeysAndOtherFilesAreRefused() throws {
    try store.backup(to: path, encryptedWith: key)
    let copy = directory.file("copy.kindred")
    let other = try BackupKey([UInt8](repeating: 1, count: 32))
    #expect(other.id != key.id)
    #expect(code { try Store.restore(path, to: copy, key: other) } == .badInput)
    #expect(code { try Store.restore(store.path, to: copy, key: key) } == .foreign)
    #expect(code { try Store.restore(directory.file("absent"), to: copy, key: key) } == .notFound)
    #expect(code { try Store.restore(path, to: store.path, key: key) } == .alreadyExists)
    #expect(code { try store.backup(to: path, encryptedWith: key) } == .alreadyExists)
    #expect(code { try Store.open(at: path) } == .foreign)
    #expect(access(copy, F_OK) != 0)
  }

  @Test func keysAreBytesOrDigits() throws {
    let digits = (0..<32).map { number in
      let text = String(number * 7, radix: 16)
      return text.count < 2 ? "0" + text : text
    }
    .joined()
    for text in [digits, digits.uppercased(), " \(digits)\r\n"] {
      #expect(try BackupKey(text.utf8).id == key.id)
    }
    for wrong in ["", "secret", String(digits.dropLast(2)), digits + "00", String(repeating: "g", count: 64)]
    {
      #expect(code { try BackupKey(wrong.utf8) } == .badInput, "\(wrong)")
    }
    let file = try directory.write(digits + "\n", to: "key")
    #expect(try BackupKey(contentsOf: file).id == key.id)
    #expect(code { try BackupKey(contentsOf: directory.file("no-key")) } == .notFound)
  }

  /// The error that `body` throws, if it is the store's.
  private func failure<R>(_ body: () throws -> R) -> StoreError? {
    do {
      _ = try body()
      return nil
    } catch { return error as? StoreError }
  }

  private func code<R>(_ body: () throws -> R) -> StoreError.Code? { failure(body)?.code }
}
