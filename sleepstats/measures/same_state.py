"""The Sleep Regularity Index from the beginnings and ends of sleep, by interval arithmetic."""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Bools, Floats, Ints

DAY_MIN = 1440.0


def pair_disagreement(day: Ints, begin: Floats, end: Floats, cut_min: float = 720.0) -> Floats:
    """Return, for each pair of consecutive days, the minutes in which their states differ.

    A day runs from cut to cut. It holds its own night, and what the night before or after reaches
    into it if that is known. All beginnings and ends of two consecutive days, laid over each other,
    are sorted; between two neighbouring ones the state of either day is constant, so the sum of the
    stretches in which the states differ is exact.

    >>> pair_disagreement(np.array([0, 1, 3]), np.array([1380.0, 1410, 1380]),
    ...                   np.array([1860.0, 1860, 1860]))
    array([30.])
    """
    usable = (end > begin) & (end - begin <= DAY_MIN)
    day, begin, end = day[usable], begin[usable] - cut_min, end[usable] - cut_min
    if len(day) < 2:
        return np.empty(0)
    starts, ends = _with_neighbours(day, begin, end)
    pair = np.flatnonzero(np.diff(day) == 1)
    edges = np.concatenate([starts[pair], ends[pair], starts[pair + 1], ends[pair + 1]], axis=1)
    edges = np.sort(np.clip(edges, 0.0, DAY_MIN), axis=1)
    middle = (edges[:, 1:] + edges[:, :-1]) / 2.0
    differ = _asleep(starts[pair], ends[pair], middle) != _asleep(
        starts[pair + 1], ends[pair + 1], middle
    )
    return np.asarray((np.diff(edges, axis=1) * differ).sum(axis=1), dtype=np.float64)


def regularity_index(disagreement: Floats) -> float:
    """Return the Sleep Regularity Index of pairs of days, −100 to 100; NaN without pairs.

    >>> regularity_index(np.array([0.0, 144.0]))
    90.0
    """
    if not len(disagreement):
        return float("nan")
    return float(100.0 - 200.0 * disagreement.mean() / DAY_MIN)


def _with_neighbours(day: Ints, begin: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return the sleep of the night before, the night and the night after, on the day's own axis.

    A neighbour that is not known is an interval of no length.
    """
    starts = np.zeros((len(day), 3))
    ends = np.zeros((len(day), 3))
    starts[:, 1], ends[:, 1] = begin, end
    follows = np.diff(day) == 1
    starts[1:, 0] = np.where(follows, begin[:-1] - DAY_MIN, 0.0)
    ends[1:, 0] = np.where(follows, end[:-1] - DAY_MIN, 0.0)
    starts[:-1, 2] = np.where(follows, begin[1:] + DAY_MIN, 0.0)
    ends[:-1, 2] = np.where(follows, end[1:] + DAY_MIN, 0.0)
    return starts, ends


def _asleep(starts: Floats, ends: Floats, when: Floats) -> Bools:
    """Say for each row's moments whether any of the row's three intervals holds them."""
    state = np.zeros(when.shape, dtype=np.bool_)
    for i in range(starts.shape[1]):
        state |= (when >= starts[:, [i]]) & (when < ends[:, [i]])
    return state
