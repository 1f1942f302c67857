"""A process that holds one engine: reads a JSON request a line, writes a JSON answer a line.

What the engine prints goes to standard error, so that it cannot come between the answers.
"""

import importlib.metadata
import json
import os
import resource
import sys
import time

import numpy as np
import threadpoolctl

from .adapters import chosen
from .adapters.base import Unsupported
from .measures import K


def resident_bytes():
    """What of this process is in memory now (at most, where the system does not tell)."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Worker:
    def __init__(self, engine, folder, data, metric, dimension, threads):
        self.data, self.prepared = data, None
        if hasattr(os, "sched_setaffinity"):  # whatever threads the engine starts, they get no more cores than these
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
        adapter = chosen([engine], [engine.removeprefix("kindred-")])[0]
        self.adapter = adapter(folder, metric, dimension, threads)
        threadpoolctl.threadpool_limits(limits=threads)

    def build(self):
        base = np.load(os.path.join(self.data, "base.npy"))
        start, start_cpu = time.perf_counter(), time.process_time()
        self.adapter.build(base)
        built = time.perf_counter()
        self.adapter.save()
        stored = time.perf_counter()
        return {"version": self.version(), "buildSeconds": built - start, "saveSeconds": stored - built,
                "cpuSeconds": time.process_time() - start_cpu}

    def version(self):
        requirements = self.adapter.requirements
        return importlib.metadata.version(requirements[0].split("==")[0]) if requirements else self.adapter.version()

    def open(self, effort):
        """Opens, and answers the first query: what a new process does before its first result."""
        self.queries = np.load(os.path.join(self.data, "queries.npy"))
        self.resident_before = resident_bytes()
        start = time.perf_counter()
        self.adapter.open()
        self.adapter.set_effort(**effort)
        self.adapter.first_answer(self.queries[0], K)
        return {"openSeconds": time.perf_counter() - start}

    def search(self, mode, effort, budget, output):
        """One point: how many queries in how many seconds; the ids go to a file."""
        self.adapter.set_effort(**effort)
        if mode == "one" and self.prepared is None:
            before = resident_bytes()
            self.prepared = self.adapter.prepare(self.queries)
            self.resident_before += resident_bytes() - before
        timing = self.adapter.timed_search(mode, self.queries, self.prepared, K, budget)
        np.save(output, timing.found)
        return {"queries": timing.queries, "seconds": timing.seconds, "cpuSeconds": timing.cpu_seconds}

    def memory(self):
        return {"memoryBytes": self.adapter.memory_bytes(resident_bytes() - self.resident_before)}


def main():
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    worker = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            task = request.pop("do")
            if task == "start":
                worker, answer = Worker(**request), {}
            else:
                answer = getattr(worker, task)(**request)
        except Unsupported as reason:
            answer = {"failure": str(reason)}
        except Exception as error:  # whatever the engine throws is reported, and does not stop the others
            answer = {"failure": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)


main()
