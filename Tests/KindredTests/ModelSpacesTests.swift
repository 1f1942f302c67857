import TestSupport
import Kindred
import Testing

/// `train` replaced a space named `session` that held the vectors of somebody who had never heard of models: nobody
/// looked at what had made them.
@Suite struct ModelSpacesTests {
  @Test(arguments: ["session", "session-users"])
  func trainingRefusesASpaceThatTheUserMade(name: String) throws {
    let shop = try SessionFixture()
    let kind: RecordKind = name == "session" ? .items : .users
    let id = kind == .items ? "i1" : "u1"
    try shop.store.createSpace(SpaceConfiguration(name: name, of: kind, dimension: 2, metric: .l2))
    try shop.store.upsert(name, ids: [id], vectors: [1, 2])
    let error = #expect(throws: StoreError.self) {
      // A call after the first epoch would end the test with another error: it is refused before anything is learned.
      try shop.store.train(
        SessionFixture.options(epochs: 1), onEpoch: { _ in throw TestFailure("an epoch was learned") })
    }
    #expect(error?.code == .unsupported)
    #expect(try shop.store.read { try $0.space(name).count } == 1)
    #expect(try shop.store.read { try $0.models() }.isEmpty)
  }
}
