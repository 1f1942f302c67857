public import Filters

/// Which records or events are listed, in which order, and from where on.
public struct ListOptions: Sendable {
  /// What must pass; nil for all.
  public var filter: Filter?
  /// The order; that of writing if nothing is said, for events by user and time.
  public var order: SortOrder
  /// At most so many; nil for all.
  public var limit: Int?
  /// Behind which place of the same list; nil for its beginning.
  public var after: ListCursor?

  /// See the properties.
  public init(
    where filter: Filter? = nil, orderedBy order: SortOrder = .written, limit: Int? = nil,
    after: ListCursor? = nil
  ) {
    self.filter = filter
    self.order = order
    self.limit = limit
    self.after = after
  }
}

/// A place in a list: behind the last row of a page.
///
/// It stays good while the store is written to: rows that do not change are on one page, whatever is stored, changed
/// or deleted between two. It belongs to one store, one kind of rows, one filter and one order.
public struct ListCursor: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The cursor as text, for a program to keep and to hand back.
  public let text: String

  /// A cursor by its text; a text that is none is an error where it is used.
  public init(_ text: String) { self.text = text }

  /// The text.
  public var description: String { text }
}
