"""Ours, through the command and a store on the disk."""

import json
import os
import resource
import subprocess
import sys

import numpy as np

from ..timing import Timing
from .base import EF_CONSTRUCTION, M, Adapter, Unsupported


class Kindred(Adapter):
    """The command answers the rows of a file one after another in its own process, so it stands beside the peers'
    batch calls, which have no Python call for each query either."""

    modes = ("batch",)
    encoding = None

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.command, self.store = os.environ["KINDRED"], self.path("peers.kindred")
        self.speed = {}  # queries a second, by effort

    def run(self, *arguments):
        done = subprocess.run([self.command, *arguments], capture_output=True, text=True)
        if done.returncode:
            raise Unsupported((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0])
        return done.stdout

    def version(self):
        return self.run("--version").split()[-1]

    def build(self, base):
        self.run("create", self.store)
        self.run("space", "create", self.store, "v", "--of", "items", "--dimension", str(self.dimension), "--metric",
                 self.metric, "--m", str(M), "--ef-construction", str(EF_CONSTRUCTION), "--encoding", self.encoding)
        rows = self.path("base.npy")
        np.save(rows, base)
        self.run("upsert", self.store, "v", rows, "--json")
        os.remove(rows)

    def open(self):
        pass

    def set_effort(self, ef):
        self.ef = ef

    def first_answer(self, query, k):
        self.run("query", self.store, "v", "--vector", json.dumps(query.tolist()), "-k", str(k), "--ef",
                 str(self.ef), "--json")

    def timed_search(self, mode, queries, prepared, k, budget):
        """As many queries as fill the time, by the speed of an earlier and shorter search."""
        if self.ef not in self.speed:
            timing = self.query(queries, min(len(queries), 500), k)
            self.speed[self.ef] = timing.queries / timing.seconds
        count = max(200, int(budget[1] * self.speed[self.ef]))
        timing = self.query(queries, count, k)
        timing.found = timing.found[:len(queries)]
        return timing

    def query(self, queries, count, k):
        file, found = self.path("queries.npy"), self.path("found.npy")
        np.save(file, queries[np.arange(count) % len(queries)])
        lines = self.run("query", self.store, "v", "--vectors", file, "-k", str(k), "--ef", str(self.ef), "--threads",
                         "1", "--stats", "--json", "--output", found)
        stats = json.loads(lines.splitlines()[-1])["stats"]
        return Timing(np.load(found), stats["queries"], stats["seconds"])

    def memory_bytes(self, resident):
        """The most that a query process had in memory, pages of the store's file included."""
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit


def encodings(names):
    """An adapter for each encoding of a space."""
    return [type("Kindred", (Kindred,), {"name": f"kindred-{name}", "encoding": name}) for name in names]
