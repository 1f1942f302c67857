import ArgumentParser
import Kindred

/// The exit codes of the command beside 0: those of `sysexits.h`, and 128 plus the number of a signal, as shells count.
enum ExitStatus: Int32, CaseIterable {
  /// The command line is wrong.
  case usage = 64
  /// The data given is wrong.
  case badData = 65
  /// A store, a file or a record asked for is not there.
  case notFound = 66
  /// A fault of ours.
  case internalError = 70
  /// Something to be created cannot be.
  case cannotCreate = 73
  /// Reading or writing failed, or the store is damaged.
  case inputOutput = 74
  /// Somebody else holds the store; trying again may help.
  case busy = 75
  /// The operating system does not permit it.
  case notPermitted = 77
  /// Stopped by an interrupt.
  case interrupted = 130
  /// The reader of our output went away: what a shell reports for SIGPIPE.
  case outputClosed = 141
  /// Stopped by SIGTERM.
  case terminated = 143

  /// What it means, in a few words.
  var meaning: String {
    switch self {
    case .usage: "usage"
    case .badData: "bad input data"
    case .notFound: "store or input not found"
    case .internalError: "internal error"
    case .cannotCreate: "cannot create"
    case .inputOutput: "I/O error or corrupt store"
    case .busy: "busy"
    case .notPermitted: "not permitted"
    case .interrupted: "interrupted"
    case .outputClosed: "the output was closed"
    case .terminated: "terminated"
    }
  }

  /// All of them with their meanings, as the help of the command lists them.
  static var list: String {
    (["0 done"] + allCases.map { "\($0.rawValue) \($0.meaning)" }).joined(separator: ", ")
  }
}

extension StoreError.Code {
  /// Exit status for this kind of error.
  ///
  /// A filter is part of the command line, as a pattern is of `grep`'s, so a bad one is a usage error; a vector
  /// or an identifier is data, wherever it came from. So is a file that is given as a store and is none.
  var exitStatus: ExitStatus {
    switch self {
    case .invalidArgument, .badFilter, .unsupported, .memoryLimit: .usage
    case .dimensionMismatch, .invalidVector, .invalidID, .badInput, .notEnoughData, .foreign: .badData
    case .notFound, .spaceNotFound, .recordNotFound: .notFound
    case .alreadyExists, .spaceExists, .cannotCreate: .cannotCreate
    case .corrupted, .ioError, .diskFull, .closed: .inputOutput
    case .busy: .busy
    case .permissionDenied: .notPermitted
    case .cancelled: .interrupted
    case .outputClosed: .outputClosed
    default: .internalError
    }
  }

  /// Wrong command line. With ours below, a name that only the command uses.
  static let usage = Self(rawValue: "usage")
  /// The reader of standard output closed it.
  static let outputClosed = Self(rawValue: "outputClosed")
}
