import Platform

/// Reads the titles of the online-retail data, when it is there.
enum RetailTitles {
  /// The last title per stock code among rows with a positive quantity and price, by stock code.
  ///
  /// Unpacked and condensed by `gzip` and `awk`: this target has no library for the one, and a debug build would
  /// take seconds for the other.
  static func read() -> [String]? {
    guard let path = path() else { return nil }
    let titles = #"{ gsub(/^ +| +$/, "", $3); if ($4 > 0 && $6 > 0 && $3 != "") title[$2] = $3 }"#
    let output = #"END { for (code in title) print code "\t" title[code] }"#
    let command = "gzip -dc '\(path)' | awk -F '\t' '\(titles) \(output)' | LC_ALL=C sort"
    guard let pipe = popen(command, "r") else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, pipe)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    guard pclose(pipe) == 0, !bytes.isEmpty else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      line.split(separator: "\t").last.map(String.init)
    }
  }

  private static func path() -> String? {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let shared = getenv("KINDRED_SHARED").map { String(cString: $0) } ?? "/\(root)/../shared"
    let path = "\(shared)/data/online-retail/transactions.tsv.gz"
    return access(path, R_OK) == 0 ? path : nil
  }
}
