"""A clustered set too large to be made at once: whole numbers as SIFT descriptors have, made the way of the synthetic
1,000,000 x 128 set (a mixture of clusters of uneven size in few dimensions, projected up and cut off at zero)."""

import json
import os

import numpy as np

LATENT, CLUSTERS, PIECE = 48, 500, 200_000


def write(folder, count, dimension, queries, seed=17):
    """Writes base.npy (float16, exact: no number is above 218), queries.npy and meta.json, a piece at a time."""
    os.makedirs(folder, exist_ok=True)
    random = np.random.default_rng(seed)
    shares = 1 / (np.arange(CLUSTERS) + 10.0) ** 0.8
    shares /= shares.sum()
    parents = random.standard_normal((CLUSTERS // 25, LATENT))[random.integers(0, CLUSTERS // 25, CLUSTERS)]
    centres = (parents + 0.8 * random.standard_normal((CLUSTERS, LATENT))).astype(np.float32)
    widths = (2.0 * np.exp(0.35 * random.standard_normal(CLUSTERS))).astype(np.float32)
    spectrum = ((1 + np.arange(LATENT)) ** -0.35).astype(np.float32)
    up = (random.standard_normal((LATENT, 256)) / LATENT ** 0.5).astype(np.float32)
    down = (random.standard_normal((256, dimension)) / 16).astype(np.float32)
    scale = None

    def piece(size):
        nonlocal scale
        of = random.choice(CLUSTERS, size, p=shares)
        latent = centres[of] + random.standard_normal((size, LATENT), np.float32) * spectrum * widths[of][:, None]
        rows = np.maximum(latent @ up, 0) @ down
        scale = scale or float(rows.std())
        rows = rows / scale + 0.4 * random.standard_normal((size, dimension), np.float32)
        rows = np.maximum(rows, -0.1) + 0.1
        return np.minimum(np.rint(rows * (512 / np.linalg.norm(rows, axis=1, keepdims=True))), 218)

    np.save(os.path.join(folder, "queries.npy"), piece(queries).astype(np.float32))
    base = np.lib.format.open_memmap(os.path.join(folder, "base.npy"), "w+", np.float16, (count, dimension))
    for start in range(0, count, PIECE):
        size = min(PIECE, count - start)
        base[start:start + size] = piece(size)
    base.flush()
    with open(os.path.join(folder, "meta.json"), "w") as file:
        json.dump({"metric": "l2", "n": count, "dim": dimension}, file)
