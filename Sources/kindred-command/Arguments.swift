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
extension SearchMethod: ExpressibleByArgument {}
extension RecommendationMethod: ExpressibleByArgument {}
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

/// What a store has rows of.
enum RowKind: String, CaseIterable, ExpressibleByArgument {
  case items, users, events

  /// nil for events.
  var records: RecordKind? { RecordKind(rawValue: rawValue) }
}

/// The filter of commands that look through rows.
struct RowFilterOptions: ParsableArguments {
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only rows that pass this filter, such as 'price < 30'.", valueName: "expression"))
  var filter: Filter?

  /// Says which names of the filter no record has; events have fixed ones, and another name is an error.
  func noteUnknownNames(_ snapshot: borrowing Snapshot, _ kind: RowKind) throws -> [UnknownName] {
    guard let filter, let records = kind.records else { return [] }
    return try snapshot.unknownNames(inFilter: filter, of: records)
  }
}

/// A time span as people write it: `90d`, `12h`, `30m`, `45s`, `2w`.
struct TimeSpan: ExpressibleByArgument {
  let seconds: Double

  private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]

  init?(argument: String) {
    guard let unit = argument.last.flatMap({ Self.units[$0] }), let number = Double(argument.dropLast()),
      number > 0, number.isFinite
    else { return nil }
    seconds = number * unit
  }

  /// The same in the largest unit that it is a whole number of, where it is one.
  static func text(_ seconds: Double) -> String {
    for (unit, length) in units.sorted(by: { $0.value > $1.value }) where unit != "w" {
      let number = seconds / length
      if number >= 1, number == number.rounded(), number < 1e9 { return "\(Int(number))\(unit)" }
    }
    return "\(seconds)s"
  }
}

extension HiddenEvents: ExpressibleByArgument {
  /// `purchase` or `purchase=90d`.
  public init?(argument: String) {
    guard let sign = argument.lastIndex(of: "=") else {
      guard !argument.isEmpty else { return nil }
      self.init(kind: argument)
      return
    }
    guard sign > argument.startIndex,
      let span = TimeSpan(argument: String(argument[argument.index(after: sign)...]))
    else { return nil }
    self.init(kind: String(argument[..<sign]), seconds: span.seconds)
  }
}

extension SignalPolicy.Signal: ExpressibleByArgument {
  /// `purchase=5`, `rate>=4=1`, `rate<3=-1`, `rate>=2<4=0`.
  public init?(argument: String) {
    guard let end = argument.lastIndex(of: "="), let weight = Double(argument[argument.index(after: end)...])
    else { return nil }
    var rest = argument[..<end]
    func cut(_ sign: String) -> Double?? {
      guard let range = rest.firstRange(of: sign) else { return .some(nil) }
      guard let bound = Double(rest[range.upperBound...]) else { return nil }
      rest = rest[..<range.lowerBound]
      return bound
    }
    guard let below = cut("<"), let atLeast = cut(">="), !rest.isEmpty else { return nil }
    self.init(kind: String(rest), atLeast: atLeast, below: below, weight: weight)
  }
}
