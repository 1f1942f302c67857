// The conformances are of public types to a public protocol, so the compiler wants both imports to be public.
public import ArgumentParser
public import Kindred

// Values are written as their raw values; a wrong one is refused with the list of right ones.
extension VectorMetric: ExpressibleByArgument {}
extension VectorEncoding: ExpressibleByArgument {}
extension EncoderPrecision: ExpressibleByArgument {}
extension RecordKind: ExpressibleByArgument {}
extension TrainOptions.Architecture: ExpressibleByArgument {}
extension QueryExamples.Strategy: ExpressibleByArgument {}
extension Filter: ExpressibleByArgument {
  /// A filter as it was written.
  public init?(argument: String) { self.init(argument) }
}

extension Timestamp {
  /// A time as it was written.
  static func argument(_ text: String) throws -> Timestamp {
    guard let time = Timestamp(text) else {
      throw ValidationError("'\(text)' is not a time; write 2010-12-01T08:26:00Z or seconds since 1970.")
    }
    return time
  }
}

extension ParsableArguments {
  /// Refuses a number that is too small; none given is none too small.
  func require(_ option: String, _ value: Int?, atLeast least: Int = 1) throws {
    guard let value, value < least else { return }
    throw ValidationError("\(option) is \(value); it must be at least \(least).")
  }
}

/// A number of bytes as people write it: digits with KB, MB, GB or TB (thousands), or KiB, MiB, GiB or TiB.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let units = ["": 0, "B": 0, "KB": 1, "MB": 2, "GB": 3, "TB": 4]
    let rest = argument.dropFirst(digits.count).uppercased()
    let isBinary = rest.hasSuffix("IB")
    let unit = isBinary ? rest.dropLast(2) + "B" : rest
    guard let number = Int(digits), number > 0, let power = units[unit], !isBinary || power > 0 else {
      return nil
    }
    var bytes = number
    for _ in 0..<power {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: isBinary ? 1_024 : 1_000)
      guard !overflow else { return nil }
      bytes = product
    }
    self.bytes = bytes
  }
}
