import TestSupport
import Kindred

extension Store.Options {
  /// For tests that never lose power: nothing waits for the disk, and merges happen when the test says so.
  static let testing = Store.Options(durability: .none, mergesAutomatically: false)
}

extension Store {
  /// A new store in a directory.
  static func testing(_ directory: TemporaryDirectory, _ name: String = "shop.kindred") throws -> Store {
    try create(at: directory.file(name), options: .testing)
  }
}

/// The error that `body` throws, if it is the store's.
func storeError<R>(_ body: () throws -> R) -> StoreError? {
  do {
    _ = try body()
    return nil
  } catch { return error as? StoreError }
}

/// The code of the error that `body` throws; nil when it throws none or another.
func code<R>(_ body: () throws -> R) -> StoreError.Code? { storeError(body)?.code }

/// Everything a store says about its records and events, for comparing stores.
struct Contents: Equatable {
  var items: [Item] = []
  var users: [User] = []
  var events: [Event] = []

  init(_ store: Store) throws {
    self = try store.read { try Contents($0) }
  }

  init(_ snapshot: borrowing Snapshot) throws {
    try snapshot.forEachRecord(.items) { items += [$0 as? Item].compactMap { $0 } }
    try snapshot.forEachRecord(.users) { users += [$0 as? User].compactMap { $0 } }
    try snapshot.forEachEvent { events.append($0) }
  }
}
