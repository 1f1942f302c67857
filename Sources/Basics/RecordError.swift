/// Stored bytes are not what was written, or come from a program newer than this one.
@usableFromInline package enum RecordError: Error, Equatable, CustomStringConvertible {
  case tooShort(needed: Int, found: Int)
  case checksum(expected: UInt32, found: UInt32)
  case newerVersion(Int)
  case olderVersion(Int)
  case invalid(String)

  @usableFromInline package var description: String {
    switch self {
    case .tooShort(let needed, let found): "\(needed) more bytes were expected, \(found) are there"
    case .checksum(let expected, let found):
      "checksum \(String(found, radix: 16)) where \(String(expected, radix: 16)) was stored"
    case .newerVersion(let version): "written in version \(version), newer than this program knows"
    case .olderVersion(let version): "written in version \(version), which this program no longer reads"
    case .invalid(let what): what
    }
  }
}
