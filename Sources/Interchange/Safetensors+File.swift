extension Safetensors {
  /// Reads a file.
  /// - Throws: what a file throws that cannot be read; as `init(decoding:)`.
  package init(path: String) throws(InterchangeError) {
    let file = try FileBytes(path: path)
    let bytes = withExtendedLifetime(file) { Array(file.bytes) }
    do throws(InterchangeError) { try self.init(decoding: bytes) } catch {
      throw InterchangeError(error.code, "'\(path)': \(error.message)", path: path)
    }
  }

  /// Writes a file, replacing one that is there.
  /// - Throws: `.cannotCreate`, `.permissionDenied`, `.ioError`.
  package func write(to path: String) throws(InterchangeError) {
    let sink = try ByteSink(path: path)
    try sink.write(encoded())
    try sink.close()
  }
}
