import Basics
import ArgumentParser
import Dispatch
import Evaluation
import Interchange
import SessionEncoder
import Synchronization
import Training
import Transformer

/// Trains a session model on a file of interactions and ranks the users' last items among all.
struct Sessions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sessions",
    abstract:
      "Trains on interactions (user, item, … a line, oldest first) and evaluates leave-one-out, full ranking."
  )

  @Argument(help: "A tab-separated file with a header; user and item first; users together, in order.")
  var file: String
  @Option var dimension = 64
  @Option var blocks = 2
  @Option var heads = 2
  @Option var expansion = 4
  @Option var length = 50
  @Option var activation = Activation.gelu
  @Option var positions = PositionKind.rotary
  @Option var norm = NormalizationKind.layer
  @Flag var gated = false
  @Option var batch = 256
  @Option var rate = 1e-3
  @Option var dropout = 0.5
  @Option var beta2 = 0.98
  @Option var attentionDropout = 0.0
  @Option var rowDropout = 0.0
  @Option var decay = 0.0
  @Option var smoothing = 0.0
  @Option var averaging = 0.0
  @Option var temperature: Double?
  @Option(help: "Items with their title and attributes, .jsonl or .jsonl.gz.") var items: String?
  @Option var negatives: Int?
  @Option var popularShare = 0.0
  @Option var epochs = 100
  @Option var patience = 10
  @Option var every = 1
  @Option var threads = 2
  @Option var seed: UInt64 = 1
  @Flag(help: "Also rank the test items after each check, for curves; never for choosing.") var showTest =
    false

  func run() throws {
    let data = try Interactions(file: file)
    let features = try items.map { try data.features(file: $0) }
    var shape = SessionConfiguration(itemCount: data.itemCount)
    shape.featureCount = features?.featureCount ?? 0
    shape.dimension = dimension
    shape.blockCount = blocks
    shape.heads = heads
    shape.expansion = expansion
    shape.maximumLength = length
    shape.activation = activation
    shape.positions = positions
    shape.normalization = norm
    shape.isGated = gated
    shape.temperature = temperature
    var recipe = TrainingConfiguration()
    recipe.batchSize = batch
    recipe.learningRate = rate
    recipe.dropout = dropout
    recipe.attentionDropout = attentionDropout
    recipe.rowDropout = rowDropout
    recipe.decay = decay
    recipe.smoothing = smoothing
    recipe.averaging = averaging
    recipe.beta2 = beta2
    recipe.negatives = negatives
    recipe.popularShare = popularShare
    recipe.threads = threads
    recipe.seed = seed
    let model = SessionModel(shape, features: features)
    let trainer = Trainer<Float>(model, recipe)
    let all = SequenceSet(data.sequences)
    let training = all.droppingLast(2, atLeast: 2)
    var (best, bestEpoch, total) = (-1.0, 0, 0.0)
    var atBest = ""
    for epoch in 1...epochs {
      var loss = 0.0
      let seconds = microseconds { loss = trainer.epoch(training) } / 1e6
      total += seconds
      guard epoch % every == 0 else { continue }
      let validation = ranks(trainer, all, leavingOut: 2)
      let test = showTest || validation.ndcg(at: 10) > best ? ranks(trainer, all, leavingOut: 1) : nil
      let testText =
        test.map { "HR@10 \(fixed($0.hitRate(at: 10), 4)) NDCG@10 \(fixed($0.ndcg(at: 10), 4))" } ?? ""
      print(
        "epoch \(epoch) loss \(fixed(loss, 4)) \(fixed(seconds, 2)) s; validation NDCG@10 "
          + "\(fixed(validation.ndcg(at: 10), 4)) test \(testText)"
      )
      flushOutput()
      if validation.ndcg(at: 10) > best {
        (best, bestEpoch) = (validation.ndcg(at: 10), epoch)
        atBest = testText
      } else if epoch - bestEpoch >= patience * every {
        break
      }
    }
    print(
      "best epoch \(bestEpoch), \(fixed(total, 1)) s of training, validation NDCG@10 \(fixed(best, 4)): test \(atBest)"
    )
  }

  /// The ranks of each user's item before the last `leavingOut - 1`, history removed.
  private func ranks(_ trainer: Trainer<Float>, _ all: SequenceSet, leavingOut: Int) -> RankingMetrics {
    let task = RankingTask(
      leavingOneOut: all, after: leavingOut - 1, itemCount: trainer.model.configuration.itemCount,
      isKeepingSeen: false)
    return RankingMetrics(ranks: HeldOutRanks(trainer.model, threads: threads).ranks(trainer.trained, task))
  }
}

extension Activation: ExpressibleByArgument {}
extension PositionKind: ExpressibleByArgument {}
extension NormalizationKind: ExpressibleByArgument {}

/// Users' items in order, numbered as they come.
struct Interactions {
  private(set) var sequences: [[UInt32]] = []
  private(set) var itemCount = 0
  private var items: [Substring: UInt32] = [:]

  /// Words of titles and attributes of the items in a file of JSON lines.
  func features(file: String) throws -> ItemFeatures {
    var names = [[String]](repeating: [], count: itemCount)
    let reader = LineReader(try ByteSource(path: file))
    while case .text(let line)? = try reader.next() {
      guard let members = try JSONParser.parse(String(decoding: line, as: UTF8.self)).object else { continue }
      var (item, found): (String?, [String]) = (nil, [])
      for member in members.members {
        let (name, value) = (member.key, member.value)
        if name == "item" {
          item = value.identifier
        } else if name == "title", let text = value.string {
          found += text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { "word:" + $0 }
        } else if let values = value.array {
          found += values.compactMap(\.identifier).map { "\(name):\($0)" }
        }
      }
      if let number = item.flatMap({ items[Substring($0)] }) { names[Int(number)] = found }
    }
    return ItemFeatures(names)
  }

  init(file: String) throws {
    let reader = LineReader(try ByteSource(path: file))
    var users: [Substring: Int] = [:]
    var isHeader = true
    while case .text(let line)? = try reader.next() {
      guard !isHeader else {
        isHeader = false
        continue
      }
      let columns = String(decoding: line, as: UTF8.self).split(
        separator: "\t", omittingEmptySubsequences: false)
      guard columns.count > 1 else { continue }
      let item = items[columns[1]] ?? UInt32(items.count)
      items[columns[1]] = item
      let user = users[columns[0]] ?? users.count
      users[columns[0]] = user
      if user == sequences.count { sequences.append([]) }
      sequences[user].append(item)
    }
    itemCount = items.count
  }
}
