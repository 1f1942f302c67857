"""Recall asked for, recall given and its cost; see tools/contract."""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from peers_bench.datasets import METRICS, source  # noqa: E402

K = 10
ASKED = (0.9, 0.95, 0.98, 0.99)


class Space:
    def __init__(self, options, folder, base, queries, metric, encoding):
        self.kindred, self.store, self.folder = options.kindred, os.path.join(folder, f"{encoding}.kindred"), folder
        self.queries = os.path.join(folder, "queries.npy")
        np.save(self.queries, queries)
        file = os.path.join(folder, "base.npy")
        np.save(file, base)
        self.run("create", self.store)
        self.run("space", "create", self.store, "v", "--of", "items", "--dimension", str(base.shape[1]), "--metric", metric,
                 "--encoding", encoding)
        self.run("upsert", self.store, "v", file, "--json")
        self.truth = self.ids("--exact")[0]

    def run(self, *arguments):
        return subprocess.run((self.kindred,) + arguments, check=True, capture_output=True, text=True).stdout

    def ids(self, *how):
        """The ids found, and the distances that a query computes."""
        output = os.path.join(self.folder, "ids.npy")
        printed = self.run("query", self.store, "v", "--vectors", self.queries, "-k", str(K), "--output", output, "--stats",
                           "--json", *how)
        return np.load(output), json.loads(printed.splitlines()[-1])["stats"]["distanceComputations"]

    def measure(self, *how):
        found, distances = self.ids(*how)
        hits = sum(len(np.intersect1d(a, b)) for a, b in zip(found, self.truth))
        return hits / self.truth.size, distances / len(self.truth)

    def narrowest(self, recall):
        """The distances of the least width that reaches a recall, by halving."""
        least, most = K, 16 * K
        while self.measure("--ef", str(most))[0] < recall:
            least, most = most, 2 * most
        while least < most:
            middle = (least + most) // 2
            if self.measure("--ef", str(middle))[0] < recall:
                least = middle + 1
            else:
                most = middle
        return (most,) + self.measure("--ef", str(most))


def main():
    parser = argparse.ArgumentParser()
    for name in ("kindred", "cache"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--data", default="minilm-titles,norms64")
    parser.add_argument("--encodings", default="int8,int4")
    parser.add_argument("--queries", type=int, default=3000)
    options = parser.parse_args()
    print("| data | encoding | asked | given | distances | best ef by hand | its recall | its distances | cost |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|")
    for name in options.data.split(","):
        origin = source(name, options.cache)
        with open(os.path.join(origin, "meta.json")) as file:
            metric = METRICS[json.load(file)["metric"]]
        base = np.load(os.path.join(origin, "base.npy"), mmap_mode="r")
        queries = np.load(os.path.join(origin, "queries.npy"))[:options.queries].astype(np.float32)
        for encoding in options.encodings.split(","):
            with tempfile.TemporaryDirectory() as folder:
                space = Space(options, folder, base, queries, metric, encoding)
                for asked in ASKED:
                    given, distances = space.measure("--recall", str(asked))
                    ef, recall, least = space.narrowest(asked)
                    print(f"| {name} | {encoding} | {asked} | {given:.4f} | {distances:,.0f} | {ef} | {recall:.4f} | "
                          f"{least:,.0f} | {distances / least:.2f} |", flush=True)


main()
