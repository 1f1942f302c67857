import Kindred
import LMDB

/// One store and the commands on it.
struct ChildSession {
  private(set) var path: String
  private var store: Store?

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
      store = try Store.open(at: path)
      return path
    }
    // Without the C library: whatever becomes of the process later, this answer was given.
    if name == "pages" { return try FileStructure.check(path: path).problems.first ?? "sound" }
    guard let store else { throw ChildFailure.usage("\(name) before open") }
    switch name {
    case "upsert": return try store.upsertNumbered(arguments)
    case "delete": return "\(try store.delete(arguments, kind: .items).count)"
    case "append": return try store.appendNumbered(arguments)
    case "reencode": return "\(try store.rebuildFromSequences(model: arguments.number(0)).count)"
    case "rebuild": return "\(try store.rebuild().count)"
    case "merge": return "\(try store.merge("numbers"))"
    case "import": return try store.importNumbered(arguments)
    case "dump": return try store.dump(arguments)
    case "verify": return try store.verifyInWords()
    case "advance": return try store.advance(arguments)
    case "watch": return try store.watch(arguments)
    default: throw ChildFailure.usage("unknown command \(name)")
    }
  }
}

enum ChildFailure: Error {
  case usage(String)
  case inconsistent(String)
}

extension [String] {
  /// The argument at `index` as a whole number.
  func number(_ index: Int) throws -> Int {
    guard index < count, let number = Int(self[index]) else {
      throw ChildFailure.usage("no number at \(index)")
    }
    return number
  }
}
