"""Short sleep by day on an evening that has no other record: a nap, and no night of its own."""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Stamps
from sleepstats.clock import NOON_H
from sleepstats.reading.nights.draft import Draft

#: A record that begins between these hours of the clock and is shorter than this is a nap.
BY_DAY_H, SHORTER_THAN_H = (6.0, 20.0), 3.0


def name_lone_naps(draft: Draft, begin: Stamps, end: Stamps) -> None:
    """Mark as naps the short records by day that would otherwise stand alone for a night."""
    if draft.day_cut_h != NOON_H:
        return
    rows = np.flatnonzero(~np.isnat(draft.night) & ~np.isnat(begin))
    _, place, count = np.unique(draft.night[rows], return_inverse=True, return_counts=True)
    hours = (end - begin)[rows] / np.timedelta64(1, "h")
    clock = (begin - begin.astype("datetime64[D]"))[rows] / np.timedelta64(1, "h")
    by_day = (clock >= BY_DAY_H[0]) & (clock < BY_DAY_H[1])
    found = rows[(count[place] == 1) & (hours < SHORTER_THAN_H) & by_day]
    if len(found):
        nap = np.zeros(len(draft.night), dtype=bool) if draft.nap is None else draft.nap.copy()
        nap[found] = True
        draft.nap = nap
