"""ScaNN: a tree of partitions, 4-bit codes that favor the inner product, and a second look at the floats."""

import os

from .base import Adapter


class Scann(Adapter):
    name = "scann"
    requirements = ["scann==1.4.2"]
    soar = False

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import scann
        self.scann = scann

    def build(self, base):
        tree = {"num_leaves": leaf_count(len(base)), "num_leaves_to_search": 10, "quantize_centroids": True,
                "training_sample_size": min(len(base), 250_000), "spherical": self.metric == "cosine"}
        if self.soar:
            tree.update(soar_lambda=1.5, overretrieve_factor=1.8)
        inner = self.metric != "l2"
        codes = {"anisotropic_quantization_threshold": 0.2} if inner else {}
        builder = self.scann.scann_ops_pybind.builder(base, 10, "dot_product" if inner else "squared_l2")
        builder = builder.set_n_training_threads(self.threads).tree(**tree).score_ah(2, **codes).reorder(100)
        self.searcher = builder.build()

    def save(self):
        os.makedirs(self.path(), exist_ok=True)
        self.searcher.serialize(self.path())

    def open(self):
        self.searcher = self.scann.scann_ops_pybind.load_searcher(self.path())
        self.searcher.set_num_threads(1)

    @classmethod
    def sweeps(cls, count):
        leaves = [n for n in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
                  if n <= leaf_count(count)]
        return [[{"leaves": n, "reorder": reorder} for n in leaves] for reorder in (20, 30, 50, 80, 120, 200, 400, 800)]

    def set_effort(self, leaves, reorder):
        self.leaves, self.reorder = leaves, reorder

    def one(self, query, k):
        return self.searcher.search(query, k, self.reorder, self.leaves)

    def ids(self, answer):
        return answer[0]

    def batch(self, queries, k):
        return self.searcher.search_batched(queries, k, self.reorder, self.leaves)[0]


class ScannSoar(Scann):
    """Each row also in a second partition, chosen to lie where the first one misses."""

    name, soar = "scann-soar", True


def leaf_count(count):
    return max(16, round(2 * count ** 0.5))
