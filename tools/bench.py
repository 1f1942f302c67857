"""Measures the command and hnswlib in turn on the same vectors; see tools/bench."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import hnswlib
import numpy as np

K = 10
M, EF_CONSTRUCTION, BUILD_THREADS = 16, 200, 2
EFS = [32, 48, 56, 64, 80, 96, 128, 160, 192, 224, 288, 384]
EVENTS = "user=CustomerID,item=StockCode,time=InvoiceDate,session=InvoiceNo,value=Quantity"


def note(text):
    print(text, file=sys.stderr, flush=True)


def recall(found, truth):
    return float(np.mean([len(set(f) & set(t)) / K for f, t in zip(found.tolist(), truth.tolist())]))


def at_recall(points, target):
    """Queries a second at a recall, on the straight line between log(1 - recall) and log(speed) of two neighbors."""
    points = sorted(points)
    for (r0, q0), (r1, q1) in zip(points, points[1:]):
        if r0 <= target <= r1:
            x0, x1, x = (np.log(max(1e-9, 1 - r)) for r in (r0, r1, target))
            share = 0.0 if x0 == x1 else (x0 - x) / (x0 - x1)
            return float(np.exp(np.log(q0) + share * (np.log(q1) - np.log(q0))))
    return float("nan")


class Ours:
    def __init__(self, command, folder, data, encoding):
        self.command, self.data, self.encoding = command, data, encoding
        self.store = os.path.join(folder, "bench.kindred")
        self.ids = os.path.join(folder, "ids.npy")

    def run(self, *arguments):
        done = subprocess.run([self.command, *arguments], check=True, capture_output=True, text=True)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def load(self, dimension):
        self.run("create", self.store)
        self.run("space", "create", self.store, "v", "--of", "items", "--dimension", str(dimension), "--metric",
                 "cosine", "--m", str(M), "--ef-construction", str(EF_CONSTRUCTION), "--encoding", self.encoding)
        start = time.perf_counter()
        self.run("upsert", self.store, "v", f"{self.data}/base.npy", "--json")
        return time.perf_counter() - start

    def rebuild(self):
        start = time.perf_counter()
        self.run("rebuild", self.store, "--space", "v", "--json")
        return time.perf_counter() - start

    def search(self, ef, queries):
        lines = self.run("query", self.store, "v", "--vectors", queries, "-k", str(K), "--ef", str(ef), "--threads", "1",
                         "--stats", "--json", "--output", self.ids)
        stats = lines[-1]["stats"]
        return np.load(self.ids), stats["queries"] / stats["seconds"], stats["distanceComputations"] / stats["queries"]

    def first_answer(self, vector):
        start = time.perf_counter()
        self.run("query", self.store, "v", "--vector", vector, "-k", str(K), "--json")
        return (time.perf_counter() - start) * 1e3


class Peer:
    def build(self, base):
        index = hnswlib.Index(space="cosine", dim=base.shape[1])
        index.init_index(max_elements=len(base), M=M, ef_construction=EF_CONSTRUCTION, random_seed=42)
        start = time.perf_counter()
        index.add_items(base, np.arange(len(base)), num_threads=BUILD_THREADS)
        self.index = index
        return time.perf_counter() - start

    def search(self, ef, queries):
        self.index.set_ef(ef)
        start = time.perf_counter()
        found, _ = self.index.knn_query(queries, k=K, num_threads=1)
        return found, len(queries) / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser()
    for name in ("kindred", "helper", "data", "shop"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--encoding", default="float32")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--queries", type=int, default=5000)
    options = parser.parse_args()
    base = np.load(f"{options.data}/base.npy").astype(np.float32)
    all_queries = np.load(f"{options.data}/queries.npy").astype(np.float32)[: options.queries]
    truth = np.load(f"{options.data}/gt.npy")[: options.queries, :K]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        queries_file = os.path.join(folder, "queries.npy")
        np.save(queries_file, all_queries)
        ours, peer = Ours(options.kindred, folder, options.data, options.encoding), Peer()

        note(f"build, {BUILD_THREADS} threads, {options.runs} times in turn")
        loaded, builds, peer_builds = ours.load(base.shape[1]), [], []
        for _ in range(options.runs):
            builds.append(ours.rebuild())
            peer_builds.append(peer.build(base))
            note(f"  ours {builds[-1]:.1f} s, hnswlib {peer_builds[-1]:.1f} s")
        ratio = statistics.median(a / b for a, b in zip(builds, peer_builds))
        rows.append(("build, stored durably, s", statistics.median(builds), statistics.median(peer_builds), ratio, "≤ 1.0"))
        rows.append(("load of the .npy file, built and durable, s", loaded, None, None, ""))

        note(f"search, one thread, {options.runs} times in turn")
        points, peer_points = {}, {}
        for run in range(options.runs):
            for ef in EFS:
                found, speed, computed = ours.search(ef, queries_file)
                points.setdefault(ef, []).append((recall(found, truth), speed, computed))
                found, speed = peer.search(ef, all_queries)
                peer_points.setdefault(ef, []).append((recall(found, truth), speed))
        print(f"\n{'ef':>5} {'recall':>8} {'hnswlib':>8} {'queries/s':>10} {'hnswlib':>8} {'ratio':>6} {'distances':>10}")
        curve, peer_curve = [], []
        for ef in EFS:
            mine, theirs = points[ef], peer_points[ef]
            speed, peer_speed = (statistics.median(p[1] for p in side) for side in (mine, theirs))
            curve.append((mine[0][0], speed))
            peer_curve.append((theirs[0][0], peer_speed))
            print(f"{ef:>5} {mine[0][0]:>8.4f} {theirs[0][0]:>8.4f} {speed:>10.0f} {peer_speed:>8.0f} "
                  f"{speed / peer_speed:>6.2f} {mine[0][2]:>10.0f}")
        for target in (0.95, 0.99):
            mine, theirs = at_recall(curve, target), at_recall(peer_curve, target)
            rows.append((f"queries/s, one thread, recall@10 {target}", mine, theirs, mine / theirs, "≥ 1.0"))

        vector = json.dumps([float(x) for x in all_queries[0]])
        rows.append(("new process to first answer, ms", statistics.median(ours.first_answer(vector) for _ in range(20)),
                     None, None, "≤ 30"))
        memory = helper(options.helper, "memory", ours.store, "v", "--queries", queries_file)
        share = memory["privateBytesAfterQueries"] / (base.shape[0] * base.shape[1] * 4)
        rows.append(("private memory while querying, MB", memory["privateBytesAfterQueries"] / 1e6, None, share,
                     "≤ 0.1 of the vectors"))
        upserts = helper(options.helper, "upserts", ours.store, "v")
        rows.append(("one durable upsert against a bare LMDB commit, µs", upserts["upsertMicroseconds"],
                     upserts["bareCommitMicroseconds"], upserts["upsertRatio"], "≤ 2.0"))
        rows.append(("1,000 durable upserts in one call, vectors/s", upserts["batchVectorsPerSecond"], None, None,
                     "≥ 20,000"))
        if os.path.exists(options.shop):
            rows.append(("import of the shop, rows/s", shop_import(ours, folder, options), None, None, "≥ 150,000"))
    print(f"\n{'measure':<52} {'ours':>12} {'peer':>12} {'ratio':>7}  asked")
    for name, mine, theirs, ratio, asked in rows:
        cells = [f"{value:>12,.1f}" if value is not None else " " * 12 for value in (mine, theirs)]
        print(f"{name:<52} {cells[0]} {cells[1]} {f'{ratio:7.2f}' if ratio is not None else ' ' * 7}  {asked}")


def helper(program, *arguments):
    done = subprocess.run([program, *arguments], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def shop_import(ours, folder, options):
    speeds = []
    for run in range(options.runs):
        store = os.path.join(folder, f"shop-{run}.kindred")
        ours.run("create", store)
        start = time.perf_counter()
        report = ours.run("import", store, "--events", options.shop, "--map", EVENTS, "--kind", "purchase", "--rows-where",
                          "Quantity > 0 and UnitPrice > 0", "--json")[0]
        speeds.append(report["events"]["rows"] / (time.perf_counter() - start))
    return statistics.median(speeds)


main()
