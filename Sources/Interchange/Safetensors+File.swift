extension Safetensors {
  /// Reads a file.
  /// - Throws: what a file throws that cannot be read; as `init(decoding:)`.
  package init(path: String) throws(InterchangeError) {
    let file = try FileBytes(path: path)
    let bytes = withExtendedLifetime(file) { Array(file.bytes) }
    try self.init(decoding: bytes)
  }

  /// Writes a file, replacing one that is there.
  /// - Throws: `.cannotCreate`, `.permissionDenied`, `.ioError`.
  package func write(to path: String) throws(InterchangeError) {
    let sink = try ByteSink(path: path)
    try sink.write(encoded())
    try sink.close()
  }
}
