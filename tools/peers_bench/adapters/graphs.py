"""Graph indexes that are kept in memory and saved to a file."""

import json

import numpy as np

from .base import EF_CONSTRUCTION, M, Adapter


class Hnswlib(Adapter):
    name = "hnswlib"
    requirements = ["hnswlib==0.8.0"]

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import hnswlib
        # Vectors come with unit length where the metric is cosine: the inner product saves the division.
        space = "l2" if self.metric == "l2" else "ip"
        self.index = hnswlib.Index(space=space, dim=self.dimension)

    def build(self, base):
        self.index.init_index(max_elements=len(base), M=M, ef_construction=EF_CONSTRUCTION, random_seed=42)
        self.index.add_items(base, np.arange(len(base)), num_threads=self.threads)

    def save(self):
        self.index.save_index(self.path())

    def open(self):
        self.index.load_index(self.path())

    def set_effort(self, ef):
        self.index.set_ef(ef)

    def one(self, query, k):
        return self.index.knn_query(query, k=k, num_threads=1)[0]

    def batch(self, queries, k):
        return self.index.knn_query(queries, k=k, num_threads=1)[0]


class Usearch(Adapter):
    requirements = ["usearch==2.26.6"]
    dtype = None

    def __init__(self, *arguments):
        super().__init__(*arguments)
        from usearch.index import Index
        self.index = Index(ndim=self.dimension, metric="l2sq" if self.metric == "l2" else "ip", dtype=self.dtype,
                           connectivity=M, expansion_add=EF_CONSTRUCTION, enable_key_lookups=False)

    def build(self, base):
        self.index.add(np.arange(len(base)), base, threads=self.threads)

    def save(self):
        self.index.save(self.path())

    def open(self):
        self.index.load(self.path())

    def set_effort(self, ef):
        self.index.expansion_search = ef

    def one(self, query, k):
        return self.index.search(query, k, threads=1)

    def ids(self, answer):
        return answer.keys

    def batch(self, queries, k):
        return self.index.search(queries, k, threads=1).keys


class UsearchF32(Usearch):
    name, dtype = "usearch-f32", "f32"


class UsearchBF16(Usearch):
    name, dtype = "usearch-bf16", "bf16"


class UsearchI8(Usearch):
    """Codes made here with one scale: the engine's own cast divides each vector by its length, for cosine only."""

    name, dtype = "usearch-i8", "i8"

    def build(self, base):
        scale = 127 / float(np.abs(base).max())
        np.save(self.path("scale.npy"), scale)
        super().build(self.codes(base, scale))

    def open(self):
        super().open()
        self.scale = float(np.load(self.path("scale.npy")))

    def prepare(self, queries):
        return list(self.codes(queries, self.scale))

    def batch(self, queries, k):
        return super().batch(self.codes(queries, self.scale), k)

    @staticmethod
    def codes(vectors, scale):
        return np.clip(np.rint(vectors * scale), -127, 127).astype(np.int8)


class Voyager(Adapter):
    name = "voyager"
    requirements = ["voyager==2.2.3"]

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import voyager
        self.voyager = voyager
        self.space = voyager.Space.Euclidean if self.metric == "l2" else voyager.Space.InnerProduct

    def build(self, base):
        self.index = self.voyager.Index(self.space, self.dimension, M=M, ef_construction=EF_CONSTRUCTION,
                                        random_seed=42, max_elements=len(base))
        self.index.add_items(base, num_threads=self.threads)

    def save(self):
        self.index.save(self.path())

    def open(self):
        self.index = self.voyager.Index.load(self.path())

    def set_effort(self, ef):
        self.ef = ef

    def one(self, query, k):
        return self.index.query(query, k, num_threads=1, query_ef=self.ef)[0]

    def batch(self, queries, k):
        return self.index.query(queries, k, num_threads=1, query_ef=self.ef)[0]


class Vsag(Adapter):
    requirements = ["pyvsag==0.18.5"]
    modes = ("one",)
    codes = None

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import pyvsag
        pyvsag.set_logger_off()
        parameters = {
            "dtype": "float32", "metric_type": "l2" if self.metric == "l2" else "ip", "dim": self.dimension,
            "index_param": {
                "base_quantization_type": self.codes, "use_reorder": True, "precise_quantization_type": "fp32",
                "max_degree": 2 * M, "ef_construction": EF_CONSTRUCTION, "build_thread_count": self.threads,
            },
        }
        self.index = pyvsag.Index("hgraph", json.dumps(parameters))

    def build(self, base):
        self.index.build(base.reshape(-1), np.arange(len(base)), len(base), self.dimension)

    def save(self):
        self.index.save(self.path())

    def open(self):
        self.index.load(self.path())

    def set_effort(self, ef):
        self.parameters = json.dumps({"hgraph": {"ef_search": ef}})

    def one(self, query, k):
        return self.index.knn_search(query, k, self.parameters)

    def ids(self, answer):
        return answer[0] if answer[0].dtype.kind == "i" else answer[1]


