"""What an engine must offer to be measured."""

import os

from .. import timing

# Widths of a graph's search, by rising effort.
WIDTHS = [10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512, 768, 1024, 1536]
M, EF_CONSTRUCTION = 16, 200


class Unsupported(Exception):
    """The engine cannot do what is asked; the message is the reason."""


class Adapter:
    """One engine with one configuration, used in a process of its own.

    A process either builds and saves, or opens and searches. The package is imported in `__init__`, so that the
    class itself can be read where the package is not installed.
    """

    name = None
    requirements = []  # the first one names the environment and gives the version
    modes = ("one", "batch")

    def __init__(self, folder, metric, dimension, threads):
        self.folder, self.metric, self.dimension, self.threads = folder, metric, dimension, threads

    def path(self, name="index"):
        return os.path.join(self.folder, name)

    def build(self, base):
        """Makes the index of float32 rows, whose ids are their numbers."""
        raise NotImplementedError

    def save(self):
        """Writes the index to the folder; nothing to do for a store that is on the disk already."""

    def open(self):
        """Makes the saved index ready to answer on one thread."""
        raise NotImplementedError

    @classmethod
    def sweeps(cls, count):
        """Lists of efforts for an index of `count` rows; in each list they rise, so that it can end early."""
        return [[{"ef": width} for width in WIDTHS]]

    def set_effort(self, **effort):
        raise NotImplementedError

    def prepare(self, queries):
        """The queries as `one` takes them; this is not timed."""
        return list(queries)

    def one(self, query, k):
        """The answer to one query, in the engine's own form."""
        raise NotImplementedError

    def ids(self, answer):
        """The ids of an answer of `one`; this is not timed."""
        return answer

    def batch(self, queries, k):
        """Ids [queries, k], all in one call on one thread."""
        raise NotImplementedError

    def first_answer(self, query, k):
        """Right after `open`: answers one query, in its plainest form."""
        self.one(self.prepare(query[None])[0], k)

    def timed_search(self, mode, queries, prepared, k, budget):
        """A `Timing` of a search in one of the modes."""
        if mode == "one":
            return timing.one_by_one(self.one, prepared, self.ids, k, budget)
        return timing.in_batches(self.batch, queries, k, budget)

    def memory_bytes(self, resident):
        """What the open index takes, given by how much this process grew."""
        return resident
