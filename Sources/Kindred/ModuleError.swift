package import Basics
package import Engine
package import HNSW
package import Interchange
package import LMDB
package import TextEncoder
package import VectorMath

/// An error of a module below the store, which has words of the store for it.
///
/// `StoreError.translating` knows nothing but this protocol, so an error type that is declared anywhere below conforms
/// here; `ModuleErrorTests` fails for one that does not.
package protocol ModuleError: Error {
  /// What the store says.
  var storeError: StoreError { get }
}

extension EngineError: ModuleError {
  package var storeError: StoreError { StoreError(naming: code, message, cause: self) }
}

extension RecommendingError: ModuleError {
  package var storeError: StoreError { StoreError(naming: code, message, cause: self) }
}

extension ImportError: ModuleError {
  package var storeError: StoreError { StoreError(naming: code, message, cause: cause ?? self) }
}

extension StoreError {
  /// - Parameter code: its names are names of the store's codes; `ModuleErrorTests` asks for each.
  fileprivate init(naming code: some RawRepresentable<String>, _ message: String, cause: any Error) {
    self.init(code: Code(rawValue: code.rawValue), message: message, cause: cause)
  }
}

extension LMDBError: ModuleError {
  package var storeError: StoreError { EngineError(self).storeError }
}

extension RecordError: ModuleError {
  package var storeError: StoreError {
    switch self {
    case .newerVersion:
      StoreError(code: .foreign, message: "\(self); open it with a newer version of Kindred", cause: self)
    case .olderVersion:
      StoreError(
        code: .foreign, message: "\(self); export the store with the version that wrote it and import that",
        cause: self)
    case .tooShort, .checksum, .invalid:
      StoreError(
        code: .corrupted, message: "a stored record is damaged: \(self); run verify and restore a backup",
        cause: self)
    }
  }
}

extension GraphError: ModuleError {
  package var storeError: StoreError {
    StoreError(
      code: .corrupted, message: "a graph is damaged: \(self); rebuild its space or restore a backup",
      cause: self
    )
  }
}

extension ColumnError: ModuleError {
  package var storeError: StoreError {
    StoreError(
      code: .corrupted, message: "a column is damaged: \(self) Run verify and restore a backup.", cause: self)
  }
}

extension VectorError: ModuleError {
  package var storeError: StoreError {
    let word: StoreError.Code =
      switch code {
      case .dimensionMismatch: .dimensionMismatch
      case .notFinite, .zeroVector, .normOverflow, .encodingOverflow: .invalidVector
      case .dimensionOutOfRange: .invalidArgument
      case .kernelsUnavailable: .unsupported
      }
    return StoreError(code: word, message: message, cause: self)
  }
}

extension FilterError: ModuleError {
  package var storeError: StoreError { StoreError(code: .badFilter, message: description, cause: self) }
}

extension ThreadCountError: ModuleError {
  package var storeError: StoreError { StoreError(code: .invalidArgument, message: description, cause: self) }
}

extension ModelError: ModuleError {
  package var storeError: StoreError {
    let word: StoreError.Code =
      switch code {
      case .unsupported: .foreign
      case .invalidSetting: .invalidArgument
      default: .corrupted
      }
    return StoreError(code: word, message: message, cause: self)
  }
}

extension InterchangeError: ModuleError {
  package var storeError: StoreError { StoreError(code: code.storeCode, message: message, cause: self) }
}

extension InterchangeError.Code {
  /// The store's code that says the same of a file: callers see one set of codes, whoever read the file.
  fileprivate var storeCode: StoreError.Code {
    switch self {
    case .notFound: .notFound
    case .permissionDenied: .permissionDenied
    case .alreadyExists: .alreadyExists
    case .cannotCreate: .cannotCreate
    case .ioError: .ioError
    case .diskFull: .diskFull
    case .outputClosed: StoreError.Code(rawValue: "outputClosed")
    case .invalidArgument, .unsupportedFormat: .invalidArgument
    default: .badInput
    }
  }
}
