import Interchange
import Kindred

extension StagedFile {
  /// - Throws: `CommandFailure` `.invalidArgument` for a `.gz` name, which would promise compression;
  ///   `InterchangeError` when nothing can be created there.
  convenience init(_ output: OutputPath) throws {
    try Self.requireUncompressed(output.path)
    try self.init(output.path)
    // What a link is to.
    try Self.requireUncompressed(path)
  }

  /// - Throws: `CommandFailure` `.invalidArgument` for a `.gz` name.
  static func requireUncompressed(_ path: String) throws(CommandFailure) {
    guard path.hasSuffix(".gz") else { return }
    throw CommandFailure(
      .invalidArgument,
      "'\(path)': files are written uncompressed; leave off .gz, or compress the finished file with gzip")
  }
}
