import Basics
import Engine
import Logging
import Records
import TextEncoder
import Tensors
import VectorMath

/// The numbers that a text model computes in. Vectors of different precisions are never mixed in one space.
public enum EncoderPrecision: String, Sendable, Hashable, Codable, CaseIterable {
  /// That of the reference.
  case float32
  /// Half the memory for weights; faster than float32 only where the processor multiplies such numbers faster, see
  /// docs/benchmarks.md. The cosine to the reference was at least 0.9999 for 200 texts with all-MiniLM-L6-v2.
  case bfloat16
  /// Weights and activations in 8 bits, scaled by channel and by token: the fastest. The cosine was at least 0.99 for
  /// the same texts.
  case int8

  init(_ weights: WeightPrecision) {
    self =
      switch weights {
      case .float32: .float32
      case .bfloat16: .bfloat16
      case .int8: .int8
      }
  }

  var weights: WeightPrecision {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    case .int8: .int8
    }
  }
}

/// How texts become vectors.
public struct EmbedOptions: Sendable, Hashable {
  /// Components of each vector; nil for what the space has, or else for the encoder's own. Of a text model's vectors
  /// the first ones are kept, as models allow that were trained for it.
  public var dimension: Int?
  /// Encodes records without a vector alone, with the encoder that the space has.
  public var onlyMissing: Bool
  /// What a text model computes in; nil for what the space has, or else float32.
  public var precision: EncoderPrecision?
  /// What a text model has in front of what is looked for, such as `query: `; nil for what the space has, or else for
  /// what the model says.
  public var queryPrefix: String?
  /// What it has in front of what is to be found, such as `passage: `; nil as above.
  public var passagePrefix: String?

  /// Makes options; the defaults take what a model says.
  public init(
    dimension: Int? = nil, onlyMissing: Bool = false, precision: EncoderPrecision? = nil,
    queryPrefix: String? = nil, passagePrefix: String? = nil
  ) {
    (self.dimension, self.onlyMissing, self.precision) = (dimension, onlyMissing, precision)
    (self.queryPrefix, self.passagePrefix) = (queryPrefix, passagePrefix)
  }
}

/// What embedding did.
public struct EmbedReport: Sendable, Hashable, Codable {
  /// Records whose text became a vector.
  public var embedded: Int
  /// Records that got no vector: the sum of the three below.
  public var skipped: Int { withoutText + withoutFeatures + alreadyEmbedded }
  /// Records without text.
  public var withoutText = 0
  /// Records whose text has nothing that the encoder can use, such as punctuation alone.
  public var withoutFeatures = 0
  /// Records that have the vector of their text already: with `onlyMissing`, or where a text model is the space's.
  public var alreadyEmbedded = 0
  /// The dimension of the space.
  public var dimension: Int
}

