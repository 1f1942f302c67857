"""Faiss: HNSW over floats and over bytes, with and without a second look, and inverted lists of 4-bit codes."""

from .base import EF_CONSTRUCTION, M, WIDTHS, Adapter

REFINE_FACTORS = (2, 4, 8)


class Faiss(Adapter):
    requirements = ["faiss-cpu==1.15.1"]

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import faiss
        self.faiss = faiss
        self.distance = faiss.METRIC_L2 if self.metric == "l2" else faiss.METRIC_INNER_PRODUCT

    def build(self, base):
        self.faiss.omp_set_num_threads(self.threads)
        self.index = self.faiss.index_factory(self.dimension, self.recipe(len(base)), self.distance)
        self.configure()
        self.index.train(base)
        self.index.add(base)

    def recipe(self, count):
        """The words of faiss' index factory."""
        raise NotImplementedError

    def configure(self):
        """Sets what the recipe cannot say, before training."""

    def save(self):
        self.faiss.write_index(self.index, self.path())

    def open(self):
        self.faiss.omp_set_num_threads(1)
        self.index = self.faiss.read_index(self.path())

    def prepare(self, queries):
        return [query[None] for query in queries]

    def one(self, query, k):
        return self.index.search(query, k)[1]

    def batch(self, queries, k):
        return self.index.search(queries, k)[1]


class Hnsw(Faiss):
    codes = "Flat"

    def recipe(self, count):
        return f"HNSW{M},{self.codes}"

    def graph(self):
        return self.index.hnsw

    def configure(self):
        self.graph().efConstruction = EF_CONSTRUCTION

    def set_effort(self, ef):
        self.graph().efSearch = ef


class HnswFlat(Hnsw):
    name = "faiss-hnsw-flat"


class HnswSQ8(Hnsw):
    name, codes = "faiss-hnsw-sq8", "SQ8"


class HnswSQ8Refine(Hnsw):
    name, codes = "faiss-hnsw-sq8-refine", "SQ8,RFlat"

    def graph(self):
        return self.faiss.downcast_index(self.index.base_index).hnsw

    @classmethod
    def sweeps(cls, count):
        # The graph hands over 10 · factor candidates: a narrower search cannot find them.
        return [[{"ef": ef, "factor": factor} for ef in WIDTHS if ef >= 10 * factor]
                for factor in (1.5, *REFINE_FACTORS)]

    def set_effort(self, ef, factor):
        super().set_effort(ef)
        self.index.k_factor = factor


class IvfPQRefine(Faiss):
    name = "faiss-ivfpq-fastscan-refine"

    def recipe(self, count):
        return f"IVF{lists(count)},PQ{self.dimension // 2}x4fs,RFlat"

    @classmethod
    def sweeps(cls, count):
        probes = [p for p in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768)
                  if p <= lists(count)]
        return [[{"probes": p, "factor": factor} for p in probes] for factor in (*REFINE_FACTORS, 16, 32)]

    def set_effort(self, probes, factor):
        self.faiss.downcast_index(self.index.base_index).nprobe = probes
        self.index.k_factor = factor


def lists(count):
    """Inverted lists for `count` rows: about half of them as long as the others are many."""
    return max(16, round(2 * count ** 0.5))
