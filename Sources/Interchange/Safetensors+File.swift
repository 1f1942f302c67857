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

  /// Writes a file; one that is there is replaced when the new one is complete and on the disk.
  /// - Throws: `.cannotCreate`, `.permissionDenied`, `.diskFull`, `.ioError`.
  package func write(to path: String) throws(InterchangeError) {
    let staged = try StagedFile(path)
    let sink = try ByteSink(path: staged.writingPath)
    try sink.write(encoded())
    try sink.close()
    try staged.commit()
  }
}
