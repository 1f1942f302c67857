import Interchange

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Wall time of `body`.
func microseconds(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try body()
  return (clock.now - start) / .microseconds(1)
}

/// The middle value; the upper one of two.
func median(_ values: [Double]) -> Double {
  values.isEmpty ? .nan : values.sorted()[values.count / 2]
}

func removeFile(_ path: String) { unlink(path) }

/// Anonymous resident memory of this process (Linux: RssAnon), which the page cache has no part in; 0 elsewhere.
func privateBytes() throws -> Int {
  #if os(Linux)
    let source = LineReader(try ByteSource(path: "/proc/self/status"))
    while case .text(let line)? = try source.next() {
      let words = String(decoding: line, as: UTF8.self).split(whereSeparator: { $0 == " " || $0 == "\t" })
      if words.first == "RssAnon:", words.count > 1, let kilobytes = Int(words[1]) {
        return kilobytes * 1_024
      }
    }
  #endif
  return 0
}
