"""One rule for several source rows that fall on one night.

Diaries (one answer per night is meant): the fullest row is kept, of equally full ones the later;
the others are duplicates.

Trackers (a record per period in bed): rows with the same stamps are duplicates, of which the
fullest is kept. The longest record is the main sleep. A record that overlaps it is a second device
and left out. A record less than ``PIECE_GAP_MIN`` from it is a piece of the same night: into-bed
and out-of-bed times span all pieces, measured minutes are added up, and what was ticked or
answered with any piece counts. Any other record is a nap and goes to ``nap_min``: to this night
when it came before, to the next night when it came after.

A row that the file itself calls a nap is a nap, however long and even when it stands alone; rows
that are parts of another row's record, or no record at all, are set aside first.
"""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Stamps
from sleepstats.clock import NOON_H
from sleepstats.reading.nights.draft import Draft
from sleepstats.reading.nights.tracker_nights import (
    Fates,
    count_named_naps,
    records_of,
    second_row,
    settle_tracker,
)

#: A record that begins between these hours of the clock and is shorter than this is a nap.
BY_DAY_H, SHORTER_THAN_H = (6.0, 20.0), 3.0


def settle(draft: Draft) -> Fates:
    """Reduce a draft to one row per night."""
    night = draft.night
    fate: Fates = {}
    _set_aside(draft, fate)
    named = _named_naps(draft, fate)
    out = np.zeros(len(night), dtype=bool)
    out[list(fate)] = True
    out[named] = True
    good = np.flatnonzero(~np.isnat(night) & ~out)
    order = good[np.argsort(night[good], kind="stable")]
    same = night[order][1:] == night[order][:-1]
    if not same.any() and not len(named):
        return fate
    starts = np.flatnonzero(np.concatenate(([True], ~same)))[: len(order)]
    ends = np.concatenate((starts[1:], [len(order)]))[: len(starts)]
    several = ends - starts > 1
    groups = [
        order[a:b].tolist()
        for a, b in zip(starts[several].tolist(), ends[several].tolist(), strict=True)
    ]
    records = records_of(draft)
    firsts = order[starts].tolist()
    main_of = dict(zip(map(records.day.__getitem__, firsts), firsts, strict=True))
    if draft.tracker:
        settle_tracker(draft, records, groups, main_of, fate)
    else:
        filled = _filled(draft)
        for rows in groups:
            keep = max(rows, key=lambda i: (filled[i], i))
            main_of[records.day[keep]] = keep
            for other in rows:
                if other != keep:
                    text = second_row(records.day[other], records.line[keep])
                    fate[other] = ("duplicate", text)
    count_named_naps(draft, records, named, main_of, fate)
    return fate


def _filled(draft: Draft) -> np.ndarray:
    count = np.zeros(len(draft.table), dtype=int)
    for column in draft.table.columns:
        count += np.fromiter((bool(c and c.strip()) for c in column), bool, len(column))
    return count


def _set_aside(draft: Draft, fate: Fates) -> None:
    """Settle the rows that are no record of their own."""
    if draft.part_of is not None:
        own = np.arange(len(draft.part_of))
        for i in np.flatnonzero((draft.part_of >= 0) & (draft.part_of != own)).tolist():
            line = int(draft.table.line[draft.part_of[i]])
            fate[i] = ("merged", f"part of the record that begins in line {line}.")
    if draft.aside is not None:
        for i in np.flatnonzero(draft.aside).tolist():
            fate.setdefault(i, ("joined", ""))


def _named_naps(draft: Draft, fate: Fates) -> list[int]:
    """Return the rows that the file calls naps."""
    if draft.nap is None:
        return []
    rows = np.flatnonzero(draft.nap & ~np.isnat(draft.night)).tolist()
    return [i for i in rows if i not in fate]


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
