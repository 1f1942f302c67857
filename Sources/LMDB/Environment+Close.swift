import Platform

extension Environment {
  /// Ends one use of the environment; the last one closes the file, when its transactions have ended.
  ///
  /// Nothing new begins after the last `close`. Idle snapshots are asked for by the `onQuiesce` handlers.
  package func close() {
    guard getpid() == processID else { return }
    let handlers: [@Sendable () -> Void] = state.change { state in
      guard state.openCount > 0 else { return [] }
      state.openCount -= 1
      return state.openCount == 0 ? Array(state.quiesceHandlers.values) : []
    }
    for handler in handlers { handler() }
    finishClose()
  }

  /// Closes the file when nobody uses it any more; otherwise the last transaction to end calls this again.
  func finishClose() {
    EnvironmentRegistry.environments.withLock { environments in
      let file: OpenFile? = state.change { state in
        guard state.canBeFinished, let file = state.file else { return nil }
        state.file = nil
        return file
      }
      guard let file else { return }
      environments[file.identity] = nil
      file.close()
    }
  }
}
