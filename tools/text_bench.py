"""Encodes titles with all-MiniLM-L6-v2 in ONNX Runtime, OpenVINO and with ours, in turn; see tools/text-bench.

The graph for ONNX Runtime is made from the model's own weights: the operations of a BERT encoder as PyTorch exports
them, with dynamic batch and length; ONNX Runtime optimises it as far as it can (all optimisations are on)."""

import argparse
import os
import statistics
import subprocess
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file
from tokenizers import Tokenizer

HEADS, LAYERS, EPSILON = 12, 6, 1e-12


class Graph:
    """An ONNX graph that is written operation by operation."""

    def __init__(self, weights):
        self.weights, self.nodes, self.constants, self.names = weights, [], [], set()

    def constant(self, name, array):
        if name not in self.names:
            self.names.add(name)
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, operation, *inputs, **attributes):
        output = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [output], **attributes))
        return output

    def integers(self, *values):
        return self.constant("i" + "_".join(map(str, values)), np.array(values, np.int64))

    def number(self, value):
        return self.constant(f"f{value}", np.array(value, np.float32))

    def linear(self, x, name):
        weight = self.constant(name + ".weight", self.weights[name + ".weight"].T)
        bias = self.constant(name + ".bias", self.weights[name + ".bias"])
        return self.add("Add", bias, self.add("MatMul", x, weight))

    def norm(self, x, name):
        gain, bias = (self.constant(f"{name}.{part}", self.weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", x, gain, bias, axis=-1, epsilon=EPSILON)

    def heads(self, x, permutation):
        return self.add("Transpose", self.add("Reshape", x, self.integers(0, 0, HEADS, 32)), perm=permutation)

    def layer(self, x, mask, name):
        q, k, v = (self.linear(x, f"{name}.attention.self.{part}") for part in ("query", "key", "value"))
        scores = self.add("MatMul", self.heads(q, [0, 2, 1, 3]), self.heads(k, [0, 2, 3, 1]))
        scores = self.add("Add", self.add("Div", scores, self.number(32 ** 0.5)), mask)
        shares = self.add("Softmax", scores, axis=-1)
        attended = self.add("Transpose", self.add("MatMul", shares, self.heads(v, [0, 2, 1, 3])), perm=[0, 2, 1, 3])
        attended = self.add("Reshape", attended, self.integers(0, 0, 384))
        x = self.norm(self.add("Add", self.linear(attended, f"{name}.attention.output.dense"), x),
                      f"{name}.attention.output.LayerNorm")
        up = self.linear(x, f"{name}.intermediate.dense")
        half = self.add("Add", self.add("Erf", self.add("Div", up, self.number(2 ** 0.5))), self.number(1.0))
        raised = self.add("Mul", self.add("Mul", up, half), self.number(0.5))
        return self.norm(self.add("Add", self.linear(raised, f"{name}.output.dense"), x), f"{name}.output.LayerNorm")

    def write(self, path):
        e = "embeddings."
        words = self.add("Gather", self.constant(e + "w", self.weights[e + "word_embeddings.weight"]), "input_ids")
        length = self.add("Gather", self.add("Shape", "input_ids"), self.integers(1))
        rows = self.weights[e + "position_embeddings.weight"] + self.weights[e + "token_type_embeddings.weight"][0]
        places = self.add("Slice", self.constant(e + "p", rows), self.integers(0), length, self.integers(0))
        x = self.add("Add", words, places)
        x = self.norm(x, e + "LayerNorm")
        mask = self.add("Cast", self.add("Unsqueeze", "attention_mask", self.integers(1, 2)), to=TensorProto.FLOAT)
        mask = self.add("Mul", self.add("Sub", self.number(1.0), mask), self.number(-3e38))
        for layer in range(LAYERS):
            x = self.layer(x, mask, f"encoder.layer.{layer}")
        self.nodes.append(helper.make_node("Identity", [x], ["last_hidden_state"]))
        ids = [helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "l"])
               for name in ("input_ids", "attention_mask")]
        output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["b", "l", 384])
        graph = helper.make_graph(self.nodes, "bert", ids, [output], self.constants)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)


def batches(ids, size=32):
    order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
    for first in range(0, len(order), size):
        places = order[first:first + size]
        length = max(len(ids[place]) for place in places)
        tokens, mask = (np.zeros((len(places), length), np.int64) for _ in range(2))
        for row, place in enumerate(places):
            tokens[row, :len(ids[place])], mask[row, :len(ids[place])] = ids[place], 1
        yield places, tokens, mask


