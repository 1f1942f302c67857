"""Recall, the best points of a sweep, and speed at a recall."""

import math

import numpy as np

K = 10
TARGETS = (0.90, 0.95, 0.99)


def recall(found, truth):
    """The share of the true neighbors that were found; what is found twice counts once."""
    return float((truth[:, :, None] == found[:, None, :]).any(axis=2).mean())


def front(points):
    """The (recall, speed) points that no other point beats in both, by rising recall."""
    best, kept = -1.0, []
    for point in sorted(points, key=lambda point: (-point[1], -point[0])):
        if point[0] > best:
            best = point[0]
            kept.append(point)
    return kept


def at_recall(points, target):
    """Queries a second at a recall, and whether it is only a lower bound; None if the recall is never reached.

    Between two points of the front it is on the straight line between log(1 - recall) and log(speed). A front that
    begins above the target answers at least as fast as its first point.
    """
    best = front(points)
    if not best or best[-1][0] < target:
        return None
    if best[0][0] >= target:
        return best[0][1], best[0][0] > target
    for (r0, q0), (r1, q1) in zip(best, best[1:]):
        if r0 <= target <= r1:
            x0, x1, x = (math.log(max(1e-9, 1 - r)) for r in (r0, r1, target))
            return math.exp(math.log(q0) + (x0 - x) / (x0 - x1) * (math.log(q1) - math.log(q0))), False


def near_front(points, share=0.15):
    """Indexes of the points that no other point beats by more than a share of the speed at no less recall."""
    return [i for i, (r, q) in enumerate(points)
            if not any(other_r >= r and other_q > q * (1 + share) for other_r, other_q in points)]
