public import ArgumentParser
import Interchange
public import Kindred
import Platform

/// Wall time of `body`.
func microseconds(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try body()
  return (clock.now - start) / .microseconds(1)
}

/// The middle value; the upper one of two.
func median(_ values: [Double]) -> Double {
  values.isEmpty ? .nan : values.sorted()[values.count / 2]
}

/// Shows at once what was printed, also in a file.
func flushOutput() { fflush(nil) }

func removeFile(_ path: String) { unlink(path) }

/// Anonymous resident memory of this process (Linux: RssAnon), which the page cache has no part in; 0 elsewhere.
func privateBytes() throws -> Int {
  #if os(Linux)
    let source = LineReader(try ByteSource(path: "/proc/self/status"))
    while case .text(let line)? = try source.next() {
      let words = String(decoding: line, as: UTF8.self).split(whereSeparator: { $0 == " " || $0 == "\t" })
      if words.first == "RssAnon:", words.count > 1, let kilobytes = Int(words[1]) {
        return kilobytes * 1_024
      }
    }
  #endif
  return 0
}

extension VectorMetric: ExpressibleByArgument {}
extension VectorEncoding: ExpressibleByArgument {}
extension Filter: ExpressibleByArgument {
  /// A filter as it was written.
  public init?(argument: String) { self.init(argument) }
}

/// The vectors of a file, or the first ones, in memory.
struct Matrix: Sendable {
  /// Row after row.
  let values: [Float]
  let count: Int
  let dimension: Int

  init(file: String, first most: Int = .max) throws {
    let source = try VectorSource(path: file)
    guard case .batch(let batch) = try source.next(most) else { throw ValidationError("\(file) is empty") }
    values = batch.values
    count = batch.count
    dimension = batch.dimension
  }

  func row(_ index: Int) -> ArraySlice<Float> { values[(index * dimension)..<((index + 1) * dimension)] }
}

/// A number with a fixed number of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
  let power = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
  let scaled = Int((abs(value) * power).rounded())
  let (whole, part) = (scaled / Int(power), "\(scaled % Int(power))")
  let sign = value < 0 && scaled > 0 ? "-" : ""
  return decimals == 0
    ? "\(sign)\(whole)" : "\(sign)\(whole)." + String(repeating: "0", count: decimals - part.count) + part
}
