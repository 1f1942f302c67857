import Basics
package import LMDB
import HNSW
import Values

/// What went wrong in the store, for the facade to translate once.
package struct EngineError: Error, CustomStringConvertible {
  /// For programs; the facade uses the same words.
  package enum Code: String, CaseIterable, Sendable {
    case notFound, alreadyExists, cannotCreate, corrupted, foreign, busy, ioError, diskFull, permissionDenied
    case dimensionMismatch, invalidArgument, invalidVector, invalidID
    case spaceNotFound, spaceExists, recordNotFound, badFilter, closed, unsupported, cancelled, memoryLimit,
      internalError
  }

  package var code: Code
  package var message: String
  package var cause: (any Error)?

  package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  package var description: String { message }

  /// Stored bytes that are not as written, named by table and key.
  static func corrupted(_ table: String, _ key: String, _ error: RecordError) -> EngineError {
    if case .newerVersion = error {
      return EngineError(
        .foreign, "\(table) \(key): \(error); open it with a newer version of Kindred", cause: error)
    }
    if case .olderVersion = error {
      return EngineError(
        .foreign,
        "\(table) \(key): \(error); export the store with the version that wrote it and import that",
        cause: error)
    }
    return EngineError(
      .corrupted, "\(table) \(key) is damaged: \(error); run verify and restore a backup", cause: error)
  }

  /// Reads stored bytes; a `RecordError` names their table and key.
  static func decoding<R>(
    _ table: @autoclosure () -> String, _ key: @autoclosure () -> String, _ body: () throws -> R
  ) throws -> R {
    do { return try body() } catch let error as RecordError { throw corrupted(table(), key(), error) }
  }

  static var otherSoftware: EngineError {
    EngineError(
      .foreign, "the file is an LMDB file but not a Kindred store; create one with `kindred create`")
  }

  static func corrupted(_ what: String) -> EngineError {
    EngineError(.corrupted, "\(what); run verify and restore a backup")
  }

  /// A name that no record has, in the words in which a filter's is noted.
  static func unknownAttribute(_ name: String, of kind: RecordKind, nearest: [String]) -> EngineError {
    let unknown = UnknownName(name: name, subject: kind == .items ? .item : .user, nearest: nearest)
    return EngineError(
      .invalidArgument, unknown.description + (nearest.isEmpty ? "; the schema lists what there is" : ""))
  }

  static func damagedGraph(_ space: String, _ error: GraphError) -> EngineError {
    let what =
      switch error {
      case .damagedRow(let slot): "the vector in slot \(slot.rawValue) does not match its checksum"
      case .damagedLinks(let block): "block \(block) of the links does not match its checksum"
      case .damagedUpper(let block): "block \(block) of the upper layers does not match its checksum"
      case .linkOutOfRange(let slot, let link):
        "slot \(slot.rawValue) links to \(link), which is not in the graph"
      }
    return EngineError(
      .corrupted, "space \"\(space)\": \(what); rebuild it from the stored vectors or restore a backup",
      cause: error)
  }

  /// The word for an error of the storage layer.
  package init(_ error: LMDBError) {
    let code: Code =
      switch error.code {
      case .notFound: .notFound
      case .alreadyExists: .alreadyExists
      case .cannotCreate: .cannotCreate
      case .foreign: .foreign
      case .empty, .truncated, .corrupted: .corrupted
      case .busy, .readersFull, .replaced: .busy
      case .diskFull, .mapFull: .diskFull
      case .permissionDenied, .readOnly: .permissionDenied
      case .ioError, .tooManyFiles, .outOfMemory, .unsupported: .ioError
      case .closed, .forked: .closed
      case .stopped: .cancelled
      case .nestedWrite, .keyEmpty, .keyTooLong, .valueTooLarge, .transactionFull: .invalidArgument
      default: .internalError
      }
    self.init(code, error.message, cause: error)
  }
}
