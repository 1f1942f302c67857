"""Called by tools/several-examples, which says what is measured."""

import argparse
import collections
import csv
import gzip
import json
import math
import pathlib
import random
import subprocess
import tempfile

import numpy
from qdrant_client import QdrantClient, models

parser = argparse.ArgumentParser()
parser.add_argument("interactions")
parser.add_argument("--kindred", required=True)
parser.add_argument("--users", type=int, default=1000)
parser.add_argument("--seed", type=int, default=1)
arguments = parser.parse_args()
EXAMPLES, K = 5, 10


def run(*words, text=None):
    done = subprocess.run([arguments.kindred, *words], input=text, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"kindred {' '.join(words)}: {done.stderr}")
    return done.stdout


sequences = collections.defaultdict(list)
opener = gzip.open if arguments.interactions.endswith(".gz") else open
with opener(arguments.interactions, "rt", encoding="utf-8") as file:
    for row in csv.DictReader(file, delimiter="\t"):
        sequences[row["user"]].append((int(row["order"]), row["item"]))
sequences = {user: [item for _, item in sorted(rows)] for user, rows in sequences.items()}

with tempfile.TemporaryDirectory() as folder:
    store = str(pathlib.Path(folder) / "toys.kindred")
    run("create", store)
    lines = [
        json.dumps({"user": user, "item": item, "time": place})
        for user, items in sequences.items()
        for place, item in enumerate(items[:-1])
    ]
    run("import", store, "--events", "-", "--format", "jsonl", "--kind", "review", text="\n".join(lines))
    run("factorize", store, "--space", "taste", "--seed", str(arguments.seed))
    paths = [str(pathlib.Path(folder) / name) for name in ("taste.npy", "taste.txt")]
    run("export", store, "--space", "taste", "--vectors", paths[0], "--ids", paths[1])
    vectors = numpy.load(paths[0])
    ids = open(paths[1], encoding="utf-8").read().split("\n")[: len(vectors)]
    number = {name: place for place, name in enumerate(ids)}
    spaces = json.loads(run("stats", store, "--json"))["spaces"]
    metric = next(space["metric"] for space in spaces if space["name"] == "taste")
    distance = {"dot": models.Distance.DOT, "cosine": models.Distance.COSINE}[metric]

    client = QdrantClient(":memory:")
    client.create_collection(
        "toys", vectors_config=models.VectorParams(size=vectors.shape[1], distance=distance)
    )
    client.upload_collection("toys", vectors=vectors, ids=list(range(len(ids))))

    # Users whose five items before the last, and the last itself, have vectors.
    users = sorted(
        user
        for user, items in sequences.items()
        if len(items) > EXAMPLES
        and all(item in number for item in items[-EXAMPLES - 1 :])
        and items[-1] not in items[-EXAMPLES - 1 : -1]
    )
    random.Random(arguments.seed).shuffle(users)
    users = users[: arguments.users]

    def ours(examples, strategy):
        words = ["query", store, "taste", "-k", str(K), "--exact", "--json"]
        for item in examples:
            words += ["--like", item]
        if len(examples) > 1:
            words += ["--strategy", strategy]
        return [match["id"] for match in json.loads(run(*words))["matches"]]

    def theirs(examples, strategy):
        found = client.query_points(
            "toys",
            query=models.RecommendQuery(
                recommend=models.RecommendInput(
                    positive=[number[item] for item in examples], strategy=strategy
                )
            ),
            limit=K,
        ).points
        return [ids[point.id] for point in found]

    ways = {
        "kindred, the last item alone": lambda items: ours(items[-1:], "average"),
        "kindred, average of five": lambda items: ours(items, "average"),
        "kindred, best of five": lambda items: ours(items, "best"),
        "qdrant, average_vector of five": lambda items: theirs(items, models.RecommendStrategy.AVERAGE_VECTOR),
        "qdrant, best_score of five": lambda items: theirs(items, models.RecommendStrategy.BEST_SCORE),
    }
    gains = {name: [] for name in ways}
    same = collections.Counter()
    for user in users:
        items = sequences[user]
        lists = {name: way(items[-EXAMPLES - 1 : -1]) for name, way in ways.items()}
        for name, found in lists.items():
            gains[name].append(1 / math.log2(found.index(items[-1]) + 2) if items[-1] in found else 0)
        names = list(ways)
        same["average"] += lists[names[1]] == lists[names[3]]
        same["best"] += lists[names[2]] == lists[names[4]]
    print(f"{len(ids)} items, {len(users)} users, {metric} vectors of {vectors.shape[1]}")
    for name, values in gains.items():
        values = numpy.array(values)
        width = 1.96 * values.std(ddof=1) / math.sqrt(len(values))
        print(f"{name:32} NDCG@10 {values.mean():.4f} +- {width:.4f}  HR@10 {(values > 0).mean():.4f}")
    for strategy, count in same.items():
        print(f"the same ten in the same order by {strategy}: {count} of {len(users)}")
