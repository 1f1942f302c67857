import CZlib

/// One gzip stream being unpacked, member after member.
final class Inflater {
  /// What one step took and gave.
  struct Step {
    var consumed: Int
    var produced: Int
  }

  private let name: String
  /// On the heap, because zlib keeps a pointer back to it.
  private let stream: UnsafeMutablePointer<z_stream>
  private var isBetweenMembers = false
  /// Whether there may be more output without further input: the last step filled its room.
  private(set) var hasPendingOutput = false
  private var packedOffset = 0
  private var unpackedOffset = 0

  /// Bytes that the failing step had already written.
  private(set) var producedBeforeError = 0

  /// - Throws: `.limitExceeded` when zlib finds no memory.
  init(name: String) throws(InterchangeError) {
    self.name = name
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, + 16: gzip only. The caller has seen the gzip magic already.
    let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      // A throwing initialiser runs no `deinit`.
      stream.deallocate()
      throw InterchangeError(.limitExceeded, "cannot start to unpack '\(name)' (zlib \(status))", path: name)
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// Unpacks from `input` into `output` until one of them is used up or a member ends.
  func unpack(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(InterchangeError) -> Step {
    producedBeforeError = 0
    if isBetweenMembers {
      // Zero bytes may pad the end, as tape-minded tools write them.
      let padding = input.prefix { $0 == 0 }.count
      guard padding == 0 else {
        packedOffset += padding
        return Step(consumed: padding, produced: 0)
      }
      guard inflateReset(stream) == Z_OK else { throw corrupt("cannot continue") }
      isBetweenMembers = false
    }
    // zlib counts in 32 bits; larger buffers are simply served in several steps.
    let inputCount = min(input.count, 1 << 30)
    let outputCount = min(output.count, 1 << 30)
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(inputCount)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(outputCount)
    let status = inflate(stream, Z_NO_FLUSH)
    let step = Step(
      consumed: inputCount - Int(stream.pointee.avail_in),
      produced: outputCount - Int(stream.pointee.avail_out))
    packedOffset += step.consumed
    unpackedOffset += step.produced
    hasPendingOutput = status == Z_OK && step.produced == outputCount
    switch status {
    case Z_OK, Z_BUF_ERROR:
      return step
    case Z_STREAM_END:
      isBetweenMembers = true
      return step
    default:
      producedBeforeError = step.produced
      throw corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "zlib \(status)")
    }
  }

  /// Says that no input is left; only between members is that an orderly end.
  /// - Throws: `.corrupt` for a stream that is cut short.
  func finish() throws(InterchangeError) {
    if !isBetweenMembers { throw corrupt("the file is cut short") }
  }

  private func corrupt(_ what: String) -> InterchangeError {
    InterchangeError(
      .corrupt,
      "'\(name)' is damaged gzip at byte \(packedOffset) (\(unpackedOffset) bytes unpacked): \(what)",
      path: name)
  }
}
