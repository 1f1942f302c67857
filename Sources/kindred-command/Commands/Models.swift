import ArgumentParser
import Interchange
import Kindred

extension Command {
  struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List trained models, or delete one.",
      discussion: """
        Example:
          kindred models shop.kindred
          kindred rebuild shop.kindred --from-sequences --model 1
        """)

    @Argument(help: storeHelp, completion: .file())
    var store: String

    @Option(help: ArgumentHelp("Delete this version; not the one that serves.", valueName: "version"))
    var delete: Int?

    @OptionGroup var output: OutputOptions

    func run() throws {
      if let delete {
        let opened = try Store.openForWriting(store)
        defer { opened.close() }
        try opened.deleteModel(delete)
        return try output.print(["deleted": .integer(delete)], people: "deleted model \(delete)\n")
      }
      let opened = try Store.openForReading(store)
      defer { opened.close() }
      let models = try opened.read { try $0.models() }
      if output.json {
        for model in models { try StandardOutput.shared.print(model.json) }
      } else if models.isEmpty {
        try output.note("no models; train one with: kindred train \(store)")
      } else {
        try StandardOutput.shared.print(table(models).text())
      }
    }

    private func table(_ models: [ModelInfo]) -> Table {
      var table = Table([
        .right("version"), .left("made"), .right("items"), .right("size"), .left("serves"),
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
