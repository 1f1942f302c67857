import Basics

/// Why a stored encoder could not be read.
package struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure, for programs.
  package enum Code: String, Sendable {
    /// The bytes are not what an encoder wrote.
    case corrupted = "modelCorrupted"
    /// The bytes come from another kind or a later version.
    case unsupported = "modelUnsupported"
    /// A setting is outside its range.
    case invalidSetting = "modelInvalidSetting"
  }

  /// The kind of failure.
  package var code: Code
  /// What happened, with the values, and what to do.
  package var message: String

  /// Makes an error.
  package init(code: Code, message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  package var description: String { message }
}

extension ModelError {
  /// What `body` reads between `magic` and the checksum (8 bytes) that ends `bytes`.
  /// - Parameter what: what they are, for messages.
  /// - Throws: `.unsupported` for another kind of bytes, `.corrupted` for damaged ones.
  static func decoding<Value>(
    _ what: String, _ bytes: [UInt8], _ magic: [UInt8],
    _ body: (inout ByteReader) throws(RecordError) -> Value
  ) throws(ModelError) -> Value {
    guard bytes.starts(with: magic) else {
      throw ModelError(
        code: .unsupported,
        message: "These bytes are not \(what) of a version this program knows"
          + " (\(String(decoding: magic, as: UTF8.self))). Use a newer program or learn them again.")
    }
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(RecordError) in
        var end = ByteReader(UnsafeRawBufferPointer(rebasing: raw.suffix(8)))
        let stored = try end.read(UInt64.self)
        let found = FeatureHash.checksum(raw.dropLast(8))
        guard stored == found else { throw .invalid("checksum \(found) instead of \(stored)") }
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: raw.dropFirst(magic.count).dropLast(8)))
        return try body(&reader)
      }
    }
    do throws(RecordError) { return try result.get() } catch {
      throw ModelError(
        code: .corrupted, message: "The stored \(what) are damaged: \(error). Learn them again.")
    }
  }
}
