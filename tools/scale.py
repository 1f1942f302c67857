"""Builds, opens, queries and writes stores of growing size; see tools/scale."""

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from peers_bench.datasets import METRICS, source  # noqa: E402
from peers_bench.measures import at_recall  # noqa: E402

EFS = "16,24,32,48,64,96,128,192"
COLUMNS = [  # key, heading, decimals
    ("count", "vectors", 0), ("buildSeconds", "build s", 1), ("cpuSeconds", "CPU s", 1),
    ("microsecondsPerVector", "CPU µs a vector", 0), ("bytesPerVector", "bytes a vector", 0),
    ("speed", "q/s @.95", 0), ("distances", "distances @.95", 0), ("processMilliseconds", "process to answer ms", 1),
    ("firstAnswerMilliseconds", "open to answer ms", 1), ("privateMegabytes", "private MB", 1),
    ("upsertMicroseconds", "upsert µs", 0),
]


def run(*arguments):
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(options, folder, base, queries, metric):
    """One row of the table: a store of all of `base`."""
    kindred, store = options.kindred, os.path.join(folder, f"{len(base)}.kindred")
    files = {name: os.path.join(folder, f"{name}.npy") for name in ("base", "queries")}
    np.save(files["base"], base)
    np.save(files["queries"], queries)
    run(kindred, "create", store)
    run(kindred, "space", "create", store, "v", "--of", "items", "--dimension", str(base.shape[1]), "--metric", metric,
        "--encoding", options.encoding)
    cpu, start = children_seconds(), time.perf_counter()
    run(kindred, "upsert", store, "v", files["base"], "--json")
    row = {"count": len(base), "buildSeconds": time.perf_counter() - start, "cpuSeconds": children_seconds() - cpu}
    row["microsecondsPerVector"] = 1e6 * row["cpuSeconds"] / len(base)
    row["bytesPerVector"] = os.path.getsize(store) / len(base)
    points = run(kindred, "bench", store, "v", "--queries", files["queries"], "--ef", EFS, "--json")
    points = [(p["recall"], p["queriesPerSecond"], p["distanceComputationsPerQuery"]) for p in points if not p["exact"]]
    speed = at_recall([point[:2] for point in points], 0.95)
    distances = at_recall([(recall, 1 / count) for recall, _, count in points], 0.95)
    row["speed"], row["distances"] = speed and speed[0], distances and 1 / distances[0]
    vector, times = json.dumps([float(x) for x in queries[0]]), []
    for _ in range(options.runs):
        start = time.perf_counter()
        run(kindred, "query", store, "v", "--vector", vector, "--json")
        times.append(1e3 * (time.perf_counter() - start))
    row["processMilliseconds"] = statistics.median(times)
    opens = [run(options.helper, "memory", store, "v", "--queries", files["queries"])[-1] for _ in range(options.runs)]
    row["firstAnswerMilliseconds"] = statistics.median(found["firstAnswerMicroseconds"] for found in opens) / 1e3
    row["privateMegabytes"] = statistics.median(found["privateBytesAfterQueries"] for found in opens) / 1e6
    row["upsertMicroseconds"] = run(options.helper, "upserts", store, "v", "--batches", "1")[-1]["upsertMicroseconds"]
    os.remove(store)
    return row


def table(rows):
    lines = ["| " + " | ".join(heading for _, heading, _ in COLUMNS) + " |", "|" + "---:|" * len(COLUMNS)]
    for row in rows:
        cells = ["–" if row[key] is None else f"{row[key]:,.{decimals}f}" for key, _, decimals in COLUMNS]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def plot(rows, path, title):
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "kindred"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 3, figsize=(11, 6), layout="constrained")
    keys = ("buildSeconds", "speed", "distances", "firstAnswerMilliseconds", "privateMegabytes", "bytesPerVector")
    headings = {key: heading for key, heading, _ in COLUMNS}
    for axis, key in zip(axes.flat, keys):
        points = [(row["count"], row[key]) for row in rows if row[key]]
        # Points at the frame are drawn whole.
        axis.plot(*zip(*points), marker="o", clip_on=False)
        axis.set(title=headings[key], xlabel="vectors", xscale="log", ylim=(0, None))
        if key == "buildSeconds":
            axis.set(yscale="log", ylim=(None, None))
        axis.grid(True, alpha=0.3)
    figure.suptitle(title)
    figure.savefig(path, format="svg", metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser()
    for name in ("kindred", "helper", "cache"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--data", default="sift1m")
    parser.add_argument("--counts", default="")
    parser.add_argument("--encoding", default="int8")
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--svg")
    parser.add_argument("--json")
    options = parser.parse_args()
    origin = source(options.data, options.cache)
    with open(os.path.join(origin, "meta.json")) as file:
        metric = METRICS[json.load(file)["metric"]]
    base = np.load(os.path.join(origin, "base.npy"), mmap_mode="r")
    queries = np.load(os.path.join(origin, "queries.npy"))[:options.queries].astype(np.float32)
    steps = [round(10 ** (half / 2)) for half in range(8, 2 * math.ceil(math.log10(len(base))) + 1)]
    counts = [int(n) for n in options.counts.split(",") if n] or sorted({min(n, len(base)) for n in steps})
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            rows.append(measure(options, folder, base[:count], queries, metric))
            print(f"{count:,}: {rows[-1]['buildSeconds']:.1f} s", file=sys.stderr, flush=True)
    print(table(rows))
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rows, file, indent=1)
    if options.svg:
        plot(rows, options.svg, f"{options.data}, {base.shape[1]} dimensions, {metric}, {options.encoding}")


main()
