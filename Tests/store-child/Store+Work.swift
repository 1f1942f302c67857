import Kindred
import KindredEncryption

/// Commands for every kind of work that writes; what they write is a function of their numbers.
extension Store {
  /// `SPACE`: makes a space of four dimensions.
  func makeSpace(_ arguments: [String]) throws -> String {
    try createSpace(
      SpaceConfiguration(
        name: try arguments.word(0), of: .items, dimension: 4, metric: .l2, m: 4, efConstruction: 20))
    return try arguments.word(0)
  }

  /// `NUMBER ID…`: one transaction with an item for each id, whose text says the number.
  func upsertTexts(_ arguments: [String]) throws -> String {
    let number = try arguments.number(0)
    let text = "article number\(number) group\(number % 7)"
    try upsert(
      arguments.dropFirst().map {
        Item(id: $0, text: text, attributes: ["number": .number(Double(number))])
      })
    return "\(number)"
  }

  /// `NUMBER ID…`: one transaction with an item of 128 KiB for each id.
  func fill(_ arguments: [String]) throws -> String {
    let number = try arguments.number(0)
    let text = String(repeating: "\(number % 10)", count: 1 << 17)
    try write { transaction in
      transaction.leaveTextsUnembedded()
      try transaction.upsert(
        arguments.dropFirst().map {
          Item(id: $0, text: text, attributes: ["number": .number(Double(number))])
        })
    }
    return "\(number)"
  }

  /// `SPACE FILE`: loads the vectors of a file.
  func loadNumbered(_ arguments: [String]) throws -> String {
    let report = try upsert(try arguments.word(0), from: try arguments.word(1))
    guard report.rejected.isEmpty else { throw ChildFailure.inconsistent("\(report.rejected)") }
    return "\(report.stored)"
  }

  /// `FILE`: the items of a file in the place of all others.
  func replaceItems(_ arguments: [String]) throws -> String {
    let files = ImportFiles(items: try arguments.word(0))
    return "\(try importRecords(files, options: ImportOptions(replaces: true)).items?.stored ?? 0)"
  }

  /// `all` or `missing`: embeds texts.
  func embedTexts(_ arguments: [String]) throws -> String {
    let onlyMissing = try arguments.word(0) == "missing"
    return "\(try embed("titles", options: .init(dimension: 64, onlyMissing: onlyMissing)).embedded)"
  }

  /// Rebuilds all spaces; or `SPACE ENCODING`: one, in an encoding.
  func rebuildAs(_ arguments: [String]) throws -> String {
    guard let space = arguments.first else { return "\(try rebuild().count)" }
    guard let encoding = VectorEncoding(rawValue: try arguments.word(1)) else {
      throw ChildFailure.usage("no encoding")
    }
    return "\(try rebuild([space], encoding: encoding).count)"
  }

  /// `NUMBER`: trains the smallest model there is, with the number as its seed, and serves it.
  func trainNumbered(_ arguments: [String]) throws -> String {
    let options = TrainOptions(
      dimension: 16, layers: 1, heads: 1, maxLength: 5, epochs: 1, seed: UInt64(try arguments.number(0)),
      usesContent: false, threads: 1)
    return "\(try train(options).version)"
  }

  /// Factorises into the space `liked`.
  func factorizeSmall() throws -> String {
    let options = FactorizeOptions(dimension: 8, alpha: 1, lambda: 1, iterations: 1, threads: 1)
    return "\(try factorize("liked", options).items)"
  }

  /// `NAME`: makes a new store beside this one.
  func createBeside(_ arguments: [String]) throws -> String {
    let name = try arguments.word(0)
    try Store.create(at: beside(name)).close()
    return name
  }

  /// `NAME`: copies this store to a new file beside it.
  func backupBeside(_ arguments: [String]) throws -> String {
    let name = try arguments.word(0)
    try backup(to: beside(name))
    return name
  }

  /// `KEY BACKUP NAME`: makes an encrypted backup beside this store, and another store of it.
  func restoreBeside(_ arguments: [String]) throws -> String {
    let key = try BackupKey(try arguments.word(0).utf8)
    let backup = beside(try arguments.word(1))
    try self.backup(to: backup, encryptedWith: key)
    let report = try Store.restore(backup, to: beside(try arguments.word(2)), key: key)
    return "\(report.problems.count) problems"
  }

  private func beside(_ name: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return (parts.dropLast() + [Substring(name)]).joined(separator: "/")
  }
}
