import Kindred
import LMDB

/// One store and the commands on it.
struct ChildSession {
  private(set) var path: String
  private var store: Store?
  private var environment: Environment?

  init(path: String) { self.path = path }

  /// Runs a command; what it throws becomes the answer.
  mutating func answer(to words: [String]) -> String {
    do {
      return "ok \(try run(words))"
    } catch let error as LMDBError {
      return "error \(error.storeError.code.rawValue) \(error.message.replacing("\n", with: " "))"
    } catch let error as StoreError {
      return "error \(error.code.rawValue) \(error.message.replacing("\n", with: " "))"
    } catch {
      return "error \(type(of: error)) \(error)"
    }
  }

  private mutating func run(_ words: [String]) throws -> String {
    guard let name = words.first else { throw ChildFailure.usage("an empty line") }
    let arguments = Array(words.dropFirst())
    if name == "use" {
      store?.close()
      (store, path) = (nil, arguments.joined(separator: " "))
      return path
    }
    if name == "open" {
      // A small map, to be grown: a store shares the environment that its file is open with.
      if arguments == ["small"], environment == nil {
        var options = Environment.Options(
          tableNames: try FileStructure.check(path: path).entries.keys.sorted())
        options.mapSizeBytes = 1 << 16
        environment = try Environment.open(path: path, options: options)
      }
      store = try Store.open(at: path)
      return path
    }
    // Without the C library: whatever becomes of the process later, this answer was given.
    if name == "pages" { return try FileStructure.check(path: path).problems.first ?? "sound" }
    guard let store else { throw ChildFailure.usage("\(name) before open") }
    switch name {
    case "dump": return try store.dump(arguments)
    case "verify": return try store.verifyInWords()
    case "advance": return try store.advance(arguments)
    case "watch": return try store.watch(arguments)
    case "mix": return try store.mix(arguments)
    case "tidy": return try store.tidy()
    case "hold": return try store.hold(arguments)
    default: return try write(name, arguments, store)
    }
  }

  /// Runs a command that changes the store, or makes a file beside it.
  private func write(_ name: String, _ arguments: [String], _ store: Store) throws -> String {
    switch name {
    case "space": return try store.makeSpace(arguments)
    case "drop":
      try store.dropSpace(try arguments.word(0))
      return try arguments.word(0)
    case "upsert": return try store.upsertNumbered(arguments)
    case "texts": return try store.upsertTexts(arguments)
    case "fill": return try store.fill(arguments)
    case "load": return try store.loadNumbered(arguments)
    case "delete": return "\(try store.delete(arguments, kind: .items).count)"
    case "forget": return "\(try store.delete(arguments, kind: .users).count)"
    case "append": return try store.appendNumbered(arguments)
    case "import": return try store.importNumbered(arguments)
    case "replace": return try store.replaceItems(arguments)
    case "embed": return try store.embedTexts(arguments)
    case "merge": return "\(try store.merge(try arguments.word(0)))"
    case "rebuild": return try store.rebuildAs(arguments)
    case "reencode": return "\(try store.rebuildFromSequences(model: arguments.number(0)).count)"
    case "train": return try store.trainNumbered(arguments)
    case "discard":
      try store.deleteModel(try arguments.number(0))
      return try arguments.word(0)
    case "factorize": return try store.factorizeSmall()
    case "compact": return "\(try store.compact().bytesAfter)"
    case "backup": return try store.backupBeside(arguments)
    case "restore": return try store.restoreBeside(arguments)
    case "create": return try store.createBeside(arguments)
    default: throw ChildFailure.usage("unknown command \(name)")
    }
  }
}

enum ChildFailure: Error {
  case usage(String)
  case inconsistent(String)
}

extension [String] {
  /// The argument at `index`.
  func word(_ index: Int) throws -> String {
    guard index < count else { throw ChildFailure.usage("no argument \(index)") }
    return self[index]
  }

  /// The argument at `index` as a whole number.
  func number(_ index: Int) throws -> Int {
    guard index < count, let number = Int(self[index]) else {
      throw ChildFailure.usage("no number at \(index)")
    }
    return number
  }
}
