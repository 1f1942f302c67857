/// What a JSON document may demand of the parser.
package struct JSONLimits: Sendable {
  /// How deeply arrays and objects may be nested.
  package var depth: Int
  /// How many values there may be, nested ones and the members' values included. A value takes 32 bytes of
  /// memory but only two of text, so that a bound on the text alone would not bound the memory.
  package var valueCount: Int

  /// Limits of your own.
  package init(depth: Int = 64, valueCount: Int = 1 << 20) {
    precondition(depth >= 1 && depth <= 512, "depth out of range")
    self.depth = depth
    self.valueCount = valueCount
  }
}
