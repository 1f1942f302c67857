// The conformances are of public types to a public protocol, so the compiler wants both imports to be public.
public import ArgumentParser
public import Kindred

// Values are written as their raw values; a wrong one is refused with the list of right ones.
extension VectorMetric: ExpressibleByArgument {}
extension VectorEncoding: ExpressibleByArgument {}
extension RecordKind: ExpressibleByArgument {}
extension Filter: ExpressibleByArgument {
  /// A filter as it was written.
  public init?(argument: String) { self.init(argument) }
}
