/// Why a stored encoder could not be read.
package struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure, for programs.
  package struct Code: Hashable, Sendable, RawRepresentable {
    /// The name of the kind, as printed in JSON errors.
    package var rawValue: String
    /// Makes a code from its name.
    package init(rawValue: String) { self.rawValue = rawValue }

    /// The bytes are not what an encoder wrote.
    package static let corrupted = Code(rawValue: "modelCorrupted")
    /// The bytes come from another kind or a later version.
    package static let unsupported = Code(rawValue: "modelUnsupported")
    /// A setting is outside its range.
    package static let invalidSetting = Code(rawValue: "modelInvalidSetting")
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
