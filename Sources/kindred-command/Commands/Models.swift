import ArgumentParser
import Interchange
import Kindred

extension Command {
  struct Models: StoreCommand {
    static let configuration = CommandConfiguration(
      abstract: "List trained models, serve or delete one, export or import weights.",
      usage: "kindred models <store> [serve <version>] [<options>]",
      discussion: """
        'serve VERSION' encodes all items and users with that model and switches recommend to it in one step; \
        naming an older version rolls back. The score in the list is NDCG@10 of the events that were held out for \
        early stopping: compare it only among models of the same events, or use kindred evaluate.

        Weights are float32 safetensors, which PyTorch programs read and write; an imported file needs the tensors \
        of the model that it was exported from, and becomes a new version, which 'serve' serves.

        Examples:
          kindred models shop.kindred
          kindred models shop.kindred serve 1
          kindred models shop.kindred --export 1 --weights model.safetensors \\
            --ids items.txt
          kindred models shop.kindred --import 1 --weights changed.safetensors
        """)

    @OptionGroup var path: StorePath

    @Argument(help: ArgumentHelp("What to do with a version; nothing lists them.", valueName: "serve"))
    var action: Action?

    @Argument(help: ArgumentHelp("The version to serve.", valueName: "version"))
    var version: Int?

    @Option(help: ArgumentHelp("Delete this version; not the one that serves.", valueName: "version"))
    var delete: Int?

    @Option(help: ArgumentHelp("Write this version's weights.", valueName: "version"))
    var export: Int?

    @Option(
      name: .customLong("import"),
      help: ArgumentHelp("Store weights as a new version that is like this one.", valueName: "version"))
    var imported: Int?

    @Option(
      help: ArgumentHelp("The file of --export or --import.", valueName: "file.safetensors"),
      completion: .file())
    var weights: String?

    @Option(
      help: ArgumentHelp("Write the ids of the rows of items.weight here.", valueName: "file.txt"),
      completion: .file())
    var ids: String?

    @OptionGroup var output: RowOutputOptions

    enum Action: String, ExpressibleByArgument, CaseIterable {
      case serve
    }

    func validate() throws {
      guard [action == nil ? nil : version ?? 0, delete, export, imported].compactMap({ $0 }).count < 2 else {
        throw ValidationError("One thing at a time: serve, --delete, --export or --import.")
      }
      guard action == nil || version != nil else {
        throw ValidationError("serve needs a version: kindred models \(store) serve VERSION.")
      }
      guard (weights != nil) == (export != nil || imported != nil) else {
        throw ValidationError("--weights names the file of --export or --import; give both.")
      }
      guard ids == nil || export != nil else { throw ValidationError("--ids belongs to --export.") }
      guard ids == nil || ids != weights else {
        throw ValidationError("--weights and --ids name the same file: '\(weights ?? "")'.")
      }
    }

    func run() throws {
      if action == .serve, let version { return try serve(version) }
      if let weights, let imported {
        let opened = try Store.openForWriting(store)
        defer { opened.close() }
        let model = try opened.importModel(weights, like: imported)
        return try output.print(
          ["model": model.json],
          people:
            "model \(model.version); serve it with: "
            + "kindred models \(store) serve \(model.version)\n")
      }
      if let weights, let export { return try write(export, to: weights) }
      if let delete {
        let opened = try Store.openForWriting(store)
        defer { opened.close() }
        try opened.deleteModel(delete)
        return try output.print(["deleted": .integer(delete)], people: "deleted model \(delete)\n")
      }
      let opened = try Store.openForReading(store)
      defer { opened.close() }
      let models = try opened.read { try $0.models() }
      try output.print(
        rows: models.map(\.json), table: table(models),
        whenEmpty: "no models; train one with: kindred train \(store)")
    }