extension Store {
  /// Turns the text of all items (or of the users, for a space over users) into vectors of a space, which is made when
  /// it is not there. The encoder is remembered with the space: it answers `query(_:text:)`, and makes the vectors of
  /// texts that are written later in the call that writes them.
  ///
  /// The hashed encoder learns how frequent words are from the stored texts each time, unless `onlyMissing` keeps the
  /// encoder there is so that old and new vectors stay comparable.
  ///
  /// A text model encodes what has no vector yet, in slices that are kept when the call ends early; another call goes
  /// on. A space that has another encoder is answered from as it was until all its vectors are there: they are made in
  /// a space beside it, `NAME.next`, which takes its place in the end.
  /// - Parameters:
  ///   - name: the space's name.
  ///   - encoder: `hashed`, or the folder of a text model as sentence-transformers saves it; nil for the space's own,
  ///     or `hashed` where it has none.
  ///   - options: see there.
  ///   - progress: is called from time to time with how far the work is.
  /// - Throws: `StoreError` `.notFound` where there is no such folder, `.foreign` for a model that is not supported,
  ///   `.corrupted` for one that is damaged, `.unsupported` for a space whose vectors the caller brought,
  ///   `.dimensionMismatch`, `.invalidArgument`, `.memoryLimit`; `CancellationError`.
  /// - Complexity: O(records + length of the texts encoded). Hashed: with the new vectors in memory, then a rebuild of
  ///   the space, or with `onlyMissing` and few new vectors a write to its tail and a merge where that is due. A text
  ///   model: in slices of 1,024 texts.
  @discardableResult
  public func embed(
    _ name: String, encoder: String? = nil, options: EmbedOptions = EmbedOptions(),
    progress: ProgressHandler? = nil
  ) throws -> EmbedReport {
    try StoreError.translating {
      defer { announce(spaces: [name]) }
      let record = try engine.read { try $0.existingSpace(name) }
      let own = record.map(\.encoder) ?? ""
      if options.onlyMissing || encoder == nil, let record, TextEncoderNames.isSentence(own) {
        let folder =
          try encoder
          ?? SentenceEncoderState(decoding: try engine.read { try $0.encoderState(of: record) }).folder
        return try SentenceEmbedding(self, name, folder: folder, options, progress).run()
      }
      if let encoder, encoder != TextEncoderNames.hashed {
        return try SentenceEmbedding(self, name, folder: encoder, options, progress).run()
      }
      let space = try spaceForHashing(name, dimension: options.dimension)
      let keepsEncoder = options.onlyMissing && space.encoder == TextEncoderNames.hashed
      return try HashedEmbedding(self, space, keepsEncoder: keepsEncoder, progress)
        .run(onlyMissing: keepsEncoder)
    }
  }

  /// Makes the vectors that a write has left. What fails is logged: the write itself is done.
  func embedLeft(by due: DueWork, _ progress: ProgressHandler? = nil) {
    func warn(_ space: String, _ reason: String) {
      Logger(label: "kindred.embed").warning(
        """
        texts were stored without vectors in space "\(space)": \(reason); make them with: kindred embed STORE --space \
        \(space)
        """)
    }
    for (space, reason) in due.failedEncoders { warn(space.value, reason) }
    for (name, ordinals) in due.unembedded.sorted(by: { $0.key < $1.key }) {
      do {
        guard let record = try engine.read({ try $0.existingSpace(name.value) }),
          TextEncoderNames.areText(record.encoder)
        else { continue }
        let encoder = try engine.read { try encoders.encoder(of: record, $0) }
        _ = try MissingTexts(self, record, encoder, progress).run(ordinals)
        if options.mergesAutomatically { merger.start([name]) }
        announce(spaces: [name.value])
      } catch { warn(name.value, "\(error)") }
    }
  }

  /// The space, made now if it is not there.
  private func spaceForHashing(_ name: String, dimension: Int?) throws -> SpaceRecord {
    if let record = try engine.read({ try $0.existingSpace(name) }) {
      if let dimension, dimension != record.shape.dimension {
        throw StoreError(
          code: .dimensionMismatch,
          message: "space \"\(name)\" has dimension \(record.shape.dimension), not \(dimension)")
      }
      try requireTexts(record)
      return record
    }
    var settings = HashedTextSettings()
    settings.dimension = dimension ?? settings.dimension
    do throws(ModelError) { _ = try HashedTextEncoder(settings: settings) } catch {
      throw StoreError(code: .invalidArgument, message: error.message, cause: error)
    }
    try createSpace(
      SpaceConfiguration(name: name, of: .items, dimension: settings.dimension, metric: .cosine))
    return try engine.read { try $0.space(name).record }
  }

  /// - Throws: `.unsupported` where a space has vectors that no text encoder made.
  func requireTexts(_ record: SpaceRecord) throws {
    guard TextEncoderNames.areText(record.encoder) || record.liveCount == 0 else {
      throw StoreError(
        code: .unsupported,
        message:
          "space \"\(record.name)\" holds \(record.liveCount) vectors that no text encoder made; embed into another "
          + "space")
    }
  }
}
