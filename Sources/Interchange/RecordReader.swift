import Basics

/// Reads records of any format through one surface: fields by column, the row's own text, its line.
///
/// A column is looked up once, by `column(named:)`, and then used on every record. In a delimited file
/// columns are those of the header; in JSON Lines every name is one, and a record may have it or not.
package final class RecordReader {
  /// One step of the reader.
  package enum Outcome {
    /// A good row; valid until the next step.
    case record(Record)
    /// An unusable one, with the reason.
    case bad(BadRow)
  }

  private enum Backend {
    case delimited(DelimitedReader)
    case json(any JSONTexts)
  }

  /// How the file is written.
  package let format: RecordFormat
  /// The columns of the header, in order; nil for JSON, where each record brings its own.
  package let columnNames: [String]?
  /// The name of the source.
  package let name: String

  private let backend: Backend
  /// By JSON column: the place among the members where it was last found.
  private let hints = ColumnHints()

  /// Reads records of `source`. A delimited source's header line, and the first byte of JSON, is read at once.
  ///
  /// A source of JSON Lines that begins with `[` is read as JSON.
  /// - Parameters:
  ///   - delimiter: what separates fields; nil for the tab in TSV, and in CSV for the comma or, where the header
  ///     line has none, for the `;`, tab or `|` that it has. One that cannot separate fields is refused.
  ///   - encoding: nil for UTF-8, or UTF-16 where a byte order mark says so.
  /// - Throws: `.badHeader` (delimited only), `.invalidArgument` for a delimiter that cannot be one or beside
  ///   JSON, and for an encoding that the byte order mark contradicts; what `ByteSource.read` throws.
  package init(
    _ source: ByteSource, format: RecordFormat, delimiter: UInt8? = nil, encoding: TextEncodingName? = nil,
    limitBytes: Int = Limits.lineBytes
  ) throws(InterchangeError) {
    name = source.name
    if let delimiter {
      guard format.delimiter != nil else {
        throw InterchangeError(
          .invalidArgument, "'\(source.name)' is JSON, which has no delimiter", path: source.name)
      }
      guard DelimitedDialect.isUsable(delimiter) else {
        throw InterchangeError(
          .invalidArgument, "byte \(delimiter) cannot separate fields", path: source.name)
      }
    }
    switch format {
    case .csv, .tsv:
      self.format = format
      let reader = try DelimitedReader(
        source, delimiter: delimiter ?? (format == .tsv ? format.delimiter : nil), hasQuotes: format == .csv,
        encoding: encoding, limitBytes: limitBytes)
      columnNames = reader.columnNames
      backend = .delimited(reader)
    case .json, .jsonLines:
      let buffer = TextBuffer(source: source, limitBytes: limitBytes, encoding: encoding)
      let texts = try buffer.jsonTexts(isStream: format == .json)
      self.format = texts is JSONStreamReader ? .json : .jsonLines
      columnNames = nil
      backend = .json(texts)
    }
  }

  /// Opens `path` (`-` for standard input) in the format given or indicated by its name; the rest as above.
  /// - Throws: `.notFound`, `.permissionDenied`, `.ioError`, `.unsupportedFormat`, `.badHeader`,
  ///   `.invalidArgument`, `.corrupt`.
  package convenience init(
    path: String, format: RecordFormat? = nil, delimiter: UInt8? = nil, encoding: TextEncodingName? = nil
  ) throws(InterchangeError) {
    let resolved = try RecordFormat.resolve(path: path, given: format)
    try self.init(ByteSource(path: path), format: resolved, delimiter: delimiter, encoding: encoding)
  }

  /// The column of that name; nil only if a delimited file's header lacks it.
  package func column(named name: String) -> RecordColumn? {
    guard let columnNames else { return RecordColumn(name: name, index: hints.add()) }
    return columnNames.firstIndex { $0.isExactly(name) }.map { RecordColumn(name: name, index: $0) }
  }

  /// The next row, good or bad, or nil at the end.
  /// - Throws: what `ByteSource.read` throws; `.invalidJSON` where JSON (not JSON Lines) is so broken that
  ///   nobody can say where the next element begins.
  package func next() throws(InterchangeError) -> Outcome? {
    switch backend {
    case .delimited(let reader):
      switch try reader.next() {
      case nil: return nil
      case .bad(let row): return .bad(row)
      case .row(let row):
        return .record(
          Record(
            lineNumber: row.lineNumber, raw: row.raw, content: .delimited(row, names: reader.columnNames)))
      }
    case .json(let texts):
      switch try texts.nextText() {
      case nil: return nil
      case .bad(let row): return .bad(row)
      case .text(let raw, let lineNumber): return parsed(raw, lineNumber)
      }
    }
  }

  /// What the text of one JSON value says.
  private func parsed(_ raw: UnsafeRawBufferPointer, _ lineNumber: Int) -> Outcome {
    do throws(JSONFault) {
      let value = try JSONParser.parseDocument(raw, limits: JSONLimits())
      guard case .object(let object) = value else {
        let needed = format == .jsonLines ? "one JSON object a line" : "an object"
        return .bad(
          BadRow(
            reason: .notAnObject, message: "\(needed) is needed, found \(value.kindName)",
            lineNumber: lineNumber, column: nil, raw: raw))
      }
      return .record(Record(lineNumber: lineNumber, raw: raw, content: .object(object, hints)))
    } catch {
      return .bad(BadRow(error, raw: raw, lineNumber: lineNumber))
    }
  }
}

/// A column of the reader that gave it out.
package struct RecordColumn: Sendable, Hashable {
  /// Its name, as asked for.
  package let name: String
  /// The header's column, or for JSON the number of the hint.
  let index: Int
}

/// Where JSON columns were last found. Rows of one file mostly have the same keys in the same order, so that
/// one comparison usually finds the member.
final class ColumnHints {
  var places: [Int] = []

  func add() -> Int {
    places.append(0)
    return places.count - 1
  }
}
