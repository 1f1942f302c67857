import ArgumentParser
import Basics
import Dispatch
import Platform
import Tensors
import TextEncoder

/// Encodes texts with a text model, when it is asked on standard input, so that a peer can be measured in turn.
struct Texts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "texts",
    abstract: "Encode texts: a word a line on standard input is answered by seconds (see tools/text-bench).",
    discussion: """
      all: all texts at once; one: the median of each text alone, of the first 100; tokens: all texts to tokens; load: \
      the model read again; vectors FILE: the vectors as float32, one after the other.
      """)

  @Argument(help: "The folder of a text model.") var model: String
  @Argument(help: "A file with a text a line.") var texts: String
  @Option var precision = WeightPrecision.float32
  @Option var threads = 1

  func run() throws {
    let lines = try textLines()
    var encoder = try read()
    let vectors = UnsafeMutableBufferPointer<Float>.allocate(capacity: lines.count * encoder.dimension)
    defer { vectors.deallocate() }
    guard let start = vectors.baseAddress else { return }
    try encoder.encode(lines, as: .passage, threads: threads, into: start)
    print("ready \(lines.count) \(encoder.dimension) \(ServedKernels.selected.name)")
    fflush(nil)
    while let line = readLine() {
      switch line.split(separator: " ").first {
      case "all":
        print(try seconds { try encoder.encode(lines, as: .passage, threads: threads, into: start) })
      case "one":
        let times = try lines.prefix(100).map { text in
          try seconds { try encoder.encode([text], as: .passage, threads: 1, into: start) }
        }
        print(times.sorted()[times.count / 2])
      case "tokens":
        var count = 0
        print(seconds { for text in lines { count += encoder.tokens(of: text).count } }, count)
      case "load": print(try seconds { encoder = try read() })
      case "vectors":
        try encoder.encode(lines, as: .passage, threads: threads, into: start)
        let path = String(line.dropFirst("vectors ".count))
        guard let file = fopen(path, "wb") else { throw ValidationError("cannot write \(path)") }
        fwrite(start, MemoryLayout<Float>.stride, vectors.count, file)
        fclose(file)
        print("written")
      default: return
      }
      fflush(nil)
    }
  }

  private func read() throws -> SentenceEncoder {
    try SentenceEncoder(folder: ModelFolder(model), .init(precision: precision), threads: threads)
  }

  private func textLines() throws -> [String] {
    guard let file = fopen(texts, "rb") else { throw ValidationError("cannot read \(texts)") }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 24)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
  }
}

extension WeightPrecision: ExpressibleByArgument {}
