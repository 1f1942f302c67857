import ArgumentParser
import Dispatch
import Logging
import Platform

/// The program: parses the arguments, runs the command, and turns every error into one line and an exit code.
@main
enum Main {
  static func main() {
    let given: [String]
    do throws(CommandFailure) {
      try DescriptorLimit.check()
      given = try RawArguments.checked()
    } catch {
      error.report(asJSON: CommandWords.asksForJSON(Array(CommandLine.arguments.dropFirst())))
      exit(error.exitCode.rawValue)
    }
    Task { await main(given) }
    dispatchMain()
  }

  private static func main(_ given: [String]) async {
    let arguments = CommandWords.spelledOut(given)
    let errorsAsJSON = CommandWords.asksForJSON(arguments)
    LoggingSystem.bootstrap { _ in StandardErrorLog(isSilent: errorsAsJSON) }
    // On the main actor, so that commands run on the main thread with its large stack; in a task, so that an
    // interrupt can reach the code below as cancellation.
    let work = Task { @MainActor in try run(arguments) }
    let interrupt = Interrupt(errorsAsJSON: errorsAsJSON) { work.cancel() }
    do {
      try await work.value
      interrupt.stop()
      exit(0)
    } catch {
      interrupt.stop()
      leave(with: error, of: arguments, interrupt: interrupt, errorsAsJSON: errorsAsJSON)
    }
  }

  private static func run(_ arguments: [String]) throws {
    if let failure = CommandWords.failure(arguments) ?? CommandWords.repeatedOption(arguments) {
      throw failure
    }
    var command = try Command.parseAsRoot(arguments)
    do { try command.run() } catch let error as ValidationError {
      throw CommandFailure(error, of: type(of: command))
    }
    try StandardOutput.shared.flush()
  }

  /// Ends with a text that was asked for, such as help: written like all results, so that a full disk is an error.
  private static func finish(printing text: String, errorsAsJSON: Bool) -> Never {
    do {
      try StandardOutput.shared.print(text + "\n")
      try StandardOutput.shared.flush()
      exit(0)
    } catch {
      let failure = CommandFailure(translating: error) ?? CommandFailure(unknown: error)
      failure.report(asJSON: errorsAsJSON)
      exit(failure.exitCode.rawValue)
    }
  }

  /// Reports an error and ends the process with its exit code.
  private static func leave(
    with error: any Error, of arguments: [String], interrupt: Interrupt, errorsAsJSON: Bool
  ) -> Never {
    // Help, version and completion scripts are ArgumentParser's to print, and usage errors its to word; it gives what
    // it does not know another code than these.
    let code = Command.exitCode(for: error)
    let isParsers = code.isSuccess || code == .validationFailure
    guard
      let failure = CommandFailure(translating: error) ?? (isParsers ? nil : CommandFailure(unknown: error))
    else {
      guard !code.isSuccess else {
        finish(printing: Command.fullMessage(for: error), errorsAsJSON: errorsAsJSON)
      }
      CommandFailure(parsing: arguments, Command.message(for: error), asJSON: errorsAsJSON)
        .report(asJSON: errorsAsJSON)
      exit(code.rawValue)
    }
    // Results that were made before the error are results: print them first, whatever became of the rest.
    if failure.code != .outputClosed {
      do { try StandardOutput.shared.flush() } catch { StandardOutput.shared.discard() }
    }
    failure.report(asJSON: errorsAsJSON)
    exit((failure.code == .cancelled ? interrupt.exitStatus : failure.exitCode).rawValue)
  }
}
