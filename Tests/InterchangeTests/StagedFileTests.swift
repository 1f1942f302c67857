import Basics
import Interchange
import Platform
import TestSupport
import Testing

@Suite struct StagedFileTests {
  private let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private func write(_ text: String, to path: String) throws {
    let sink = try ByteSink(path: path)
    try sink.write(text.utf8)
    try sink.close()
  }

  @Test func theOldFileStaysUntilTheNewOneIsComplete() throws {
    let path = try directory.write("old", to: "file")
    do {
      let staged = try StagedFile(path)
      try write("half", to: staged.writingPath)
      #expect(try readFile(path) == Array("old".utf8))
    }
    #expect(directory.names == ["file"])
    let staged = try StagedFile(path)
    try write("new", to: staged.writingPath)
    try staged.commit()
    #expect(try readFile(path) == Array("new".utf8) && directory.names == ["file"])
  }

  /// A rename without a sync left an empty file under the name after a power cut. A pipe is what no system can sync: it
  /// must not take the file's place.
  @Test func whatCannotBeSyncedDoesNotTakeThePlace() throws {
    let path = try directory.write("old", to: "file")
    let staged = try StagedFile(path)
    unlink(staged.writingPath)
    #expect(mkfifo(staged.writingPath, 0o600) == 0)
    #expect(throws: InterchangeError.self) { try staged.commit() }
    #expect(FileStatus(path: path)?.isRegular == true && FileStatus(path: path)?.sizeBytes == 3)
  }

  @Test func aLinkStaysAndItsFileIsReplaced() throws {
    let path = try directory.write("old", to: "file")
    let link = directory.file("link")
    #expect(symlink("file", link) == 0)
    let weights = Safetensors([.init(name: "w", shape: [1], values: [1])])
    try weights.write(to: link)
    #expect(FileStatus(path: link, followsLinks: false)?.isSymbolicLink == true)
    #expect(try Safetensors(path: path) == weights)
  }

  @Test(arguments: [0o600, 0o664, 0o2664, 0o1640] as [mode_t]) func everyBitOfTheModeStays(mode: mode_t)
    throws
  {
    let path = try directory.write("old", to: "file")
    #expect(chmod(path, mode) == 0)
    let staged = try StagedFile(path)
    try write("new", to: staged.writingPath)
    try staged.commit()
    #expect(FileStatus(path: path)?.rights.mode == mode)
  }
}
