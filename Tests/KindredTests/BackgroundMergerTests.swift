import Engine
import Testing

@testable import Kindred

/// Every error of a merge in the background was logged for nobody to see, a damaged graph and a full disk among them.
@Suite struct BackgroundMergerTests {
  @Test func whatSomebodyHasToLookAtIsLoggedAsSuch() {
    #expect(BackgroundMerger.level(of: EngineError(.busy, "")) == .debug)
    #expect(BackgroundMerger.level(of: EngineError(.cancelled, "")) == .debug)
    #expect(BackgroundMerger.level(of: EngineError(.diskFull, "")) == .warning)
    #expect(BackgroundMerger.level(of: EngineError(.corrupted, "")) == .error)
    #expect(BackgroundMerger.level(of: CancellationError()) == .error)
  }
}
