import ArgumentParser
import Interchange
import Kindred

extension Command {
  struct Backup: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Copy a store, while it is in use.",
      usage: "kindred backup <store> <destination> [<options>]",
      discussion: """
        The copy is a store of its own, as it was at one moment, without free pages. An existing file is never \
        overwritten. With --encrypt it is encrypted (AES-256-GCM) as it is written, and is made a store again by \
        kindred restore with the same key; who loses the key has no backup.

        Examples:
          kindred backup shop.kindred monday.kindred
          head -c 32 /dev/urandom > backup.key
          kindred backup shop.kindred monday.backup --encrypt --key-file backup.key
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "Path of the copy.", completion: .file())
    var destination: String

    @Flag(help: "Encrypt the copy.")
    var encrypt = false

    @OptionGroup var key: BackupKeyOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard encrypt || key.keyFile == nil else { throw ValidationError("--key-file is for --encrypt.") }
      guard destination != "-" else {
        throw ValidationError("A backup is made in a file, not on standard output; name one.")
      }
    }

    func run(_ opened: Store) throws {
      let secret = encrypt ? try key.key() : nil
      var claims = FileClaims(store: store)
      _ = try claims.write(destination, as: "the copy")
      let (_, seconds) = try timed {
        try output.withProgress { progress in
          try Store.naming(destination) {
            if let secret {
              try opened.backup(to: destination, encryptedWith: secret, progress: progress)
            } else {
              try opened.backup(to: destination, progress: progress)
            }
          }
        }
      }
      var json: [JSON.Member] = [
        .init(key: "backup", value: .string(destination)), .init(key: "seconds", value: .number(seconds)),
      ]
      if let secret { json.append(.init(key: "keyID", value: .string(secret.id))) }
      let suffix = secret.map { ", encrypted with the key \($0.id)" } ?? ""
      try output.print(
        .object(json),
        people: "backed up \(store) to \(destination)\(suffix) in \(People.seconds(seconds))\n")
    }
  }
}
