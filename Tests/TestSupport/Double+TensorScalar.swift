import CKernels
package import Tensors
import VectorMath

// constant data of the program
private nonisolated(unsafe) let kernelsF64 = kindred_tensor_f64_for(((try? Kernels.selected()) ?? .best).name)
  .pointee

extension Double: TensorScalar {
  package static func convert(_ x: UnsafePointer<Float>, _ count: Int, _ y: Target) {
    for index in 0..<count { y[index] = Double(x[index]) }
  }
  package static func gemm(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Self, _ a: Source,
    _ lda: Int, _ b: Source, _ ldb: Int, _ accumulate: Bool, _ c: Target, _ ldc: Int, _ workspace: Target
  ) {
    kernelsF64.gemm(
      transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, alpha, a, lda, b, ldb, accumulate ? 1 : 0, c, ldc,
      workspace)
  }
  package static func softmaxGradient(
    _ logits: Target, _ ld: Int, _ rows: Int, _ columns: Int, _ targets: UnsafePointer<UInt32>,
    _ weight: Self, _ losses: Target
  ) {
    kernelsF64.softmax_gradient(logits, ld, rows, columns, targets, weight, losses)
  }
  package static func norm(
    _ x: Source, _ gain: Source, _ bias: Source?, _ rows: Int, _ d: Int, _ epsilon: Self, _ y: Target,
    _ mean: Target, _ inverse: Target
  ) {
    kernelsF64.norm(x, gain, bias, rows, d, epsilon, y, mean, inverse)
  }
  package static func normBackward(
    _ x: Source, _ gain: Source, _ dy: Source, _ mean: Source, _ inverse: Source, _ rows: Int, _ d: Int,
    _ dx: Target, _ dgain: Target, _ dbias: Target?
  ) {
    kernelsF64.norm_backward(x, gain, dy, mean, inverse, rows, d, dx, dgain, dbias)
  }
  package static func attention(
    _ q: Source, _ ldq: Int, _ k: Source, _ v: Source, _ ldkv: Int, _ queries: Int, _ keys: Int, _ shift: Int,
    _ width: Int, _ scale: Self, _ rate: Self, _ seed: UInt64, _ out: Target, _ ldout: Int,
    _ probabilities: Target, _ workspace: Target
  ) {
    kernelsF64.attention(
      q, ldq, k, v, ldkv, queries, keys, shift, width, scale, rate, seed, out, ldout, probabilities,
      workspace)
  }
  package static func attentionBackward(
    _ q: Source, _ ldq: Int, _ k: Source, _ v: Source, _ ldkv: Int, _ queries: Int, _ keys: Int, _ shift: Int,
    _ width: Int, _ scale: Self, _ probabilities: Source, _ dout: Source, _ ldout: Int, _ dq: Target,
    _ dk: Target, _ dv: Target, _ slopes: Target, _ workspace: Target
  ) {
    kernelsF64.attention_backward(
      q, ldq, k, v, ldkv, queries, keys, shift, width, scale, probabilities, dout, ldout, dq, dk, dv,
      slopes, workspace)
  }
  package static func rotate(
    _ x: Target, _ ld: Int, _ rows: Int, _ heads: Int, _ width: Int, _ cosines: Source, _ sines: Source,
    _ positions: UnsafePointer<UInt32>, _ direction: Self
  ) {
    kernelsF64.rotate(x, ld, rows, heads, width, cosines, sines, positions, direction)
  }
  package static func relu(_ x: Source, _ count: Int, _ y: Target) {
    kernelsF64.relu(x, count, y)
  }
  package static func reluBackward(_ x: Source, _ dy: Source, _ count: Int, _ dx: Target) {
    kernelsF64.relu_backward(x, dy, count, dx)
  }
  package static func gelu(_ x: Source, _ count: Int, _ y: Target) {
    kernelsF64.gelu(x, count, y)
  }
  package static func geluBackward(_ x: Source, _ dy: Source, _ count: Int, _ dx: Target) {
    kernelsF64.gelu_backward(x, dy, count, dx)
  }
  package static func swiglu(_ x: Source, _ rows: Int, _ width: Int, _ y: Target) {
    kernelsF64.swiglu(x, rows, width, y)
  }
  package static func swigluBackward(_ x: Source, _ dy: Source, _ rows: Int, _ width: Int, _ dx: Target) {
    kernelsF64.swiglu_backward(x, dy, rows, width, dx)
  }
  package static func gate(_ g: Source, _ x: Source, _ count: Int, _ y: Target) {
    kernelsF64.gate(g, x, count, y)
  }
  package static func gateBackward(
    _ g: Source, _ x: Source, _ dy: Source, _ count: Int, _ dg: Target, _ dx: Target
  ) {
    kernelsF64.gate_backward(g, x, dy, count, dg, dx)
  }
  package static func dropout(_ x: Source, _ count: Int, _ rate: Self, _ seed: UInt64, _ y: Target) {
    kernelsF64.dropout(x, count, rate, seed, y)
  }
  package static func add(_ x: Source, _ count: Int, _ factor: Self, _ y: Target) {
    kernelsF64.add(x, count, factor, y)
  }
  package static func addBias(_ bias: Source, _ rows: Int, _ d: Int, _ y: Target) {
    kernelsF64.add_bias(bias, rows, d, y)
  }
  package static func sumRows(_ x: Source, _ rows: Int, _ d: Int, _ y: Target) {
    kernelsF64.sum_rows(x, rows, d, y)
  }
  package static func dot(_ x: Source, _ y: Source, _ count: Int) -> Self {
    kernelsF64.dot(x, y, count)
  }
  package static func project(
    _ w: Source, _ bias: Source?, _ x: Source, _ outputs: Int, _ d: Int, _ y: Target
  ) {
    kernelsF64.project(w, bias, x, outputs, d, y)
  }
  package static func scale(_ x: Target, _ count: Int, _ factor: Self) {
    for index in 0..<count { x[index] *= factor }
  }
  package static func adam(
    _ parameters: Target, _ gradients: Source, _ first: Target, _ second: Target, _ count: Int, _ step: Self,
    _ beta1: Self, _ beta2: Self, _ epsilon: Self, _ decay: Self, _ scale: Self
  ) {
    kernelsF64.adam(parameters, gradients, first, second, count, step, beta1, beta2, epsilon, decay, scale)
  }
  package static func gru(
    _ inputs: Source, _ recurrent: Source, _ before: Source, _ rows: Int, _ width: Int, _ gates: Target,
    _ state: Target
  ) {
    kernelsF64.gru(inputs, recurrent, before, rows, width, gates, state)
  }
  package static func gruBackward(
    _ gates: Source, _ before: Source, _ dstate: Source, _ rows: Int, _ width: Int, _ dinputs: Target,
    _ drecurrent: Target, _ dbefore: Target
  ) {
    kernelsF64.gru_backward(gates, before, dstate, rows, width, dinputs, drecurrent, dbefore)
  }
  package static func lstm(
    _ inputs: Source, _ recurrent: Source, _ before: Source, _ rows: Int, _ width: Int, _ gates: Target,
    _ cell: Target, _ state: Target
  ) {
    kernelsF64.lstm(inputs, recurrent, before, rows, width, gates, cell, state)
  }
  package static func lstmBackward(
    _ gates: Source, _ before: Source, _ dstate: Source, _ dcell: Source, _ rows: Int, _ width: Int,
    _ dgates: Target, _ dbefore: Target
  ) {
    kernelsF64.lstm_backward(gates, before, dstate, dcell, rows, width, dgates, dbefore)
  }
}
