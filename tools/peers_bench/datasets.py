"""Data sets as every engine gets them: float32, unit length where the metric is cosine, the true neighbors beside."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np

from . import clusters
from .measures import K

SHARED = "../shared/data"
SYNTHETIC = ("sift1m", "unit768", "norms64")
LARGE = {"clusters10m": (10_000_000, 96)}
METRICS = {"cos": "cosine", "cosine": "cosine", "ip": "dot", "dot": "dot", "l2": "l2"}


def source(name, cache):
    """The folder of a data set, generated if it is a synthetic one that is not there yet."""
    if name not in SYNTHETIC and name not in LARGE:
        shared = os.path.join(SHARED, name)
        return shared if os.path.isdir(shared) else name
    folder = os.path.join(cache, "data", name)
    if os.path.exists(os.path.join(folder, "meta.json")):
        return folder
    if name in LARGE:
        clusters.write(folder, *LARGE[name], queries=1000)
    else:
        generator = os.path.join(SHARED, "synthetic", "generate.py")
        subprocess.run([sys.executable, generator, name, folder], check=True)
    return folder


def unit_length(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-30)


def exact_neighbors(base, queries, metric):
    """The exact K nearest rows of each query, best first."""
    squares = (base.astype(np.float64) ** 2).sum(axis=1).astype(np.float32) if metric == "l2" else None
    found = np.empty((len(queries), K), np.int64)
    step = max(16, 50_000_000 // len(base))
    for start in range(0, len(queries), step):
        scores = queries[start:start + step] @ base.T
        if squares is not None:
            scores = 2 * scores - squares
        best = np.argpartition(-scores, K, axis=1)[:, :K]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
        found[start:start + step] = np.take_along_axis(best, order, axis=1)
    return found


class Dataset:
    """A prepared data set: base.npy, queries.npy and truth.npy in `folder`."""

    def __init__(self, name, cache, query_count=None, subset=None):
        origin = source(name, cache)
        with open(os.path.join(origin, "meta.json")) as file:
            self.metric = METRICS[json.load(file)["metric"]]
        self.name = os.path.basename(os.path.normpath(name))
        base = np.load(os.path.join(origin, "base.npy"), mmap_mode="r")[:subset].astype(np.float32)
        queries = np.load(os.path.join(origin, "queries.npy"), mmap_mode="r")[:query_count].astype(np.float32)
        if self.metric == "cosine":
            base, queries = unit_length(base), unit_length(queries)
        if subset:
            self.truth = exact_neighbors(base, queries, self.metric)
        else:
            self.truth = np.load(os.path.join(origin, "gt.npy"))[:query_count, :K].astype(np.int64)
        self.count, self.dimension, self.query_count = *base.shape, len(queries)
        self.folder = os.path.join(cache, "work", self.name)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        np.save(os.path.join(self.folder, "base.npy"), base)
        np.save(os.path.join(self.folder, "queries.npy"), queries)

    def title(self):
        return f"{self.name}, {self.count:,} × {self.dimension}, {self.metric}"

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
