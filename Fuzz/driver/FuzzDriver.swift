import FuzzTargets
import Platform

/// libFuzzer's own program without a `main`: it links into an ordinary one, and returns only where it has to.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ read: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Runs one fuzz target, for `tools/fuzz`.
///
/// `kindred-fuzz list` prints the targets with their longest inputs, `kindred-fuzz samples TARGET FOLDER` writes
/// inputs that the product's own writers make, and `kindred-fuzz TARGET …` goes on as libFuzzer with the arguments
/// behind it.
@main
struct FuzzDriver {
  // Set once, before libFuzzer runs.
  nonisolated(unsafe) private static var target: FuzzTarget?

  static func main() throws {
    let words = CommandLine.arguments
    guard words.count >= 2, words[1] != "list" else {
      for target in FuzzTarget.all { print(target.name, target.maximumBytes) }
      return
    }
    if words[1] == "samples", words.count == 4 { return try writeSamples(try named(words[2]), words[3]) }
    // libFuzzer starts this program again, with its own arguments alone.
    let variable = "KINDRED_FUZZ_TARGET"
    var arguments = CommandLine.unsafeArgv
    var count = CommandLine.argc
    if let known = getenv(variable) {
      target = try named(String(cString: known))
    } else {
      target = try named(words[1])
      setenv(variable, words[1], 1)
      // The first argument is the program's name, the second is ours.
      arguments[1] = arguments[0]
      arguments += 1
      count -= 1
    }
    exit(
      runFuzzer(&count, &arguments) { start, count in
        let begin = FuzzDriver.processorSeconds
        do {
          try FuzzDriver.target?.read(UnsafeRawBufferPointer(start: start, count: count))
        } catch { FuzzDriver.fail("\(error)") }
        // Not by the clock: a machine that does other work too would make every input slow.
        let seconds = FuzzDriver.processorSeconds - begin
        if seconds > FuzzDriver.target?.maximumSeconds ?? 1 { FuzzDriver.fail("\(seconds) s for one input") }
        return 0
      })
  }

  /// An end that libFuzzer sees and keeps the input of.
  private static func fail(_ what: String) -> Never {
    let line = Array("FAILURE \(what)\n".utf8)
    _ = write(2, line, line.count)
    abort()
  }

  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private struct Unknown: Error, CustomStringConvertible {
    let description: String
  }

  private static func named(_ name: String) throws -> FuzzTarget {
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
      throw Unknown(description: "no target \(name); kindred-fuzz list prints them")
    }
    return target
  }

  private static func writeSamples(_ target: FuzzTarget, _ folder: String) throws {
    for (number, sample) in try target.samples().enumerated() {
      let path = "\(folder)/sample-\(number < 10 ? "0" : "")\(number)"
      guard let stream = fopen(path, "wb") else { throw Unknown(description: "\(path): errno \(errno)") }
      defer { fclose(stream) }
      guard fwrite(sample, 1, sample.count, stream) == sample.count else {
        throw Unknown(description: "\(path): errno \(errno)")
      }
    }
  }
}
