"""Trains one model in PyTorch and with kindred-bench, epoch by epoch in turn; see tools/train-bench.

The model: ids and learned positions, two pre-norm blocks (two heads, ReLU, as wide as the model), a tied table, softmax
over all items or over shared negatives, Adam. PyTorch's sequences are padded to the longest of their batch, batches are of
sequences of like length so that little is padded, and only real targets are scored.
"""

import argparse
import gzip
import re
import statistics
import subprocess
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

WIDTH, BLOCKS, HEADS, LENGTH, BATCH, RATE, DROPOUT = 64, 2, 2, 50, 256, 1e-3, 0.5


def read(path):
    """Training sequences: all but each user's last two items, the newest LENGTH + 1 of them."""
    users, items = {}, {}
    with (gzip.open(path, "rt") if path.endswith(".gz") else open(path)) as file:
        next(file)
        for line in file:
            user, item = line.rstrip("\n").split("\t")[:2]
            users.setdefault(user, []).append(items.setdefault(item, len(items)))
    sequences = [sequence[:-2][-LENGTH - 1:] for sequence in users.values()]
    return [sequence for sequence in sequences if len(sequence) > 1], len(items)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x):
        rows, length, _ = x.shape
        q, k, v = (part.view(rows, length, HEADS, -1).transpose(1, 2)
                   for part in self.qkv(self.norm1(x)).chunk(3, dim=-1))
        attended = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.dropout(self.out(attended.transpose(1, 2).reshape(rows, length, WIDTH)))
        return x + self.dropout(self.down(torch.relu(self.up(self.norm2(x)))))


class Model(nn.Module):
    def __init__(self, item_count, sparse):
        super().__init__()
        self.items, self.positions = nn.Embedding(item_count, WIDTH, sparse=sparse), nn.Embedding(LENGTH, WIDTH)
        nn.init.normal_(self.items.weight, std=0.02)
        nn.init.normal_(self.positions.weight, std=0.02)
        self.blocks = nn.ModuleList([Block() for _ in range(BLOCKS)])
        self.norm, self.dropout = nn.LayerNorm(WIDTH), nn.Dropout(DROPOUT)

    def forward(self, inputs):
        x = self.items(inputs) * WIDTH ** 0.5 + self.positions.weight[:inputs.shape[1]]
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


class Trainer:
    def __init__(self, sequences, item_count, negatives):
        torch.manual_seed(1)
        self.sequences, self.item_count, self.negatives = sequences, item_count, negatives
        self.model = Model(item_count, sparse=negatives is not None)
        table = [self.model.items.weight]
        rest = [p for p in self.model.parameters() if p is not table[0]]
        if negatives is None:
            self.optimizers = [torch.optim.Adam(table + rest, lr=RATE, betas=(0.9, 0.98), fused=True)]
        else:  # only the rows of the step are touched
            self.optimizers = [torch.optim.SparseAdam(table, lr=RATE, betas=(0.9, 0.98)),
                               torch.optim.Adam(rest, lr=RATE, betas=(0.9, 0.98), fused=True)]

    def loss(self, outputs, targets):
        if self.negatives is None:
            return functional.cross_entropy(outputs @ self.model.items.weight.T, targets)
        drawn = torch.randint(self.item_count, (self.negatives,))
        scores = outputs @ self.model.items(drawn).T
        scores = scores.masked_fill(targets[:, None] == drawn[None, :], float("-inf"))
        right = (outputs * self.model.items(targets)).sum(dim=1, keepdim=True)
        return functional.cross_entropy(torch.cat([right, scores], dim=1), torch.zeros(len(targets), dtype=torch.long))

    def batches(self, generator):
        """All sequences in random order, but sorted by length within every twenty batches; the batches in random order."""
        order, found = generator.permutation(len(self.sequences)), []
        for first in range(0, len(order), 20 * BATCH):
            near = sorted(order[first:first + 20 * BATCH], key=lambda index: len(self.sequences[index]))
            found += [near[start:start + BATCH] for start in range(0, len(near), BATCH)]
        return [found[index] for index in generator.permutation(len(found))]

    def epoch(self, generator):
        self.model.train()
        total, count = 0.0, 0
        for indices in self.batches(generator):
            batch = [self.sequences[index] for index in indices]
            longest = max(len(sequence) for sequence in batch) - 1
            inputs = np.zeros((len(batch), longest), dtype=np.int64)
            targets = np.full((len(batch), longest), -1, dtype=np.int64)
            for row, sequence in enumerate(batch):
                inputs[row, :len(sequence) - 1], targets[row, :len(sequence) - 1] = sequence[:-1], sequence[1:]
            targets = torch.from_numpy(targets)
            for optimizer in self.optimizers:
                optimizer.zero_grad(set_to_none=True)
            loss = self.loss(self.model(torch.from_numpy(inputs))[targets >= 0], targets[targets >= 0])
            loss.backward()
            for optimizer in self.optimizers:
                optimizer.step()
            real = int((targets >= 0).sum())
            total, count = total + loss.item() * real, count + real
        return total / count


def ours(options):
    command = [options.helper, "sessions", options.file, "--dimension", str(WIDTH), "--blocks", str(BLOCKS), "--heads",
               str(HEADS), "--expansion", "1", "--activation", "relu", "--positions", "learned", "--length", str(LENGTH),
               "--batch", str(BATCH), "--dropout", str(DROPOUT), "--epochs", "2", "--every", "2", "--threads",
               str(options.threads)]
    if options.negatives:
        command += ["--negatives", str(options.negatives)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"^epoch 2 loss ([0-9.]+) ([0-9.]+) s", printed, re.MULTILINE)
    whole = re.search(r"([0-9.]+) s of training", printed)
    # The second line of times holds both epochs.
    return float(whole.group(1)) / 2, float(found.group(1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--helper", required=True)
    parser.add_argument("file")
    parser.add_argument("--negatives", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    sequences, item_count = read(options.file)
    generator = np.random.default_rng(1)
    trainer = Trainer(sequences, item_count, options.negatives)
    times = {"ours": [], "PyTorch": []}
    for round in range(options.rounds):
        seconds, our_loss = ours(options)
        times["ours"].append(seconds)
        start = time.perf_counter()
        losses = [trainer.epoch(generator) for _ in range(2)]
        times["PyTorch"].append((time.perf_counter() - start) / 2)
        print(f"round {round + 1}: ours {seconds:.1f} s (loss {our_loss:.3f} after 2 epochs), "
              f"PyTorch {times['PyTorch'][-1]:.1f} s (loss {losses[-1]:.3f} after {2 * round + 2})", file=sys.stderr)
    median = {name: statistics.median(found) for name, found in times.items()}
    print("| loss over | ours s/epoch | PyTorch s/epoch | ratio |\n|---|---:|---:|---:|")
    over = f"{options.negatives} shared negatives" if options.negatives else "all items"
    print(f"| {over} | {median['ours']:.2f} | {median['PyTorch']:.2f} | {median['PyTorch'] / median['ours']:.2f} |")


main()