class VsagSQ8(Vsag):
    name, codes = "vsag-hgraph-sq8", "sq8"


class VsagSQ8Uniform(Vsag):
    name, codes = "vsag-hgraph-sq8-uniform", "sq8_uniform"


class Vamana(Adapter):
    requirements = ["scalable-vs==0.5.0"]
    element = "float32"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import svs
        self.svs = svs
        # Unit vectors are in the same order by either distance, and Vamana prunes better by l2.
        self.distance = svs.MIP if self.metric == "dot" else svs.L2

    def build(self, base):
        parameters = self.svs.VamanaBuildParameters(
            alpha=0.95 if self.metric == "dot" else 1.2, graph_max_degree=2 * M, window_size=EF_CONSTRUCTION)
        self.index = self.svs.Vamana.build(parameters, self.data(base), self.distance, self.threads)

    def data(self, base):
        return base.astype(self.element)

    def save(self):
        self.index.save(*map(self.path, ("config", "graph", "data")))

    def open(self):
        self.index = self.svs.Vamana(self.path("config"), self.svs.GraphLoader(self.path("graph")), self.loader(),
                                     self.distance, num_threads=1)

    def loader(self):
        return self.svs.VectorDataLoader(self.path("data"), getattr(self.svs, self.element), self.dimension)

    def set_effort(self, ef):
        self.index.search_window_size = ef

    def one(self, query, k):
        return self.index.search(query, k)[0]

    def batch(self, queries, k):
        return self.index.search(queries, k)[0]


class VamanaF32(Vamana):
    name = "svs-vamana-f32"


class VamanaF16(Vamana):
    name, element = "svs-vamana-f16", "float16"


class VamanaLVQ(Vamana):
    """Two levels of compressed vectors; the library has them for some processors only."""

    name = "svs-vamana-lvq4x8"

    def data(self, base):
        self.svs.write_vecs(base, self.path("base.fvecs"))
        return self.svs.LVQLoader(self.svs.VectorDataLoader(self.path("base.fvecs"), self.svs.float32, self.dimension),
                                  primary=4, residual=8)

    def loader(self):
        return self.svs.LVQLoader(self.path("data"))


class SymphonyQG(Adapter):
    """A graph whose nodes carry their neighbors' 1-bit codes; exact distances are computed of the nodes it expands."""

    name = "symphonyqg"
    requirements = ["rabitqlib==0.7.1"]

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import rabitqlib
        self.type = rabitqlib.SymqgIndex

    def build(self, base):
        # Unit vectors are in the same order by either distance. 0 bits: rows stay float32.
        self.index = self.type(self.dimension, 2 * M, "ip" if self.metric == "dot" else "l2", 0)
        self.index.build(base, EF_CONSTRUCTION, self.threads)

    def save(self):
        self.index.save(self.path())

    def open(self):
        self.index = self.type.load(self.path())

    def set_effort(self, ef):
        self.ef = ef

    def prepare(self, queries):
        return [query[None] for query in queries]

    def one(self, query, k):
        return self.index.search(query, k, self.ef, 1)

    def ids(self, answer):
        return answer[0][0]

    def batch(self, queries, k):
        return self.index.search_batch(queries, k, self.ef, 1)[0].astype(np.int64)


class Ngt(Adapter):
    name = "ngt-anng"
    requirements = ["ngt==2.8.0.post1"]
    modes = ("one",)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import ngtpy
        self.ngtpy = ngtpy

    def build(self, base):
        distance = {"cosine": "Normalized Cosine", "dot": "Inner Product", "l2": "L2"}[self.metric]
        self.ngtpy.create(self.path(), self.dimension, edge_size_for_creation=2 * M, distance_type=distance)
        index = self.ngtpy.Index(self.path(), log_disabled=True)
        index.batch_insert(base, num_threads=self.threads)
        index.save()
        index.close()

    def open(self):
        self.index = self.ngtpy.Index(self.path(), read_only=True, log_disabled=True)

    @classmethod
    def sweeps(cls, count):
        epsilons = [-0.1, -0.05, -0.02, 0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5]
        return [[{"edges": edges, "epsilon": epsilon} for epsilon in epsilons] for edges in (20, 40, 80)]

    def set_effort(self, edges, epsilon):
        self.edges, self.epsilon = edges, epsilon

    def one(self, query, k):
        return self.index.search(query, size=k, epsilon=self.epsilon, edge_size=self.edges, with_distance=False)
