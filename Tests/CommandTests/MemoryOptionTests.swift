import Testing

@testable import kindred_command

/// `--memory-limit`.
@Suite struct MemoryOptionTests {
  @Test(arguments: [
    ("1", 1), ("20B", 20), ("3KB", 3_000), ("500MB", 500_000_000), ("2gb", 2_000_000_000),
    ("1TB", 1_000_000_000_000), ("4KiB", 4_096), ("2GiB", 2 << 30),
  ])
  func sizesAreRead(text: String, bytes: Int) { #expect(ByteCount(argument: text)?.bytes == bytes) }

  @Test(arguments: ["", "0", "-1", "1.5GB", "MB", "2 GB", "3XB", "9999999999TB", "1iB", "٣MB"])
  func whatIsNoSizeIsRefused(text: String) { #expect(ByteCount(argument: text) == nil) }

  @Test func workAboveTheLimitIsRefused() throws {
    let place = try Workplace.ring()
    for line in [
      "embed shop.kindred --space t", "train shop.kindred", "factorize shop.kindred --space f",
    ] {
      let outcome = try place.shell("$KINDRED \(line) --memory-limit 2KB --json")
      let error = try outcome.jsonError()
      #expect(outcome.exitCode == 64 && error.code == "memoryLimit", "\(line): \(outcome)")
      #expect(error.message.contains("above the limit of 1 MB; raise the limit"), "\(error.message)")
    }
    try place.expect("embed", "shop.kindred", "--space", "t", "--memory-limit", "1GB")
    let wrong = try place.shell("$KINDRED rebuild shop.kindred --memory-limit much")
    #expect(wrong.exitCode == 64)
  }
}
