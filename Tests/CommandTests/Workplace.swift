import Foundation
import Testing

/// A temporary folder with a store in it, removed at the end of the test.
final class Workplace {
  let folder: URL

  /// - Parameter store: whether to create `shop.kindred`.
  init(store: Bool = true) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("kindred-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if store { try expect("create", "shop.kindred") }
  }

  deinit {
    do { try FileManager.default.removeItem(at: folder) } catch { print("left behind: \(folder.path)") }
  }

  /// Runs the command in the folder.
  @discardableResult
  func run(_ arguments: String..., input: String = "") throws -> Outcome {
    try KindredProcess.start(arguments, in: folder, input: Data(input.utf8)).wait()
  }

  /// Runs the command and requires success.
  @discardableResult
  func expect(_ arguments: String..., input: String = "", sourceLocation: SourceLocation = #_sourceLocation)
    throws
    -> Outcome
  {
    let outcome = try KindredProcess.start(arguments, in: folder, input: Data(input.utf8)).wait()
    #expect(
      outcome.exitCode == 0, "kindred \(arguments.joined(separator: " ")): \(outcome.standardError)",
      sourceLocation: sourceLocation)
    return outcome
  }

  /// Runs the command and requires a certain failure, in people's form and with `--json`.
  func expectFailure(
    _ code: String, _ exitCode: Int32, _ arguments: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let people = try KindredProcess.start(arguments, in: folder).wait()
    let line = "kindred \(arguments.joined(separator: " "))"
    #expect(people.exitCode == exitCode, "\(line): \(people.standardError)", sourceLocation: sourceLocation)
    #expect(!people.standardError.isEmpty, "\(line) failed without a word", sourceLocation: sourceLocation)
    let program = try KindredProcess.start(arguments + ["--json"], in: folder).wait()
    #expect(
      program.exitCode == exitCode, "\(line) --json: \(program.standardError)", sourceLocation: sourceLocation
    )
    let error = try program.jsonError()
    #expect(error.code == code, "\(line): \(error.message)", sourceLocation: sourceLocation)
    #expect(!error.message.isEmpty, sourceLocation: sourceLocation)
  }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }

  func write(_ name: String, _ data: Data) throws {
    try data.write(to: folder.appendingPathComponent(name))
  }

  func data(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }

  func text(_ name: String) throws -> String { String(decoding: try data(name), as: UTF8.self) }

  /// The folder's files, without the hidden ones that hold the children's output.
  func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
  }
}

/// The header and the little-endian values of a .npy file, written out here so that ours is not tested by itself.
func npy<T: BitwiseCopyable>(_ type: String, rows: Int, columns: Int, _ values: [T]) -> Data {
  var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
  while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
  header += "\n"
  var data = Data(
    [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)])
  data += Data(header.utf8)
  values.withUnsafeBytes { data += Data($0) }
  return data
}

/// The last `count` values of a file.
func trailingValues<T: BitwiseCopyable>(_ count: Int, of type: T.Type, in data: Data) -> [T] {
  let bytes = [UInt8](data.suffix(count * MemoryLayout<T>.size))
  return bytes.withUnsafeBytes { raw in
    (0..<raw.count / MemoryLayout<T>.size).map {
      raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)
    }
  }
}

extension String {
  /// The text with times and rates, which differ from run to run, replaced by `T`.
  var withoutTimes: String {
    replacingOccurrences(of: #"[0-9][0-9,.]* (ms|s|min|h)\b"#, with: "T", options: .regularExpression)
      .replacingOccurrences(of: #" \([0-9,]+ [a-z]+/s\)"#, with: "", options: .regularExpression)
  }
}
