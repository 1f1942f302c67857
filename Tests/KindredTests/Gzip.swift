/// A gzip file that holds `bytes` as they are, in stored blocks.
func gzipped(_ bytes: [UInt8]) -> [UInt8] {
  var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  func append(_ number: UInt32, _ count: Int) {
    for index in 0..<count { file.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
  }
  var first = 0
  repeat {
    let end = min(first + 65_535, bytes.count)
    file.append(end == bytes.count ? 1 : 0)
    append(UInt32(end - first), 2)
    append(~UInt32(end - first) & 0xFFFF, 2)
    file += bytes[first..<end]
    first = end
  } while first < bytes.count
  var remainder = ~UInt32(0)
  for byte in bytes {
    remainder ^= UInt32(byte)
    for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
  append(~remainder, 4)
  append(UInt32(bytes.count), 4)
  return file
}
