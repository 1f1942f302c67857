import Kindred

/// An error as the command reports it: a code for programs, a sentence for people, and the exit status.
struct CommandFailure: Error {
  var code: StoreError.Code
  var message: String
  var exitCode: ExitStatus

  /// A failure whose exit status is the usual one of its code, unless another is given.
  init(_ code: StoreError.Code, _ message: String, exitCode: ExitStatus? = nil) {
    self.code = code
    self.message = message
    self.exitCode = exitCode ?? code.exitStatus
  }

  /// The failure that an error stands for; nil for ArgumentParser's own errors, which it prints itself, and for unknown
  /// ones.
  init?(translating error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as StoreError: self.init(error.code, error.message)
    case let error as any ModuleError:
      let error = error.storeError
      self.init(error.code, error.message)
    case is CancellationError:
      self.init(.cancelled, "interrupted; everything acknowledged is kept")
    default: return nil
    }
  }

  /// The failure that an error stands for which nobody expected.
  init(unknown error: any Error) {
    self.init(.internalError, "internal error, please report it: \(type(of: error)): \(error)")
  }

  /// Writes the one line to standard error. A closed output is nobody's error: it is not reported.
  func report(asJSON: Bool) {
    guard code != .outputClosed else { return }
    if asJSON {
      let error: JSON = ["error": ["code": .string(code.rawValue), "message": .string(message)]]
      StandardError.write(error.text + "\n")
    } else {
      StandardError.write("kindred: \(message)\n")
    }
  }
}
