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

/// A command that only reads: it never waits for a writer, and changes nothing.
protocol ReadingCommand: StoreCommand {
  /// Does the work on the opened store, which is closed afterwards.
  func run(_ opened: Store) throws
}

extension ReadingCommand {
  func run() throws {
    let opened = try Store.openForReading(store)
    defer { opened.close() }
    try run(opened)
  }
}

/// A command that changes its store.
protocol WritingCommand: StoreCommand {
  /// Does the work on the opened store, which is closed afterwards.
  func run(_ opened: Store) throws
}

extension WritingCommand {
  func run() throws {
    let opened = try Store.openForWriting(store)
    defer { opened.close() }
    try run(opened)
  }
}
