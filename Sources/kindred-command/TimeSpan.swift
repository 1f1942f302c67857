import ArgumentParser

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
    for (unit, length) in units.sorted(by: { $0.value > $1.value }) {
      let number = seconds / length
      if number >= 1, number == number.rounded(), number < 1e9 { return "\(Int(number))\(unit)" }
    }
    return "\(seconds)s"
  }
}
