import Engine

extension Snapshot {
  /// What events mean; nil where the store is of a format before 9 and keeps no counts.
  /// - Throws: `StoreError` `.corrupted`.
  public func signalPolicy() throws -> SignalPolicy? {
    try StoreError.translating { try base.signalPolicy() }
  }

  /// The kinds of events that the store has or had, sorted by bytes.
  /// - Throws: `StoreError` `.corrupted`.
  /// - Complexity: O(kinds).
  public func eventKinds() throws -> [String] { try StoreError.translating { try base.eventKinds() } }
}

extension Store {
  /// What events mean; see `Snapshot.signalPolicy()`.
  /// - Throws: as that one; `StoreError` `.closed`.
  public func signalPolicy() throws -> SignalPolicy? { try read { try $0.signalPolicy() } }

  /// Says what events mean, and counts all of them again by it. Models go by it from the next training on.
  /// - Parameter policy: for a store of a format before 9, `SignalPolicy()` begins to keep counts.
  /// - Throws: `StoreError` `.invalidArgument` for a policy that cannot be; as `write`.
  /// - Complexity: O(events), in one transaction.
  public func setSignalPolicy(_ policy: SignalPolicy) throws { try write { try $0.setSignalPolicy(policy) } }

  /// As the blocking form, off the threads that run tasks.
  public func setSignalPolicy(_ policy: SignalPolicy) async throws {
    try await write { try $0.setSignalPolicy(policy) }
  }
}

extension WriteTransaction {
  /// Says what events mean; see `Store.setSignalPolicy(_:)`.
  /// - Throws: `StoreError` `.invalidArgument`, `.corrupted`.
  /// - Complexity: O(events).
  public func setSignalPolicy(_ policy: SignalPolicy) throws {
    try StoreError.translating { try writer.setSignalPolicy(policy) }
  }
}
