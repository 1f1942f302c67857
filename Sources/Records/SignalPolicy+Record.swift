package import Basics
package import Values

/// The stored form of a signal policy, under the key `signals` of `meta`. A store without it keeps no counts.
///
/// Payload, in an envelope: `f64 half-life in seconds · varint count · count × (text kind · u8 flags (1 at least,
/// 2 below) · [f64 at least] · [f64 below] · f64 weight) · varint count · count × text target`.
extension SignalPolicy {
  package func encoded() -> [UInt8] {
    Envelope.seal { writer in
      writer.append(halfLifeSeconds)
      writer.append(varint: signals.count)
      for signal in signals {
        writer.append(signal.kind)
        writer.append(UInt8((signal.atLeast == nil ? 0 : 1) | (signal.below == nil ? 0 : 2)))
        for bound in [signal.atLeast, signal.below] { if let bound { writer.append(bound) } }
        writer.append(signal.weight)
      }
      writer.append(varint: targets.count)
      for kind in targets { writer.append(kind) }
    }
  }

  /// Differs where events count otherwise or others are to be predicted; nil where every event counts 1 and is.
  package var checksum: Int64? {
    guard !signals.isEmpty || !targets.isEmpty else { return nil }
    var policy = self
    policy.halfLifeSeconds = 1
    return Int64(policy.encoded().withUnsafeBytes { crc32c($0) })
  }

  package init(decoding value: UnsafeRawBufferPointer) throws(RecordError) {
    var reader = try Envelope.open(value)
    self.init(halfLifeSeconds: try reader.readDouble())
    let count = try reader.readVarint()
    guard (0...Limits.signalCount).contains(count) else { throw .invalid("\(count) signals") }
    for _ in 0..<count {
      let kind = try reader.readText()
      let flags = try reader.read(UInt8.self)
      guard flags < 4 else { throw .invalid("flags \(flags) of a signal") }
      signals.append(
        Signal(
          kind: kind, atLeast: flags & 1 != 0 ? try reader.readDouble() : nil,
          below: flags & 2 != 0 ? try reader.readDouble() : nil, weight: try reader.readDouble()))
    }
    let targetCount = try reader.readVarint()
    guard (0...Limits.signalCount).contains(targetCount) else { throw .invalid("\(targetCount) targets") }
    for _ in 0..<targetCount { targets.append(try reader.readText()) }
    guard reader.remaining == 0 else { throw .invalid("\(reader.remaining) bytes behind the signals") }
    if let fault { throw .invalid(fault) }
  }
}
