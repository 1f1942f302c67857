import Values
import Interchange
import Records

/// The columns that hold the id and the text of a file's records.
struct RecordFields {
  let id: RecordColumn
  /// The columns that the text is joined of; none where the file has no text.
  let text: [RecordColumn]
  /// The column that the text was guessed to be in, which is an attribute all the same.
  let guessedText: String?
  /// The map, with the column that the id was guessed to be in.
  let map: ByName<String>

  /// - Throws: `.badInput` where there is no column for the id, or the map names one that the file lacks.
  init(_ kind: RecordKind, _ reader: RowReader, _ options: ImportOptions) throws {
    var map = options.map
    let records = kind.rawValue
    try reader.guess("id", of: records, &map, besides: options.textColumns)
    guard let id = try reader.column("id", map) else {
      throw ImportError(code: .badInput, message: "\(reader.name) has no column for the id")
    }
    self.id = id
    var guessed: String?
    if options.except.contains(where: { $0.isExactly("text") }) {
      text = []
    } else if !options.textColumns.isEmpty {
      text = try options.textColumns.map { try reader.column(named: $0, for: "text") }
    } else if let column = try reader.column("text", map) {
      text = [column]
    } else {
      let taken = map.names.compactMap { map[$0] } + options.textColumns
      let found = UsualNames.candidates(
        for: "text", of: records, among: reader.columnNames ?? [], taken: taken)
      guessed = found.count == 1 ? found.first : nil
      text = try guessed.map { [try reader.column(named: $0, for: "text")] } ?? []
      if let guessed {
        reader.note(
          "\"\(guessed)\" is also taken as the text, where a record has no other; another column: --map text=Column"
        )
      } else if found.count > 1 {
        let maps = found.prefix(3).map { UsualNames.mapping("text", $0) }
        reader.note("no column is taken as the text; did you mean \(maps.joined(separator: " or "))?")
      }
    }
    guessedText = guessed
    for field in map.names where field != "id" && field != "text" { _ = try reader.column(field, map) }
    self.map = map
  }
}
