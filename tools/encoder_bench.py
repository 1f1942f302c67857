"""Encodes sessions with our weights in ONNX Runtime and compares vectors and times with ours; see tools/encoder-bench."""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

import numpy as np
import onnxruntime
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    def __init__(self, weights, name, heads, length):
        super().__init__()
        self.weights = {key[len(name) + 1:]: value for key, value in weights.items() if key.startswith(name + ".")}
        for key, value in self.weights.items():
            self.register_buffer(key.replace(".", "_"), value)
        self.heads = heads
        width = self.weights["norm1.weight"].shape[0] // heads
        angles = torch.arange(length)[:, None] * 10000.0 ** (-2 * torch.arange(width // 2) / width)
        self.register_buffer("cosines", torch.cat([angles.cos(), angles.cos()], dim=1))
        self.register_buffer("sines", torch.cat([-angles.sin(), angles.sin()], dim=1))
        self.register_buffer("mask", torch.full((length, length), float("-inf")).triu(1))

    def part(self, name):
        return getattr(self, name.replace(".", "_"))

    def norm(self, name, x):
        return functional.layer_norm(x, x.shape[-1:], self.part(name + ".weight"), self.part(name + ".bias"), 1e-6)

    def linear(self, name, x):
        return functional.linear(x, self.part(name + ".weight"), self.part(name + ".bias"))

    def turn(self, x):
        half = x.shape[-1] // 2
        return x * self.cosines + torch.cat([x[..., half:], x[..., :half]], dim=-1) * self.sines

    def forward(self, x):
        length, width = x.shape
        q, k, v = (part.view(length, self.heads, -1).transpose(0, 1)
                   for part in self.linear("attention.qkv", self.norm("norm1", x)).chunk(3, dim=-1))
        scores = self.turn(q) @ self.turn(k).transpose(1, 2) / (width // self.heads) ** 0.5
        attended = (torch.softmax(scores + self.mask, dim=-1) @ v).transpose(0, 1).reshape(length, width)
        x = x + self.linear("attention.out", attended)
        raised = self.linear("ff.up", self.norm("norm2", x))
        return x + self.linear("ff.down", functional.gelu(raised, approximate="tanh"))


class Encoder(nn.Module):
    def __init__(self, weights, blocks, heads, length):
        super().__init__()
        self.register_buffer("items", weights["items.weight"])
        self.blocks = nn.ModuleList([Block(weights, f"blocks.{i}", heads, length) for i in range(blocks)])
        self.register_buffer("gain", weights["norm.weight"])
        self.register_buffer("bias", weights["norm.bias"])

    def forward(self, session):
        x = self.items[session] * self.items.shape[1] ** 0.5
        for block in self.blocks:
            x = block(x)
        return functional.layer_norm(x[-1:], x.shape[-1:], self.gain, self.bias, 1e-6)[0]


def measure(options, dimension, folder):
    weights, answers = (os.path.join(folder, f"{name}.safetensors") for name in ("weights", "answers"))
    command = [options.helper, "serving", "--dimension", str(dimension), "--weights", weights, "--answers", answers]
    ours = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    model = Encoder(load_file(weights), 2, 2, 50).eval()
    asked = load_file(answers)
    sessions = asked["sessions"].to(torch.int64)
    path = os.path.join(folder, "encoder.onnx")
    torch.onnx.export(model, (sessions[0],), path, input_names=["session"], output_names=["vector"], dynamo=False)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    runtime = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
    found = np.stack([runtime.run(None, {"session": row.numpy()})[0] for row in sessions])
    difference = float(np.abs(found - asked["vectors"].numpy()).max())
    times = {"ours": [], "event": [], "onnx": []}
    for _ in range(options.rounds):
        for _ in range(2):
            row = json.loads(subprocess.run(command[:4], check=True, capture_output=True, text=True).stdout)
        times["ours"].append(row["sessionMicroseconds"])
        times["event"].append(row["eventMicroseconds"])
        samples = []
        for number in range(2000):
            feed = {"session": sessions[number % 16].numpy()}
            start = time.perf_counter()
            runtime.run(None, feed)
            samples.append(1e6 * (time.perf_counter() - start))
        times["onnx"].append(statistics.median(samples))
    ours, event, onnx = (statistics.median(times[name]) for name in ("ours", "event", "onnx"))
    print(f"| {dimension} | {ours:.0f} | {onnx:.0f} | {onnx / ours:.2f} | {event:.1f} | {difference:.1e} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--helper", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print("| d | ours µs | ONNX Runtime µs | ratio | one more event µs | largest difference |\n|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        for dimension in (64, 128):
            measure(options, dimension, folder)


main()
