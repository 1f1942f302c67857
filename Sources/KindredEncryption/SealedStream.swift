import Basics
import Crypto
import Kindred

/// The bytes of an encrypted backup: a header, then pieces of the store's file, each encrypted with AES-256-GCM.
///
/// Each file has a key of its own, derived from the secret and 32 random bytes, so that the numbers of the pieces can
/// be their nonces. The last piece says that it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway
/// and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015): pieces that are cut
/// off, repeated, exchanged or of another file are found. docs/format.md has every byte.
struct SealedStream {
  static let magic: [UInt8] = Array("KINDENC1".utf8)
  static let saltByteCount = 32
  static let headerByteCount = 48
  /// Bytes of the store in one piece.
  static let pieceByteCount = 1 << 20
  static let tagByteCount = 16

  /// Magic, key id, salt.
  let header: [UInt8]
  private let key: SymmetricKey
  private var pieceNumber: UInt64 = 0

  /// A stream to write.
  init(_ key: BackupKey) {
    var generator = SystemRandomNumberGenerator()
    let salt = (0..<Self.saltByteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
    self.init(key, header: Self.magic + key.idBytes + salt)
  }

  /// A stream to read.
  /// - Throws: `StoreError` `.foreign` for a header of something else, `.badInput` for another key.
  init(_ key: BackupKey, reading header: [UInt8], path: String) throws {
    guard header.count == Self.headerByteCount, header.starts(with: Self.magic) else {
      throw StoreError(
        code: .foreign,
        message: "\(path): not an encrypted backup; a backup that is not encrypted is a store: copy it")
    }
    let id = Hexadecimal.text(of: header[Self.magic.count..<Self.magic.count + BackupKey.idByteCount])
    guard id == key.id else {
      throw StoreError(
        code: .badInput, message: "\(path): encrypted with the key \(id), and the key given is \(key.id)")
    }
    self.init(key, header: header)
  }

  private init(_ key: BackupKey, header: [UInt8]) {
    self.header = header
    self.key = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: key.secret, salt: header.suffix(Self.saltByteCount),
      info: Array("kindred backup 1".utf8), outputByteCount: BackupKey.byteCount)
  }

  /// The number of the piece, and whether it is the last.
  private mutating func nextNonce(isLast: Bool) throws -> AES.GCM.Nonce {
    var bytes: [UInt8] = [0, 0, 0]
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: pieceNumber >> shift))
    }
    bytes.append(isLast ? 1 : 0)
    pieceNumber += 1
    return try AES.GCM.Nonce(data: bytes)
  }

  mutating func seal(_ piece: [UInt8], isLast: Bool) throws -> [UInt8] {
    let box = try AES.GCM.seal(
      piece, using: key, nonce: try nextNonce(isLast: isLast), authenticating: header)
    return Array(box.ciphertext) + Array(box.tag)
  }

  /// - Throws: `StoreError` `.corrupted` for a piece that is not as it was written, or not in its place.
  mutating func open(_ sealed: [UInt8], isLast: Bool, path: String) throws -> [UInt8] {
    let number = pieceNumber
    let nonce = try nextNonce(isLast: isLast)
    do {
      guard sealed.count >= Self.tagByteCount else { throw CryptoKitError.authenticationFailure }
      let box = try AES.GCM.SealedBox(
        nonce: nonce, ciphertext: sealed.dropLast(Self.tagByteCount), tag: sealed.suffix(Self.tagByteCount))
      return Array(try AES.GCM.open(box, using: key, authenticating: header))
    } catch {
      throw StoreError(
        code: .corrupted,
        message:
          "\(path): the piece at byte \(Self.offset(ofPiece: number)) is damaged, not in its place, or the file is cut "
          + "off behind it; take another backup", cause: error)
    }
  }

  private static func offset(ofPiece number: UInt64) -> UInt64 {
    UInt64(headerByteCount) + number * UInt64(pieceByteCount + tagByteCount)
  }
}
