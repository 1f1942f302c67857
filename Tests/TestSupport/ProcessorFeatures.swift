import Foundation

/// What the system says that this processor can do, asked in another way than `CKernels` does.
package enum ProcessorFeatures {
  /// The names in `/proc/cpuinfo`; nil where there is none.
  package static let named: Set<String>? = {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }
    return line.map { Set($0.split { " \t:".contains($0) }.map(String.init)) }
  }()

  /// Whether it has instructions for CRC-32C that `kindred_crc32c` uses. All processors of Macs do.
  package static var haveChecksum: Bool {
    guard let named else { return true }
    return named.isSuperset(of: ["sse4_2", "pclmulqdq"]) || named.contains("crc32")
  }

  /// The features that an arm needs; nil for a name that is none of this architecture.
  package static func needed(by arm: String) -> Set<String>? {
    #if arch(x86_64)
      let avx2: Set = ["avx2", "fma", "f16c"]
      let avx512 = avx2.union(["avx512f", "avx512bw", "avx512vl", "avx512dq"])
      return switch arm {
      case "portable", "sse2": []
      case "avx2": avx2
      case "avx512": avx512
      case "avx512vnni": avx512.union(["avx512_vnni"])
      default: nil
      }
    #elseif arch(arm64)
      return ["portable", "neon"].contains(arm) ? [] : nil
    #else
      return arm == "portable" ? [] : nil
    #endif
  }
}
