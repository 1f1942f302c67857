import ArgumentParser
import Interchange
import Kindred
import KindredEncryption
import Platform

extension Command {
  struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a store of an encrypted backup.",
      usage: "kindred restore <backup> <destination> [<options>]",
      discussion: """
        The backup is decrypted into a new file, every piece checked, and the store in it verified. An existing file \
        is never overwritten. A backup that is not encrypted is a store already: copy it.

        Example:
          kindred restore monday.backup shop.kindred --key-file backup.key
        """)

    @Argument(help: "The encrypted backup.", completion: .file())
    var backup: String

    @Argument(help: "Path of the new store.", completion: .file())
    var destination: String

    @OptionGroup var key: BackupKeyOptions

    @OptionGroup var output: OutputOptions

    func run() throws {
      let key = try key.key()
      var claims = FileClaims(keeping: [])
      claims.read(backup, as: "the backup")
      _ = try claims.write(destination, as: "the new store")
      let (report, seconds) = try timed {
        try output.withProgress { progress in
          try Store.restore(backup, to: destination, key: key, progress: progress)
        }
      }
      try output.print(
        ["store": .string(destination), "verified": .bool(report.ok), "seconds": .number(seconds)],
        people: "restored \(backup) to \(destination) and verified it in \(People.seconds(seconds))\n")
    }
  }
}

/// Where the key of an encrypted backup comes from.
struct BackupKeyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A file with the key: 32 random bytes, or 64 hexadecimal digits. Without it the digits are taken from "
        + "KINDRED_BACKUP_KEY in the environment.",
      valueName: "file"),
    completion: .file())
  var keyFile: String?

  func key() throws -> BackupKey {
    if let keyFile { return try BackupKey(contentsOf: keyFile) }
    guard let digits = getenv("KINDRED_BACKUP_KEY").map({ String(cString: $0) }), !digits.isEmpty else {
      throw ValidationError(
        "An encrypted backup takes a key: name its file with --key-file, or set KINDRED_BACKUP_KEY. Make a key "
          + "with: head -c 32 /dev/urandom > backup.key")
    }
    return try BackupKey(digits.utf8)
  }
}
