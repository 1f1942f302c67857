import Basics
import FuzzTargets
import Platform
import TestSupport
import Testing

/// The corpora of `Fuzz`, replayed: what libFuzzer once found goes on being read as it should be.
@Suite struct ReplayTests {
  /// Mutated inputs of each target; they take about a second together for each hundred.
  private static let mutationCount =
    getenv("KINDRED_FUZZ_MUTATIONS").flatMap { Int(String(cString: $0)) } ?? 400

  @Test(arguments: FuzzTarget.all.map(\.name)) func corpora(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    // Here and not in a test beside this one: a target reads one input at a time.
    for sample in try target.samples() { try target.read(sample) }
    let files = try Corpus.files(of: name)
    try #require(files.count >= 2, "Fuzz/corpora/\(name) has \(files.count) files")
    for file in files {
      do { try target.read(file.bytes) } catch { Issue.record("Fuzz/corpora/\(name)/\(file.name): \(error)") }
    }
    // Operations take longer, and `OperationTests` has them.
    guard name != "operations" else { return }
    var generator = SeededGenerator(seed: 21)
    // A whole store is opened, verified and changed for each input of `crafted`.
    for _ in 0..<(name == "crafted" ? Self.mutationCount / 8 : Self.mutationCount) {
      let file = generator.pick(files)
      let input = Array(generator.mutated(file.bytes).prefix(target.maximumBytes))
      do { try target.read(input) } catch {
        Issue.record(
          "Fuzz/corpora/\(name)/\(file.name) mutated with \(generator): \(error), the input \(input)")
        return
      }
    }
  }

  @Test func everyCorpusHasItsTargetAndIsSmall() throws {
    #expect(try Corpus.targets() == FuzzTarget.all.map(\.name).sorted())
    for target in FuzzTarget.all {
      let files = try Corpus.files(of: target.name)
      for file in files {
        #expect(file.bytes.count <= target.maximumBytes, "\(target.name)/\(file.name)")
      }
      // As `tools/fuzz corpus` leaves it: a run that was given the folder to write to leaves hundreds of files there.
      let chosen = files.filter { !$0.name.hasPrefix("found-") }
      #expect(chosen.reduce(0) { $0 + $1.bytes.count } <= 16_000 && chosen.count <= 100, "\(target.name)")
    }
  }
}

/// The folders of `Fuzz/corpora`.
private enum Corpus {
  private static let folder =
    #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/Fuzz/corpora"

  static func targets() throws -> [String] { try names(in: folder) }

  static func files(of target: String) throws -> [(name: String, bytes: [UInt8])] {
    try names(in: "\(folder)/\(target)").map { ($0, try readFile("\(folder)/\(target)/\($0)")) }
  }

  private static func names(in path: String) throws -> [String] {
    guard let stream = opendir(path) else { throw TestFailure("\(path): errno \(errno)") }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
