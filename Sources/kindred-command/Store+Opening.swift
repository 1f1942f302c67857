import Kindred
import KindredEncryption
import Platform

extension Store {
  /// Opens a store to look at it: never waits for a writer, and changes nothing.
  static func openForReading(_ path: String, memoryLimit: ByteCount? = nil) throws -> Store {
    try naming(path) {
      try open(at: path, options: Options(readOnly: true, memoryLimitBytes: memoryLimit?.bytes))
    }
  }

  /// Opens a store to change it.
  static func openForWriting(_ path: String, memoryLimit: ByteCount? = nil) throws -> Store {
    try naming(path) { try open(at: path, options: Options(memoryLimitBytes: memoryLimit?.bytes)) }
  }

  /// Makes a new store.
  static func createNew(_ path: String) throws -> Store {
    try naming(path) { try create(at: path) }
  }

  /// Runs what opens or makes a file, so that its errors say what to do next with this command.
  static func naming<R>(_ path: String, _ body: () throws -> R) throws -> R {
    do { return try body() } catch var error as StoreError {
      switch error.code {
      case .notFound where access(path, F_OK) != 0:
        error.message = "no store at '\(path)'; make one with: kindred create \(path)"
      case .foreign where isEncryptedBackup(path):
        error.message =
          "'\(path)' is an encrypted backup; make a store of it with: kindred restore \(path) STORE"
      case .alreadyExists:
        error.message = "'\(path)' exists already and is never overwritten; choose another path"
      default: break
      }
      throw error
    }
  }
}
