"""The table for docs/benchmarks.md."""

import statistics

from .measures import TARGETS, at_recall

BUSY = 0.9  # of its core: below this, other work or waiting slowed an engine down


def cell(value, digits=0):
    return "–" if value is None else f"{value:,.{digits}f}"


def speed_cell(points, target):
    """Queries a second at a recall; empty for a mode that the engine does not have."""
    if not points:
        return "–"
    reached = at_recall([(point["recall"], point["queriesPerSecond"]) for point in points], target)
    if reached is None:
        return "never"
    return f"{'≥ ' if reached[1] else ''}{reached[0]:,.0f}"


def row(engine):
    by_mode = {mode: [p for p in engine["points"] if p["mode"] == mode] for mode in ("one", "batch")}
    opens = [1e3 * seconds for seconds in engine["openSeconds"]]
    return [
        engine["engine"], engine.get("version", "–"),
        cell(engine["buildSeconds"] + engine["saveSeconds"], 1), cell(engine["diskBytes"] / 1e6),
        cell(engine["memoryBytes"] / 1e6 if "memoryBytes" in engine else None),
        cell(statistics.median(opens) if opens else None, 1),
        *(" \\| ".join(speed_cell(points, target) for points in by_mode.values()) for target in TARGETS),
        cell(max((point["recall"] for point in engine["points"]), default=None), 4),
    ]


def table(engines):
    heads = ["engine", "version", "build s", "disk MB", "memory MB", "open ms", *(f"q/s @{t:.2f}" for t in TARGETS),
             "best recall"]
    lines = ["| " + " | ".join(heads) + " |", "|---|---|" + "---:|" * (len(heads) - 2)]
    lines += ["| " + " | ".join(row(engine)) + " |" for engine in engines if "diskBytes" in engine]
    return "\n".join(lines)


def remarks(engines):
    """What failed, and who did not have the one core that all were given."""
    lines = [f"- {engine['engine']}: {engine['failure']}" for engine in engines if engine["failure"]]
    shares = {engine["engine"]: share_of_core(engine["points"]) for engine in engines}
    short = ", ".join(f"{name} {share:.0%}" for name, share in shares.items() if share is not None and share < BUSY)
    if short:
        lines.append(f"- the machine was busy, or these waited; their share of a core while searching: {short}")
    return "\n".join(lines)


def share_of_core(points):
    shares = [point["shareOfCore"] for point in points if point["shareOfCore"]]
    return statistics.median(shares) if shares else None


def text(title, engines):
    parts = [f"### {title}", table(engines), remarks(engines)]
    return "\n\n".join(part for part in parts if part)
