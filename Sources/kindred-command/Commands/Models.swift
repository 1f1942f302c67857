import ArgumentParser
import Interchange
import Kindred

extension Command {
  struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List trained models, delete one, export or import weights.",
      discussion: """
        Weights are float32 safetensors, which PyTorch programs read and write; an imported file needs the tensors \
        of the model that it was exported from, and becomes a version that serves once it is rebuilt from.

        Examples:
          kindred models shop.kindred
          kindred rebuild shop.kindred --from-sequences --model 1
          kindred models shop.kindred --export 1 --weights model.safetensors \\
            --ids items.txt
          kindred models shop.kindred --import 1 --weights changed.safetensors
        """)

    @Argument(help: storeHelp, completion: .file())
    var store: String

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

    func validate() throws {
      guard [delete, export, imported].compactMap({ $0 }).count < 2 else {
        throw ValidationError("One thing at a time: --delete, --export or --import.")
      }
      guard (weights != nil) == (export != nil || imported != nil) else {
        throw ValidationError("--weights names the file of --export or --import; give both.")
      }
      guard ids == nil || export != nil else { throw ValidationError("--ids belongs to --export.") }
    }

    func run() throws {
      if let weights, let imported {
        let opened = try Store.openForWriting(store)
        defer { opened.close() }
        let model = try opened.importModel(weights, like: imported)
        return try output.print(
          ["model": model.json],
          people:
            "model \(model.version); serve it with: "
            + "kindred rebuild \(store) --from-sequences --model \(model.version)\n")
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
      try output.print(
        ["model": .integer(version), "items": .integer(names.count)],
        people: "wrote model \(version) of \(People.count(names.count, "item")) to \(weights)\n")
    }

    private func table(_ models: [ModelInfo]) -> Table {
      var table = Table([
        .right("version"), .left("trained"), .right("items"), .right("size"), .left("serving"),
      ])
      table.rows = models.map { model in
        [
          String(model.version), "\(Timestamp(milliseconds: model.created))", People.count(model.items),
          People.bytes(model.bytes), model.isServing ? "yes" : "",
        ]
      }
      return table
    }
  }
}

extension ModelInfo {
  /// With the manifest's own members, but not the names of features, which may be many.
  var json: JSON {
    var json: [(String, JSON)] = [
      ("version", .integer(version)), ("created", .integer(Int(created))), ("items", .integer(items)),
      ("bytes", .integer(bytes)), ("serving", .bool(isServing)),
    ]
    for member in (try? JSONParser.parse(manifest))?.object?.members ?? []
    where member.key != "features" && member.key != "items" {
      json.append((member.key, JSON(member.value)))
    }
    return JSON(members: json)
  }
}
