import Engine
import Interchange

extension Store {
  /// Imports items, users and events from JSON, JSON Lines, CSV or TSV, each also gzipped.
  ///
  /// Rows that cannot be used are dropped and counted by reason. Importing a file twice changes nothing: an event equal
  /// to a stored one in every field is that event, and records are merged field by field. Large files are stored in
  /// several transactions; with `strict` in one, or not at all; with `replaces` in one.
  /// - Throws: `StoreError` `.notFound`, `.badInput` for a file that cannot be understood (with `strict`: for the first
  ///   bad row; with `replaces` where no row is good), `.invalidArgument` for options that contradict each other or
  ///   name what events do not have, `.alreadyExists` when `rejects` is the store or one of `files`, `.badFilter`,
  ///   `.diskFull`, `.memoryLimit` for a delimited file whose records take more; `CancellationError` with everything
  ///   stored so far kept.
  /// - Complexity: O(bytes of the files + events · log events). Records of a delimited file are in memory together,
  ///   those of JSON up to 64 MiB, events 8,000,000 at a time, each less where the store has a limit; with `strict`,
  ///   `replaces` or `dryRun` all of them.
  @discardableResult
  public func importRecords(
    _ files: ImportFiles, options: ImportOptions = .init(), progress: ProgressHandler? = nil
  ) throws -> ImportReport {
    try StoreError.translating {
      var claims = FileClaims(store: engine.environment.path)
      claims.read(files.items, as: "the file of items")
      claims.read(files.users, as: "the file of users")
      claims.read(files.events, as: "the file of events")
      let rejects = try options.rejects.map { try ByteSink(path: claims.write($0, as: "rejects").path) }
      let run = try ImportRun(files, options, rejects: rejects, progress)
      // What a failure leaves stored changed the store too.
      defer {
        let due = run.due
        embedLeft(by: due, progress)
        if self.options.mergesAutomatically { merger.start(due.spaces) }
        if !options.dryRun { announce() }
      }
      try run.run(engine)
      try rejects?.close()
      return run.report
    }
  }
}
