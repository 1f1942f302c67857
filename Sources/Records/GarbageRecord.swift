package import Basics

/// What is known of a generation that no space points to: `u8 state (0 abandoned, 1 being built) · u32 process`.
package struct GarbageRecord: Equatable, Sendable {
  /// The process that builds it; nil when nobody needs it any more.
  package var builder: Int32?

  package static let abandoned = GarbageRecord(builder: nil)

  package init(builder: Int32?) { self.builder = builder }

  package func encoded() -> [UInt8] {
    Envelope.seal { writer in
      writer.append(UInt8(builder == nil ? 0 : 1))
      writer.append(UInt32(bitPattern: builder ?? 0))
    }
  }

  package init(decoding record: UnsafeRawBufferPointer) throws(RecordError) {
    var reader = try Envelope.open(record)
    let state = try reader.read(UInt8.self)
    let process = Int32(bitPattern: try reader.read(UInt32.self))
    builder = state == 1 ? process : nil
  }
}
