/// Numbers, sizes and times as people read them. JSON never goes through here.
enum People {
  /// A whole number with its thousands set apart: `12,345`.
  static func count(_ value: Int) -> String {
    var digits = Array(String(value.magnitude))
    var position = digits.count - 3
    while position > 0 {
      digits.insert(",", at: position)
      position -= 3
    }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// A number with a fixed count of decimals: `0.8312`.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let digits = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + padded }
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// A size: `812 bytes`, `45.3 MB`.
  static func bytes(_ value: Int) -> String {
    guard value >= 1000 else { return "\(value) bytes" }
    var size = Double(value)
    var unit = 0
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    while size >= 999.95, unit < units.count - 1 {
      size /= 1000
      unit += 1
    }
    return "\(fixed(size, 1)) \(units[unit])"
  }

  /// A duration: `42 ms`, `4.21 s`, `3 min 20 s`.
  static func seconds(_ value: Double) -> String {
    if value < 1 { return "\(fixed(value * 1000, value < 0.01 ? 2 : 0)) ms" }
    if value < 60 { return "\(fixed(value, value < 10 ? 2 : 1)) s" }
    let whole = Int(min(value.rounded(), 1e12))
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// A duration that is estimated: `40 s`, `4 min`, `2 h 10 min`.
  static func about(seconds value: Double) -> String {
    let whole = Int(min(max(value, 1).rounded(), 1e12))
    if whole < 60 { return "\(whole) s" }
    let minutes = (whole + 30) / 60
    return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }

  /// A rate: `12,300 rows/s`; nil when no time was measured.
  static func rate(_ count: Int, seconds: Double, of unit: String) -> String? {
    let perSecond = Double(count) / seconds
    guard perSecond.isFinite, perSecond < 1e15 else { return nil }
    return "\(Self.count(Int(perSecond.rounded()))) \(unit)/s"
  }

  /// A count with its noun: `1 item`, `3 items`.
  static func count(_ value: Int, _ noun: String) -> String {
    "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
  }
}
