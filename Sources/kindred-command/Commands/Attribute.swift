import ArgumentParser
import Kindred

extension Command {
  struct Attribute: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Rename, drop and cast attributes.",
      discussion: """
        Each works on all items, or with --of users on all users, in one transaction.

        Examples:
          kindred attribute rename shop.kindred colour color
          kindred attribute cast shop.kindred price --to number
        """,
      subcommands: [Rename.self, Drop.self, Cast.self])
  }
}

/// The arguments of every change of an attribute.
struct AttributeArguments: ParsableArguments {
  @Argument(help: "Name of the attribute.")
  var name: String

  @Option(help: "Whose attribute it is.")
  var of = RecordKind.items
}

extension Command.Attribute {
  struct Rename: WritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give an attribute another name.",
      usage: "kindred attribute rename <store> <name> <new-name> [<options>]",
      discussion: """
        Refused where a record has an attribute of the new name already.

        Example:
          kindred attribute rename shop.kindred colour color
        """)

    @OptionGroup var path: StorePath
    @OptionGroup var attribute: AttributeArguments

    @Argument(help: "Its new name.")
    var newName: String

    @OptionGroup var output: OutputOptions

    func run(_ opened: Store) throws {
      let change = try opened.renameAttribute(attribute.name, to: newName, of: attribute.of)
      try output.print(
        change.json, people: "renamed \(attribute.name) to \(newName) in \(change.people(attribute.of))\n")
    }
  }

  struct Drop: WritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove an attribute from all records.",
      usage: "kindred attribute drop <store> <name> [<options>]",
      discussion: """
        Example:
          kindred attribute drop shop.kindred supplier_code
        """)

    @OptionGroup var path: StorePath
    @OptionGroup var attribute: AttributeArguments
    @OptionGroup var output: OutputOptions

    func run(_ opened: Store) throws {
      let change = try opened.dropAttribute(attribute.name, of: attribute.of)
      try output.print(
        change.json,
        people: "removed \(attribute.name) from \(People.count(change.removed)) \(attribute.of)\n")
    }
  }

  struct Cast: WritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change the type of an attribute's values.",
      usage: "kindred attribute cast <store> <name> --to <type> [<options>]",
      discussion: """
        Values that cannot be read as the type are an error, and nothing is changed; --drop-others removes them \
        instead. A number is read as 12.5 is written; import has --number-format for others.

        Example:
          kindred attribute cast shop.kindred price --to number
        """)

    /// What values can become.
    enum Target: String, CaseIterable, ExpressibleByArgument {
      case string, number, bool
    }

    @OptionGroup var path: StorePath
    @OptionGroup var attribute: AttributeArguments

    @Option(help: ArgumentHelp("What values are to be.", valueName: "type"))
    var to: Target

    @Flag(help: "Remove values that cannot be read so.")
    var dropOthers = false

    @OptionGroup var output: OutputOptions

    func run(_ opened: Store) throws {
      let type: AttributeSummary.ValueType =
        switch to {
        case .string: .string
        case .number: .number
        case .bool: .bool
        }
      let change = try opened.castAttribute(
        attribute.name, to: type, of: attribute.of, removesOthers: dropOthers)
      try output.print(
        change.json, people: "\(attribute.name) is \(to.rawValue) in \(change.people(attribute.of))\n")
    }
  }
}

extension AttributeChange {
  fileprivate var json: JSON {
    ["changed": .integer(changed), "unchanged": .integer(unchanged), "removed": .integer(removed)]
  }

  fileprivate func people(_ kind: RecordKind) -> String {
    var parts = ["\(People.count(changed)) \(kind)"]
    if unchanged > 0 { parts.append("was so in \(People.count(unchanged))") }
    if removed > 0 { parts.append("removed from \(People.count(removed))") }
    return parts.joined(separator: ", ")
  }
}
