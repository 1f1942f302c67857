import ArgumentParser
import Kindred

/// The argument of every command on a store.
struct StorePath: ParsableArguments {
  @Argument(help: "The store: one file, such as shop.kindred.", completion: .file())
  var store: String
}

/// A command on one store.
protocol StoreCommand: ParsableCommand {
  var path: StorePath { get }
}

extension StoreCommand {
  /// The path of the store.
  var store: String { path.store }
}

/// A command that does its work on the opened store, which is closed afterwards.
protocol OpeningCommand: StoreCommand {
  static func open(_ path: String) throws -> Store
  func run(_ opened: Store) throws
}

extension OpeningCommand {
  func run() throws {
    let opened = try Self.open(store)
    defer { opened.close() }
    try run(opened)
  }
}

/// A command that only reads: it never waits for a writer, and changes nothing.
protocol ReadingCommand: OpeningCommand {}

extension ReadingCommand {
  static func open(_ path: String) throws -> Store { try Store.openForReading(path) }
}

/// A command that changes its store.
protocol WritingCommand: OpeningCommand {}

extension WritingCommand {
  static func open(_ path: String) throws -> Store { try Store.openForWriting(path) }
}

/// What the long work of a command may take of memory.
struct MemoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Memory that the work may take, such as 500MB or 2GB; what would take more works in parts, or is refused.",
      valueName: "size"))
  var memoryLimit: ByteCount?
}

/// A command whose work may take much memory.
protocol LongWritingCommand: WritingCommand {
  var memory: MemoryOptions { get }
}

extension LongWritingCommand {
  func run() throws {
    let opened = try Store.openForWriting(store, memoryLimit: memory.memoryLimit)
    defer { opened.close() }
    try run(opened)
  }
}