    private func serve(_ version: Int) throws {
      let opened = try Store.openForWriting(store)
      defer { opened.close() }
      let before = try opened.read { snapshot in
        // A wrong version is an error before anything is computed.
        _ = try snapshot.model(version)
        return try snapshot.servingModel()
      }
      let (reports, seconds) = try timed {
        try output.withProgress { try opened.rebuildFromSequences(model: version, progress: $0) }
      }
      let model = try opened.read { try $0.model(version) }
      let vectors = reports.map { "\(People.count($0.count, "vector")) in \($0.space)" }
      let instead = before.flatMap { $0 == version ? nil : " instead of model \($0)" } ?? ""
      try output.print(
        [
          "model": model.json, "servedBefore": before.map { .integer($0) } ?? .null,
          "seconds": .number(seconds),
        ],
        people: "model \(version) serves\(instead): \(vectors.joined(separator: ", ")), "
          + "in \(People.seconds(seconds))\n")
    }

    private func write(_ version: Int, to weights: String) throws {
      let opened = try Store.openForReading(store)
      defer { opened.close() }
      var claims = FileClaims(store: store)
      let weightsOutput = try claims.write(weights, as: "--weights")
      let idsOutput = try ids.map { try claims.write($0, as: "--ids") }
      let staged = try StagedFile(weightsOutput)
      let names = try opened.read { try $0.exportModel(version, to: staged.writingPath) }
      if let idsOutput {
        let file = try OutputFile(idsOutput)
        for name in names { try file.write(Array(name.utf8) + [UInt8(ascii: "\n")]) }
        try file.close()
      }
      try staged.commit()
      let people = "wrote model \(version) of \(People.count(names.count, "item")) to \(weights)"
      // What is on standard output is a file.
      guard weights != "-", ids != "-" else { return try output.note(people) }
      try output.print(["model": .integer(version), "items": .integer(names.count)], people: people + "\n")
    }

    private func table(_ models: [ModelInfo]) -> Table {
      var table = Table([
        .right("version"), .left("trained"), .left("architecture"), .left("serving"), .right("NDCG@10"),
        .right("events"),
        .right("users"), .left("held out"), .left("from"), .left("to"), .right("items"), .right("size"),
      ])
      table.rows = models.map { model in
        let source = model.source
        return [
          String(model.version), minute(model.created), model.architecture?.rawValue ?? "-",
          model.isServing ? "yes" : "",
          model.validationNDCG.map { People.fixed($0, 4) } ?? "-",
          source.map { People.count($0.events) } ?? "-", source.map { People.count($0.users) } ?? "-",
          source?.heldOut ?? "-", source?.oldest.map(day) ?? "-", source.map { day($0.newest) } ?? "-",
          People.count(model.items), People.bytes(model.bytes),
        ]
      }
      return table
    }

    private func minute(_ time: Timestamp) -> String {
      String(time.description.prefix(16))
    }

    private func day(_ time: Timestamp) -> String {
      String(time.description.prefix(10))
    }
  }
}

extension ModelInfo.Source {
  /// What was held out for evaluation; empty where nothing was.
  fileprivate var heldOut: String {
    let last = excludedLast > 0 ? "last \(excludedLast)" : nil
    let since = before.map { "from \($0)" }
    return [last, since].compactMap { $0 }.joined(separator: ", ")
  }
}

extension ModelInfo {
  /// Not among them: the number of the format, and the names of features, which may be many.
  private static let promisedMembers = [
    "encoder", "shape", "recipe", "data", "repeating", "epochs", "epochsWithHeldOut", "seconds", "scores",
    "rules",
    "kinds",
  ]

  /// With members of the manifest that are promised.
  var json: JSON {
    var json: [(String, JSON)] = [
      ("version", .integer(version)), ("created", .integer(Int(created.milliseconds))),
      ("items", .integer(items)),
      ("bytes", .integer(bytes)), ("serving", .bool(isServing)),
    ]
    if let architecture { json.append(("architecture", .string(architecture.rawValue))) }
    let stored = (try? JSONParser.parse(manifest))?.object
    for name in Self.promisedMembers {
      if let value = stored?[name] { json.append((name, value)) }
    }
    return JSON(members: json)
  }
}
