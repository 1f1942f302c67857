public import ArgumentParser
public import Kindred

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
