import Basics
import Crypto
import Kindred

/// A secret key for backups: 256 random bits.
public struct BackupKey: Sendable {
  let secret: SymmetricKey
  let idBytes: [UInt8]
  /// What a backup is labelled with: differs from key to key and reveals nothing of the key, 16 hexadecimal digits.
  public var id: String { Hexadecimal.text(of: idBytes) }

  static let byteCount = 32
  static let idByteCount = 8

  /// A key of 32 bytes, or of the 64 hexadecimal digits that write them; blanks and line ends around these are skipped.
  /// - Throws: `StoreError` `.badInput`.
  public init(_ bytes: some Collection<UInt8>) throws {
    var bytes = Array(bytes)
    if bytes.count != Self.byteCount {
      let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
      let digits = bytes.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed()
      guard let decoded = Hexadecimal.bytes(of: Array(digits)), decoded.count == Self.byteCount else {
        throw StoreError(
          code: .badInput,
          message:
            "a key has 32 bytes, or 64 hexadecimal digits; this one has \(bytes.count) bytes. Make one with: "
            + "head -c 32 /dev/urandom > backup.key")
      }
      bytes = decoded
    }
    secret = SymmetricKey(data: bytes)
    let label = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: secret, info: Array("kindred backup key id".utf8), outputByteCount: Self.idByteCount)
    idBytes = label.withUnsafeBytes { Array($0) }
  }

  /// The key in a file.
  /// - Throws: `StoreError` `.notFound`, `.permissionDenied`, `.ioError`, `.badInput` for what is no key.
  public init(contentsOf path: String) throws {
    // A longer file is no key, whatever follows.
    try self.init(try StoreError.translating { try BackupFile(reading: path).next(256) })
  }
}