class Peer:
    """A runtime with the model: text in, vectors out."""

    def __init__(self, name, tokenizer, run):
        self.name, self.tokenizer, self.run = name, tokenizer, run

    def encode(self, texts):
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        vectors = np.empty((len(texts), 384), np.float32)
        for places, tokens, mask in batches(ids):
            hidden = self.run(tokens, mask)
            means = (hidden * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
            vectors[places] = means / np.linalg.norm(means, axis=1, keepdims=True)
        return vectors

    def seconds(self, texts):
        start = time.perf_counter()
        self.encode(texts)
        return time.perf_counter() - start

    def one(self, texts):
        return statistics.median(self.seconds([text]) for text in texts[:100])


class Ours:
    """The same of a process of ours."""

    def __init__(self, options, file, precision, threads):
        self.name = f"ours {precision}"
        command = [options.helper, "texts", options.model, file, "--precision", precision, "--threads", str(threads)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.kernels = self.process.stdout.readline().split()[-1]

    def ask(self, word):
        print(word, file=self.process.stdin, flush=True)
        return self.process.stdout.readline().split()

    def seconds(self, _):
        return float(self.ask("all")[0])

    def one(self, _):
        return float(self.ask("one")[0])

    def vectors(self, path):
        self.ask(f"vectors {path}")
        return np.fromfile(path, np.float32).reshape(-1, 384)


def onnx_peer(name, tokenizer, path, threads):
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
    return Peer(name, tokenizer, lambda ids, mask: session.run(None, {"input_ids": ids, "attention_mask": mask})[0])


def openvino_peer(name, tokenizer, path, threads, precision):
    import openvino
    compiled = openvino.Core().compile_model(
        path, "CPU", {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": precision, "NUM_STREAMS": 1})
    request = compiled.create_infer_request()
    return Peer(name, tokenizer, lambda ids, mask: request.infer(
        {"input_ids": ids, "attention_mask": mask})[compiled.output(0)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--helper", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--texts", required=True)
    parser.add_argument("--count", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    tokenizer = Tokenizer.from_file(options.model + "/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    lines = [line.rstrip("\n") for line in open(options.texts, encoding="utf-8")]
    texts = [line for line in lines if 8 <= len(tokenizer.encode(line).ids) <= 26][:options.count]
    with tempfile.TemporaryDirectory() as folder:
        file, plain = f"{folder}/texts.txt", f"{folder}/plain.onnx"
        with open(file, "w", encoding="utf-8") as out:
            out.writelines(text + "\n" for text in texts)
        Graph(load_file(options.model + "/model.safetensors")).write(plain)
        quantize_dynamic(plain, f"{folder}/int8.onnx", per_channel=True, weight_type=QuantType.QInt8)
        t = options.threads
        peers = [
            Ours(options, file, "float32", t), onnx_peer("ONNX Runtime float32", tokenizer, plain, t),
            Ours(options, file, "bfloat16", t), openvino_peer("OpenVINO bfloat16", tokenizer, plain, t, "bf16"),
            openvino_peer("OpenVINO float32", tokenizer, plain, t, "f32"),
            Ours(options, file, "int8", t), onnx_peer("ONNX Runtime int8", tokenizer, f"{folder}/int8.onnx", t),
        ]
        reference = peers[1].encode(texts)
        print(f"{len(texts)} titles, {t} thread(s), {options.rounds} rounds in turn, kernels {peers[0].kernels}")
        times = {peer.name: ([], []) for peer in peers}
        for _ in range(options.rounds):
            for peer in peers:
                times[peer.name][0].append(peer.seconds(texts))
                times[peer.name][1].append(peer.one(texts))
        print("| engine | texts a second | one text, median ms | smallest cosine to float32 |\n|---|---:|---:|---:|")
        for peer in peers:
            vectors = peer.vectors(f"{folder}/v") if isinstance(peer, Ours) else peer.encode(texts)
            cosine = (vectors * reference).sum(1).min()
            whole, one = (statistics.median(series) for series in times[peer.name])
            print(f"| {peer.name} | {len(texts) / whole:.0f} | {1000 * one:.2f} | {cosine:.5f} |")
        ours = peers[0]
        tokens = statistics.median(float(ours.ask("tokens")[0]) for _ in range(options.rounds))
        load = statistics.median(float(ours.ask("load")[0]) for _ in range(options.rounds))
        print(f"tokenizer {len(texts) / tokens:.0f} texts a second; the model is read in {1000 * load:.0f} ms")


main()
