import Interchange

/// A text file being written, `-` for standard output; an older file stays until it is complete.
final class OutputFile {
  private let staged: StagedFile
  private let sink: ByteSink
  private var writer = JSONWriter()

  /// Opens `path` for writing.
  /// - Throws: what `StagedFile` throws; `InterchangeError` when it cannot be opened.
  init(_ output: OutputPath) throws {
    staged = try StagedFile(output)
    sink = try ByteSink(path: staged.writingPath, name: output.path)
  }

  /// Appends bytes.
  func write(_ bytes: some Collection<UInt8>) throws { try sink.write(bytes) }

  /// Appends one JSON value and a newline.
  func write(line value: JSON) throws {
    writer.removeAll()
    writer.value(value)
    writer.endLine()
    try sink.write(writer.bytes)
  }

  /// Writes what is held back and puts the file in its place.
  func close() throws {
    try sink.close()
    try staged.commit()
  }
}
