"""Ours, through the command and a store on the disk; queries in one process that stays, as the peers' do."""

import json
import os
import subprocess
import sys

import numpy as np

from ..timing import Timing
from .base import EF_CONSTRUCTION, M, Adapter, Unsupported


class Kindred(Adapter):
    """A helper process answers the rows of a file one after another, so it stands beside the peers' batch calls, which
    have no Python call for each query either."""

    modes = ("batch",)
    encoding = None

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.command, self.store = os.environ["KINDRED"], self.path("peers.kindred")
        self.helper = os.path.join(os.path.dirname(self.command), "kindred-bench")
        self.process = None  # ends with this one, when its standard input does

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
        """All queries, once or more often, for the least time; the process warms up as the peers' do."""
        if self.process is None:
            file = self.path("queries.npy")
            np.save(file, queries)
            self.process = subprocess.Popen([self.helper, "answers", self.store, "v", "--queries", file, "-k", str(k)],
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self.ask(0)
        answer = self.ask(budget[0])
        found = np.full((len(answer["ids"]), k), -1, np.int64)
        for row, ids in zip(found, answer["ids"]):
            row[:len(ids)] = ids
        return Timing(found, answer["queries"], answer["seconds"])

    def ask(self, seconds):
        self.process.stdin.write(f"{self.ef} {seconds}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Unsupported(f"the helper ended with exit code {self.process.wait()}")
        return json.loads(line)

    def memory_bytes(self, resident):
        """What the helper has in memory, pages of the store's file included."""
        if self.process is None or not sys.platform.startswith("linux"):
            return 0
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS"))


def encodings(names):
    """An adapter for each encoding of a space."""
    return [type("Kindred", (Kindred,), {"name": f"kindred-{name}", "encoding": name}) for name in names]
