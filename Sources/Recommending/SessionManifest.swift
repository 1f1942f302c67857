import Baselines
import SessionEncoder
import Training
import Transformer

/// What is stored of a session model beside its weights, as JSON.
package struct SessionManifest: Sendable {
  /// Raised when an older program would misread the arrays or serve otherwise. Models of format 6 are of another
  /// architecture than the Transformer, or learned from attributes of users; those of format 5 learned from content;
  /// those of format 4 have named arrays; before, those without rules are of format 1, and those of rules without
  /// counts of format 2.
  static let format = 6
  static let formatWithContent = 5
  static let formatWithoutContent = 4

  /// What a model learned from.
  package struct Data: Sendable {
    package var sequences = 0
    package var events = 0
    /// Users with an event that was learned from or held out for early stopping, and those events; nil for older
    /// models.
    package var users: Int?
    package var usedEvents: Int?
    /// Before how many of each sequence's last targets it was cut on purpose, for an evaluation.
    package var excludedLast = 0
    /// A checksum of the signal policy that said which events are targets; nil where every event is one.
    package var signals: Int64?
    /// Events at or after this time were left out, in milliseconds since 1970.
    package var before: Int64?
    /// The newest event's time.
    package var newest: Int64 = 0
    /// The oldest event's time; nil for older models.
    package var oldest: Int64?
  }

  /// What is known of a model's rules beside their weights.
  struct Rules: Sendable {
    var share = 0.0
    /// Rules of all items together.
    var count = 0
    var configuration = SequentialRules.Configuration()
    /// Whether it is stored how many users each rule and item occurs with.
    var hasCounts = false
  }

  var shape: SessionConfiguration
  var recipe: TrainingConfiguration
  package var data: Data
  /// The kinds of events tokens tell apart, by number from 1; 0 is any other.
  var kinds: [String]
  /// The names of the items' features.
  var features: [String]
  /// How items are scored that came after the training; nil for models of former formats and where nothing could be
  /// held out to calibrate by: such items are scored as all others.
  var newItems: NewItemCalibration?
  /// The spaces whose vectors are content of the items.
  var content: [ContentSource] = []
  /// The names of the users' attributes that it learned from.
  var profiles: [String] = []
  /// Whether histories may hold an item more than once, and recommendations what was seen.
  var isRepeating: Bool
  package var epochs = 0
  /// Epochs after those in which all that was held out was learned from too.
  var epochsWithHeldOut = 0
  var seconds = 0.0
  /// The best score on held-out events, by name.
  var scores: [(name: String, value: Double)] = []
  var rules: Rules?

  private static let validationScore = "validationNDCG@10"

  /// NDCG@10 of the events held out for early stopping.
  package var validationNDCG: Double? {
    get { scores.first { $0.name == Self.validationScore && $0.value >= 0 }?.value }
    set { scores = newValue.map { [(Self.validationScore, $0)] } ?? [] }
  }

  /// The shape of the model that is stored: what was learned of the known items' features is in their rows.
  var storedShape: SessionConfiguration {
    var shape = shape
    shape.featureCount = 0
    shape.contentWidth = 0
    shape.profileFeatureCount = 0
    return shape
  }
}
