"""The engines, by name."""

from . import faiss_indexes, graphs, scann_trees, stores
from .kindred_command import Kindred, encodings

PEERS = {adapter.name: adapter for adapter in (
    graphs.Hnswlib, graphs.UsearchF32, graphs.UsearchBF16, graphs.UsearchI8,
    faiss_indexes.HnswFlat, faiss_indexes.HnswSQ8, faiss_indexes.HnswSQ8Refine, faiss_indexes.IvfPQRefine,
    scann_trees.Scann, scann_trees.ScannSoar,
    graphs.VsagSQ8, graphs.VsagSQ8Uniform, graphs.VamanaF32, graphs.VamanaF16, graphs.VamanaLVQ,
    graphs.SymphonyQG, graphs.Voyager, graphs.Ngt, stores.ZvecF32, stores.ZvecInt8, stores.Lance, stores.Hannoy,
    stores.SqliteVec,
)}


def chosen(names, encoding_names):
    """The adapters that the names mean; a name also means all that begin with it and a dash."""
    known = {adapter.name: adapter for adapter in encodings(encoding_names)} | PEERS
    found = [adapter for name, adapter in known.items()
             if not names or any(name == wanted or name.startswith(wanted + "-") for wanted in names)]
    unknown = [wanted for wanted in names
               if not any(name == wanted or name.startswith(wanted + "-") for name in known)]
    if unknown:
        raise SystemExit(f"no engine {', '.join(unknown)}; there are {', '.join(known)}")
    return found
