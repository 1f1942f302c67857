"""One engine on one data set: installed, built, then swept once a round, each time in a new process."""

import os
import shutil
import statistics
import sys

import numpy as np

from .environments import InstallError, python_with
from .measures import near_front, recall
from .processes import EngineError, Process

BUILD_THREADS, SEARCH_THREADS = 2, 1
ENOUGH = 0.995  # a list of efforts ends above this recall
STEPS, STALLED = 5, 0.0005  # or where this many steps together bring less than that


def note(text):
    print(text, file=sys.stderr, flush=True)


def folder_bytes(folder):
    return sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names)


class Point:
    """One effort in one mode, over all rounds."""

    def __init__(self, mode, effort):
        self.mode, self.effort, self.recalls, self.speeds, self.shares = mode, effort, [], [], []

    def add(self, found_recall, answer):
        self.recalls.append(found_recall)
        self.speeds.append(answer["queries"] / answer["seconds"])
        if answer["cpuSeconds"]:
            self.shares.append(answer["cpuSeconds"] / answer["seconds"])

    def recall(self):
        return statistics.median(self.recalls)

    def speed(self):
        return statistics.median(self.speeds)

    def summary(self):
        return {"mode": self.mode, "effort": self.effort, "recall": self.recall(), "queriesPerSecond": self.speed(),
                "rounds": self.speeds, "shareOfCore": statistics.median(self.shares) if self.shares else None}


class Runner:
    def __init__(self, adapter, dataset, options):
        self.adapter, self.dataset, self.options = adapter, dataset, options
        self.name, self.failure = adapter.name, None
        self.facts, self.opens, self.points = {}, [], []
        self.folder = os.path.join(dataset.folder, self.name)

    def process(self, threads):
        return Process(self.python, self.options.limit, threads, engine=self.name, folder=self.folder,
                       data=self.dataset.folder, metric=self.dataset.metric, dimension=self.dataset.dimension)

    def attempt(self, work):
        """Does the work; a failure is kept as this engine's last word and does not go further."""
        try:
            work()
        except (InstallError, EngineError) as error:
            self.failure = " ".join(str(error).split())[:300]
            note(f"  {self.name}: {self.failure}")

    def build(self):
        requirements = self.adapter.requirements
        self.python = python_with(requirements, self.options.cache) if requirements else sys.executable
        os.makedirs(self.folder)
        with self.process(BUILD_THREADS) as process:
            self.facts = process.ask("build")
        self.facts["diskBytes"] = folder_bytes(self.folder)
        note(f"  {self.name} {self.facts['version']}: {self.facts['buildSeconds']:.1f} s, "
             f"saved in {self.facts['saveSeconds']:.1f} s, {self.facts['diskBytes'] / 1e6:.0f} MB")

    def open(self):
        """A new process to its first answer; the search goes on in it or it ends."""
        process = self.process(SEARCH_THREADS)
        try:
            efforts = self.sweeps()[0]
            middling = efforts[len(efforts) // 3]
            self.opens.append(process.ask("open", effort=middling)["openSeconds"])
        except EngineError:
            process.end()
            raise
        return process

    def reopen(self):
        self.open().end()

    def sweeps(self):
        return self.adapter.sweeps(self.dataset.count)

    def round(self):
        """All efforts the first time, later those that are on the front or near it."""
        with self.open() as process:
            for mode in self.adapter.modes:
                measured = [point for point in self.points if point.mode == mode]
                if measured:
                    pairs = [(point.recall(), point.speed()) for point in measured]
                    for i in near_front(pairs):
                        self.measure(process, measured[i])
                else:
                    self.explore(process, mode)
            self.facts.update(process.ask("memory"))
        last = [point for point in self.points if len(point.speeds) == len(self.opens)]
        note(f"  {self.name}: {len(last)} points, best recall {max(point.recall() for point in last):.4f}")

    def explore(self, process, mode):
        for efforts in self.sweeps():
            recalls = []
            for effort in efforts:
                point = Point(mode, effort)
                self.measure(process, point)
                self.points.append(point)
                recalls.append(point.recall())
                stalled = len(recalls) > STEPS and recalls[-1] - recalls[-1 - STEPS] < STALLED
                if recalls[-1] >= ENOUGH or stalled:
                    break

    def measure(self, process, point):
        output = os.path.join(self.dataset.folder, "found.npy")
        answer = process.ask("search", mode=point.mode, effort=point.effort, budget=self.options.seconds, output=output)
        found = np.load(output)
        point.add(recall(found, self.dataset.truth[:len(found)]), answer)

    def summary(self):
        """Everything that was measured, for --json."""
        return {"engine": self.name, "failure": self.failure, **self.facts, "openSeconds": self.opens,
                "points": [point.summary() for point in self.points]}

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
