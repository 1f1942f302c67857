import Basics
import Interchange

extension ColumnType {
  /// Fields of a column that are looked at for a doubt.
  static let sampledCount = 1_000

  /// Why a column that is text may have been meant as numbers, in words; nil where nothing hints at that.
  ///
  /// A filter such as `price < 20` finds nothing in texts: whoever has one "n/a" or `$30.00` in a column should know.
  /// - Parameter sample: some fields of the column, none empty.
  static func doubt(of name: String, _ sample: [String], _ format: NumberFormat?) -> String? {
    var numberCount = 0
    var other: String?
    for field in sample {
      var type = ColumnType(format: format)
      field.withBytes { type.see($0) }
      if type.name == "number" { numberCount += 1 } else if other == nil { other = field }
    }
    guard numberCount > 0, numberCount * 2 >= sample.count else { return nil }
    guard let other else {
      return
        "\(name) is text, since zeros at the end would be lost; if it holds amounts: --type \(name)=number"
    }
    return "\(name) is text, since \(sample.count - numberCount) of the \(sample.count) values looked at are "
      + "no plain numbers, such as \(String(other.prefix(40)).debugDescription)"
  }
}
