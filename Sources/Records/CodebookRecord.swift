package import Basics
package import VectorMath

/// The quantizer of one generation's codes: `f32 step · f32 × dimension means`, framed as a record.
package enum CodebookRecord {
  package static func encode(_ quantizer: Quantizer) -> [UInt8] {
    Envelope.seal(reservingCapacity: 16 + quantizer.dimension * 4) { writer in
      writer.append(quantizer.step.bitPattern)
      for mean in quantizer.mean { writer.append(mean.bitPattern) }
    }
  }

  /// - Throws: `RecordError` also where the step or a mean is no number that a quantizer can have.
  package static func decode(
    _ record: UnsafeRawBufferPointer, width: CodeWidth, dimension: Int
  ) throws(RecordError) -> Quantizer {
    var reader = try Envelope.open(record)
    guard reader.remaining == (dimension + 1) * 4 else {
      throw .invalid("a codebook of \(reader.remaining) bytes for dimension \(dimension)")
    }
    let step = Float(bitPattern: try reader.read(UInt32.self))
    var mean: [Float] = []
    mean.reserveCapacity(dimension)
    for _ in 0..<dimension { mean.append(Float(bitPattern: try reader.read(UInt32.self))) }
    guard step > 0, step.isFinite, mean.allSatisfy(\.isFinite) else {
      throw .invalid("a codebook with a step of \(step) or a mean that is not finite")
    }
    return Quantizer(width: width, mean: mean, step: step)
  }
}
