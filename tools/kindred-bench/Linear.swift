import ArgumentParser
import Basics
import Platform
import Tensors

/// Times the products, the attention and the norms of a served encoder on one thread.
///
/// Each shape is multiplied in turn by the kernels of training and by packed layers in every precision, and the time is
/// the processor's for this thread, so that what else runs on the machine slows all of them alike. Compare columns of
/// one run and not those of two.
struct Linear: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times linear layers packed for serving beside the products of training, in GFLOP/s.")

  @Option(help: "The arm: portable, avx2, avx512, avx512vnni or avx512bf16.") var kernels: String?
  @Option(help: "Rounds of all layers.") var rounds = 21
  @Option(help: "The part of the times below the printed one: 0.5 is the median; 0.1 where others disturb.")
  var quantile = 0.5
  @Option(help: "Layers that are multiplied in turn, so that weights come from memory as in a model.")
  var layers = 6
  @Flag(help: "Applies GELU, by the packed layers alone.") var gelu = false

  /// Rows, inputs and outputs of an encoder of width 384: one title, a batch of them and a long text.
  private static let shapes = [1, 8, 15, 120, 512].flatMap { rows in
    [(384, 1_152), (384, 384), (384, 1_536), (1_536, 384)].map { (rows: rows, input: $0.0, output: $0.1) }
  }

  func run() throws {
    guard let served = kernels.map(ServedKernels.named) ?? .selected else {
      throw ValidationError("this processor does not run \(kernels ?? "")")
    }
    print("arm \(served.name); GFLOP/s of one thread, quantile \(quantile) of \(rounds) rounds")
    print("rows input output    gemm float32 bfloat16    int8")
    for (rows, input, output) in Self.shapes {
      let rates = products(served, rows: rows, input: input, output: output)
      let numbers = rates.map { padded(fixed($0, 1), 8) }.joined()
      print("\(padded("\(rows)", 4)) \(padded("\(input)", 5)) \(padded("\(output)", 6))\(numbers)")
      flushOutput()
    }
    print("tokens  attention of 12 heads of 32, microseconds; addNorm of 384, microseconds per row")
    for rows in [1, 8, 15, 24, 64, 512] {
      let (attention, norm) = others(served, rows: rows)
      print("\(padded("\(rows)", 6)) \(padded(fixed(attention, 1), 10)) \(padded(fixed(norm, 3), 8))")
    }
  }

  /// The kernels of training, and each precision.
  private func products(_ served: ServedKernels, rows: Int, input: Int, output: Int) -> [Double] {
    let x = values(rows * input), weight = values(input * output)
    var y = [Float](repeating: 0, count: rows * output)
    let training = Workspace<Float>()
    let serving = ServedWorkspace()
    let packed = WeightPrecision.allCases.map { precision in
      (0..<layers).map { _ in
        PackedLinear(
          weight: weight, bias: nil, input: input, output: output, precision: precision, kernels: served)
      }
    }
    var times = [[Double]](repeating: [], count: 1 + packed.count)
    for _ in 0..<rounds {
      for layer in 0..<layers {
        times[0].append(
          threadMicroseconds {
            training.multiplyTransposed(x, weight, m: rows, n: output, k: input, into: &y)
          })
        for (index, layers) in packed.enumerated() {
          times[index + 1].append(
            threadMicroseconds {
              layers[layer].forward(x, rows: rows, activation: gelu ? .gelu : .none, into: &y, serving)
            })
        }
      }
    }
    return times.map { 2 * Double(rows * input * output) / chosen($0) / 1e3 }
  }

  /// The time that the processor spent on this thread in `body`.
  private func threadMicroseconds(_ body: () -> Void) -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }
    let start = now()
    body()
    return now() - start
  }

  /// The microseconds of attention over a text, and those of a sum's norm for each row.
  private func others(_ served: ServedKernels, rows: Int) -> (attention: Double, norm: Double) {
    let width = 384, calls = 1 + 500 / rows
    let tokens = values(rows * 3 * width), gain = values(width)
    var out = [Float](repeating: 0, count: rows * width)
    let workspace = ServedWorkspace()
    var (attention, norm): ([Double], [Double]) = ([], [])
    for _ in 0..<rounds {
      attention.append(
        threadMicroseconds {
          for _ in 0..<calls {
            served.bidirectionalAttention(
              tokens, rows: rows, heads: 12, headWidth: 32, scale: 0.1767767, into: &out, workspace)
          }
        } / Double(calls))
      norm.append(
        threadMicroseconds {
          for _ in 0..<calls {
            served.addNorm(
              tokens, tokens, gain: gain, bias: gain, rows: rows, width: width, epsilon: 1e-12, into: &out)
          }
        } / Double(calls * rows))
    }
    return (chosen(attention), chosen(norm))
  }

  private func chosen(_ times: [Double]) -> Double {
    times.sorted()[min(times.count - 1, Int(Double(times.count) * max(0, quantile)))]
  }

  private func values(_ count: Int) -> [Float] {
    var generator = SeededGenerator(seed: UInt64(count))
    return (0..<count).map { _ in Float(2 * generator.nextUnit() - 1) }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
