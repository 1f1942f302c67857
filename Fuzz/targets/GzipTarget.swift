import CZlib
import Interchange

extension FuzzTarget {
  /// Packed streams: the same bytes and the same end however they are read, and what zlib packs is unpacked.
  static let gzip = FuzzTarget("gzip") { bytes in
    var input = FuzzInput(bytes)
    let piece = 1 + input.below(64)
    let room = 1 + input.below(255)
    let content = Array(input.rest)
    let few = try unpacked(ByteSource(bytes: content, pieceBytes: piece), room: room)
    let all = try unpacked(ByteSource(bytes: content), room: 1 << 16)
    try hold(few.code == all.code, "\(String(describing: few.code)), at once \(String(describing: all.code))")
    try hold(few.bytes == all.bytes, "\(few.bytes.count) bytes, at once \(all.bytes.count)")
    // What is packed twice is unpacked once; two members are one stream.
    let packed = try Gzip.packed(content, level: Int32(piece % 10))
    let plain = try unpacked(ByteSource(bytes: packed, pieceBytes: piece), room: room)
    try hold(plain.code == nil && plain.bytes.elementsEqual(content.prefix(limit)), "packed: other bytes")
    let source = ByteSource(bytes: packed + packed, pieceBytes: piece)
    let peeked = try source.peek(room)
    try hold(peeked.elementsEqual((content + content).prefix(room)), "peeked: other bytes")
    let both = try unpacked(source, room: 1 << 16)
    try hold(both.code == nil && both.bytes.elementsEqual((content + content).prefix(limit)), "two members")
  } samples: {
    let text = Array(String(repeating: "user,item,time\n", count: 20).utf8)
    let noise = (0..<200).map { UInt8(truncatingIfNeeded: $0 * 97 ^ $0 >> 2) }
    let packed = try [(text, 9), (text, 0), (noise, 6), ([], 6)].map { try Gzip.packed($0, level: $1) }
    return packed.map { [7, 9] + $0 } + [[0, 200] + packed[0] + packed[2] + [0, 0, 0], [1, 1] + text]
  }

  /// Bytes that are unpacked at most: a small input may stand for any number.
  private static let limit = 1 << 20

  private static func unpacked(
    _ source: ByteSource, room: Int
  ) throws -> (bytes: [UInt8], code: InterchangeError.Code?) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
    defer { buffer.deallocate() }
    var bytes: [UInt8] = []
    do throws(InterchangeError) {
      while bytes.count < limit {
        let count = try source.read(into: buffer)
        if count == 0 { return (bytes, nil) }
        bytes += buffer[..<count]
      }
    } catch { return (bytes, error.code) }
    return (Array(bytes.prefix(limit)), nil)
  }
}

/// Packs with the library that everybody packs with.
enum Gzip {
  static func packed(_ bytes: [UInt8], level: Int32) throws -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    // 15 bits of window, + 16: gzip.
    guard deflateInit2_(&stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
    else { throw FuzzFailure("zlib does not start") }
    defer { deflateEnd(&stream) }
    var input = bytes
    let capacity = Int(deflateBound(&stream, UInt(bytes.count)))
    return try input.withUnsafeMutableBufferPointer { input in
      try [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(capacity)
        guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { throw FuzzFailure("zlib does not end") }
        count = capacity - Int(stream.avail_out)
      }
    }
  }
}
