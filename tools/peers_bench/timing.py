"""Timed searches: the queries again and again for a share of a second, cut off for slow engines."""

import time

import numpy as np

WARM_UP = 100  # queries that are not timed
AT_LEAST = 200  # queries that even a slow engine must answer, as recall is taken from them,
PATIENCE = 10  # unless it takes this many times the most seconds
CHUNK = 500  # queries of one batch call


class Timing:
    """What a search found and how long it took."""

    def __init__(self, found, queries, seconds, cpu_seconds=None):
        self.found, self.queries, self.seconds, self.cpu_seconds = found, queries, seconds, cpu_seconds


def one_by_one(search, prepared, ids, k, budget):
    """`search(query, k)` for one query a call, at least budget[0] seconds, and no more than budget[1]."""
    answers, asked, at_least, at_most = [], 0, *budget
    start = time.perf_counter()
    for query in prepared[:WARM_UP]:
        search(query, k)
        if time.perf_counter() - start > at_most:
            break
    start, start_cpu = time.perf_counter(), time.process_time()
    while True:
        for query in prepared:
            answers.append(search(query, k))
            if len(answers) % 16 == 0:
                share = (time.perf_counter() - start) / at_most
                if share > PATIENCE or (share > 1 and len(answers) >= AT_LEAST):
                    break
        asked += len(answers)
        seconds = time.perf_counter() - start
        if seconds >= at_least:
            break
        answers = []
    cpu_seconds = time.process_time() - start_cpu
    return Timing(padded([ids(answer) for answer in answers], k), asked, seconds, cpu_seconds)


def in_batches(search, queries, k, budget):
    """`search(queries, k)` for many queries a call, under the same limits."""
    search(queries[:WARM_UP], k)
    asked, at_least, at_most = 0, *budget
    start, start_cpu = time.perf_counter(), time.process_time()
    while True:
        answers = []
        for first in range(0, len(queries), CHUNK):
            answers.append(search(queries[first:first + CHUNK], k))
            if time.perf_counter() - start > at_most:
                break
        asked += sum(len(answer) for answer in answers)
        seconds = time.perf_counter() - start
        if seconds >= at_least:
            break
    cpu_seconds = time.process_time() - start_cpu
    return Timing(np.concatenate(answers).astype(np.int64), asked, seconds, cpu_seconds)


def padded(answers, k):
    """Rows of ids, with -1 where an answer has fewer than k."""
    found = np.full((len(answers), k), -1, np.int64)
    for row, answer in zip(found, answers):
        ids = np.asarray(answer).reshape(-1)[:k]
        row[:len(ids)] = ids
    return found
