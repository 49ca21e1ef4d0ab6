"""Segments of a record, one row each: which belong together, and the minutes they cover."""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Bools, Floats, Rows, Stamps
from sleepstats.reading.nights.tracker_nights import PIECE_GAP_MIN

_NEVER = np.datetime64("NaT", "us")
#: Minutes between the time lines of different devices or records, so that one pass does for all.
_APART = 1e6


def number_records(start: Stamps, end: Stamps, device: Rows, good: Bools) -> Rows:
    """Return the record of each segment: a device's run without a gap of more than 90 minutes.

    >>> start = np.array(["2026-01-01T23:00", "2026-01-02T09:00", "2026-01-02T01:00"], "M8[us]")
    >>> number_records(start, start + np.timedelta64(1, "h"), np.array([0, 0, 0]), start == start)
    array([0, 1, 0])
    """
    record = np.full(len(start), -1, dtype=np.intp)
    rows = np.flatnonzero(good)
    if len(rows):
        order = rows[np.lexsort((start[rows], device[rows]))]
        begin, finish = _minutes(order, start, end)
        line = device[order] * (finish.max() + _APART)
        latest = np.maximum.accumulate(finish + line)
        new = np.concatenate(([True], (begin + line)[1:] - latest[:-1] > PIECE_GAP_MIN))
        record[order] = np.cumsum(new) - 1
    return record


def minutes_covered(rows: Rows, record: Rows, start: Stamps, end: Stamps, count: int) -> Floats:
    """Return per record the minutes that at least one of the rows covers; NaN where none is.

    >>> start = np.array(["2026-01-01T23:00", "2026-01-01T23:30"], "M8[us]")
    >>> end = start + np.timedelta64(1, "h")
    >>> minutes_covered(np.array([0, 1]), np.array([0, 0]), start, end, 1)
    array([90.])
    """
    if not len(rows):
        return np.full(count, np.nan)
    order = rows[np.lexsort((start[rows], record[rows]))]
    begin, finish = _minutes(order, start, end)
    line = record[order] * (finish.max() + _APART)
    latest = np.maximum.accumulate(finish + line)
    seen = np.concatenate(([-np.inf], latest[:-1])) - line
    covered = np.clip(finish - np.maximum(begin, seen), 0.0, None)
    total = np.bincount(record[order], covered, minlength=count)
    there = np.bincount(record[order], minlength=count) > 0
    return np.where(there, total, np.nan)


def edges(
    rows: Rows, record: Rows, start: Stamps, end: Stamps, count: int
) -> tuple[Stamps, Stamps]:
    """Return when the first of the rows of each record begins and the last ends."""
    low, high = np.full(count, _NEVER), np.full(count, _NEVER)
    by_start = rows[np.argsort(start[rows], kind="stable")[::-1]]
    by_end = rows[np.argsort(end[rows], kind="stable")]
    low[record[by_start]] = start[by_start]  # of several writes to one place the last stays
    high[record[by_end]] = end[by_end]
    return low, high


def _minutes(order: Rows, start: Stamps, end: Stamps) -> tuple[Floats, Floats]:
    zero = start[order].min()
    minute = np.timedelta64(1, "m")
    return (start[order] - zero) / minute, (end[order] - zero) / minute
