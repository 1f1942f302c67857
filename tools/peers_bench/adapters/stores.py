"""Engines that keep their vectors on the disk."""

import os

import numpy as np

from .base import EF_CONSTRUCTION, M, Adapter, Unsupported


class Hannoy(Adapter):
    name = "hannoy"
    requirements = ["hannoy==0.1.3"]

    def __init__(self, *arguments):
        super().__init__(*arguments)
        if self.metric == "dot":
            raise Unsupported("it has no inner product")
        import hannoy
        self.hannoy = hannoy

    def database(self, size):
        metric = self.hannoy.Metric.EUCLIDEAN if self.metric == "l2" else self.hannoy.Metric.COSINE
        os.makedirs(self.path(), exist_ok=True)
        return self.hannoy.Database(self.path(), metric, env_size=size)

    def build(self, base):
        size = (8 * base.nbytes // 4096 + 65_536) * 4096
        np.save(self.path("size.npy"), size)
        with self.database(size).writer(self.dimension, m=M, ef=EF_CONSTRUCTION) as writer:
            writer.add_items(list(range(len(base))), base)

    def open(self):
        self.reader = self.database(int(np.load(self.path("size.npy")))).reader()
        self.distances = np.empty(0, np.float32)

    def set_effort(self, ef):
        self.ef = ef

    def one(self, query, k):
        return self.reader.by_array(query, k, self.ef)

    def ids(self, answer):
        return [item for item, _ in answer]

    def batch(self, queries, k):
        found = np.empty((len(queries), k), np.uint32), np.empty((len(queries), k), np.float32)
        self.reader.by_array(queries, k, self.ef, out=found)
        return found[0]


class Lance(Adapter):
    name = "lancedb-ivf-hnsw-sq"
    requirements = ["lancedb==0.40.0"]
    modes = ("one",)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import lancedb
        self.lancedb = lancedb

    def build(self, base):
        import pyarrow
        from lancedb.index import HnswSq
        values = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(base.reshape(-1)), self.dimension)
        rows = pyarrow.table({"id": pyarrow.array(np.arange(len(base))), "vector": values})
        table = self.lancedb.connect(self.path()).create_table("vectors", rows)
        # Its authors advise one partition for tables of this size.
        table.create_index("vector", config=HnswSq(distance_type="l2" if self.metric == "l2" else "dot", m=20,
                                                   num_partitions=1, ef_construction=EF_CONSTRUCTION))

    def open(self):
        self.table = self.lancedb.connect(self.path()).open_table("vectors")

    @classmethod
    def sweeps(cls, count):
        # Refining by 3 asks the graph for 30 candidates: a narrower search is refused.
        widths = (12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768)
        return [[{"ef": ef, "refine": refine} for ef in widths if ef >= 10 * (refine or 1)] for refine in (None, 1, 3)]

    def set_effort(self, ef, refine):
        self.ef, self.refine = ef, refine

    def one(self, query, k):
        search = self.table.search(query).nprobes(1).ef(self.ef).limit(k).select(["id"])
        return (search.refine_factor(self.refine) if self.refine else search).to_arrow()

    def ids(self, answer):
        return answer["id"].to_numpy()


class SqliteVec(Adapter):
    """Compares with every row. Python's own module may not load extensions, so apsw brings SQLite."""

    name = "sqlite-vec"
    requirements = ["sqlite-vec==0.1.9", "apsw==3.54.1.0"]
    modes = ("one",)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        if self.metric == "dot":
            raise Unsupported("it has no inner product")
        import apsw
        import sqlite_vec
        self.apsw, self.extension = apsw, sqlite_vec.loadable_path()

    def connect(self):
        self.connection = self.apsw.Connection(self.path("vectors.sqlite"))
        self.connection.enable_load_extension(True)
        self.connection.load_extension(self.extension)

    def build(self, base):
        self.connect()
        metric = "l2" if self.metric == "l2" else "cosine"
        self.connection.execute("pragma journal_mode = wal")
        self.connection.execute(f"create virtual table v using vec0(e float[{self.dimension}] distance_metric={metric})")
        with self.connection:
            self.connection.executemany("insert into v (rowid, e) values (?, ?)",
                                        ((i, row.tobytes()) for i, row in enumerate(base)))

    def save(self):
        self.connection.close()

    def open(self):
        self.connect()
        self.connection.execute("pragma mmap_size = 17179869184")

    @classmethod
    def sweeps(cls, count):
        return [[{}]]

    def set_effort(self):
        pass

    def prepare(self, queries):
        return [query.tobytes() for query in queries]

    def one(self, query, k):
        return self.connection.execute("select rowid from v where e match ? and k = ?", (query, k)).fetchall()

    def ids(self, answer):
        return [row[0] for row in answer]


class Zvec(Adapter):
    requirements = ["zvec==0.8.0"]
    modes = ("one",)
    codes = "UNDEFINED"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import zvec
        self.zvec = zvec
        zvec.init(log_level=zvec.LogLevel.ERROR, query_threads=self.threads, optimize_threads=self.threads)

    def build(self, base):
        zvec = self.zvec
        metric = {"cosine": zvec.MetricType.COSINE, "dot": zvec.MetricType.IP, "l2": zvec.MetricType.L2}[self.metric]
        graph = zvec.HnswIndexParam(metric_type=metric, m=M, ef_construction=EF_CONSTRUCTION,
                                    quantize_type=getattr(zvec.QuantizeType, self.codes), use_contiguous_memory=True)
        vectors = zvec.VectorSchema("v", zvec.DataType.VECTOR_FP32, self.dimension, graph)
        collection = zvec.create_and_open(self.path(), zvec.CollectionSchema("peers", vectors=vectors))
        for start in range(0, len(base), 1000):
            rows = base[start:start + 1000].tolist()
            collection.insert([zvec.Doc(str(start + i), vectors={"v": row}) for i, row in enumerate(rows)])
        collection.optimize(zvec.OptimizeOption(concurrency=self.threads))
        collection.flush()
        collection.close()

    def open(self):
        self.collection = self.zvec.open(self.path(), self.zvec.CollectionOption(read_only=True))

    def set_effort(self, ef):
        self.parameters = self.zvec.HnswQueryParam(ef=ef)

    def prepare(self, queries):
        return queries.tolist()

    def one(self, query, k):
        search = self.zvec.Query("v", vector=query, param=self.parameters)
        return self.collection.query(search, topk=k, output_fields=[])

    def ids(self, answer):
        return [int(document.id) for document in answer]


class ZvecF32(Zvec):
    name = "zvec-hnsw-f32"


class ZvecInt8(Zvec):
    name, codes = "zvec-hnsw-int8-refine", "INT8"

    def set_effort(self, ef):
        self.parameters = self.zvec.HnswQueryParam(ef=ef, is_using_refiner=True)
