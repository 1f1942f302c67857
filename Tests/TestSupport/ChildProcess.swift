package import Platform
import Synchronization

/// A running `store-child`: commands go in, answers come out, both a line at a time.
package final class ChildProcess {
  package let identifier: pid_t
  private var input: Int32
  private let output: Int32
  private var unread: [UInt8] = []
  private var hasEnded = false

  /// How a child ended.
  package enum End: Equatable, Sendable {
    case exited(Int32)
    case killed(bySignal: Int32)
  }

  /// Starts a child on a store, which it has yet to `open`.
  /// - Parameter environment: variables that it has beside those of this process, or in their place.
  package init(store: String, environment: [String: String] = [:]) throws {
    let program = try Self.program()
    signal(SIGPIPE, SIG_IGN)
    (identifier, input, output) = try Self.isStarting.withLock { _ in
      try Self.start(program, store, environment)
    }
  }

  /// Held from the making of pipes to the start: another child started in between would inherit their ends, and nobody
  /// would see them closed.
  private static let isStarting = Mutex(())

  private static func start(
    _ program: String, _ store: String, _ environment: [String: String]
  ) throws -> (pid_t, input: Int32, output: Int32) {
    let (inputRead, inputWrite) = try Self.makePipe()
    let (outputRead, outputWrite) = try Self.makePipe()
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, inputRead, 0)
    posix_spawn_file_actions_adddup2(&actions, outputWrite, 1)
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup(store), nil]
    defer { for argument in arguments { free(argument) } }
    var variables = strings(environment)
    defer { for variable in variables { free(variable) } }
    var identifier: pid_t = 0
    let status = posix_spawn(&identifier, program, &actions, nil, &arguments, &variables)
    close(inputRead)
    close(outputWrite)
    guard status == 0 else { throw TestFailure("\(program) does not start: errno \(status)") }
    return (identifier, inputWrite, outputRead)
  }

  /// The variables of this process and others, as a program is given them.
  private static func strings(_ added: [String: String]) -> [UnsafeMutablePointer<CChar>?] {
    var all: [UnsafeMutablePointer<CChar>?] = []
    var index = 0
    while let variable = environ[index] {
      let name = String(cString: variable).prefix { $0 != "=" }
      if added[String(name)] == nil { all.append(strdup(variable)) }
      index += 1
    }
    return all + added.map { strdup("\($0.key)=\($0.value)") } + [nil]
  }

  deinit {
    if !hasEnded { _ = try? kill() }
    close(output)
  }

  /// Sends a command.
  /// - Returns: false when the child has gone.
  @discardableResult
  package func send(_ command: String) -> Bool {
    let bytes = Array((command + "\n").utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  /// The next line of the child's output; nil when it has ended.
  /// - Throws: after two minutes of silence.
  package func line() throws -> String? {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread.removeSubrange(...end)
        return line
      }
      var request = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let ready = poll(&request, 1, 120_000)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { throw TestFailure("the child \(identifier) says nothing") }
      var block = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(output, &block, block.count)
      // What stands there without a line end was not said to the end.
      guard count > 0 else { return nil }
      unread += block[..<count]
    }
  }

  /// Whether `line` would return at once, with a line or because the child has ended.
  package var hasLine: Bool {
    if unread.contains(UInt8(ascii: "\n")) { return true }
    var request = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) > 0
  }

  /// Sends a command and waits for its answer.
  package func run(_ command: String) throws -> String {
    send(command)
    while let line = try line() {
      if line.hasPrefix("ok") || line.hasPrefix("error") { return line }
    }
    throw TestFailure("the child ended at \"\(command)\": \(try wait())")
  }

  /// Ends the input and waits for the child.
  package func finish() throws -> End {
    close(input)
    input = -1
    return try wait()
  }

  /// Kills the child with a signal that it cannot see coming.
  @discardableResult
  package func kill() throws -> End {
    _ = Platform.kill(identifier, SIGKILL)
    return try wait()
  }

  /// Waits for a child that ends by itself.
  package func wait() throws -> End {
    guard !hasEnded else { throw TestFailure("the child has been waited for") }
    hasEnded = true
    if input >= 0 { close(input) }
    input = -1
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0 {
      guard errno == EINTR else { throw TestFailure("waitpid: errno \(errno)") }
    }
    let signal = status & 0x7F
    return signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(bySignal: signal)
  }

  /// A pipe that children do not inherit.
  private static func makePipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw TestFailure("pipe: errno \(errno)") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// The program is built beside the tests: in the directory of this executable, or around the bundle that the test
  /// runner was told to load.
  private static func program() throws -> String {
    for argument in CommandLine.arguments {
      var parts = argument.split(separator: "/", omittingEmptySubsequences: false)
      while parts.count > 1 {
        parts.removeLast()
        let candidate = parts.joined(separator: "/") + "/store-child"
        if access(candidate, X_OK) == 0 { return candidate }
      }
    }
    throw TestFailure("store-child is not beside the tests; build with: swift build --build-tests")
  }
}
