"""Several records of a night: pieces, naps and devices of a tracker, second answers of a diary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Stamps
from sleepstats.clock import NOON_H
from sleepstats.columns import IN_PIECES
from sleepstats.reading.nights.draft import Draft

#: Records of a tracker closer together than this are pieces of one night.
PIECE_GAP_MIN = 90.0
#: A named nap that begins before this hour of the clock belongs to the day before, if alone.
_NIGHT_ENDS_H = 4
_BEGINS = ("into_bed", "lights_out", "sleep_onset")
_ENDS = ("final_wake", "out_of_bed")
_ADDED_UP = ("tib_min", "tst_min", "waso_min", "nawk", "awake_min", "rem_min", "light_min",
             "deep_min", "snore_min")  # fmt: skip
_MINUTE, _DAY = 60_000_000, 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()

Fates = dict[int, tuple[str, str]]


@dataclass
class Records:
    """What the rules look at, as plain lists: numpy is slow for one value at a time."""

    #: Microseconds since 1970 on the local clock.
    begin: list[int | None]
    end: list[int | None]
    #: Length in bed, else asleep; -1 where unknown.
    minutes: list[float]
    #: Day number of the night.
    day: list[int]
    #: Source line.
    line: list[int]


def records_of(draft: Draft) -> Records:
    """Return when each record begins and ends, from the outermost clocks it has."""
    spans: list[np.ndarray] = []
    for names in (_BEGINS, tuple(reversed(_ENDS))):
        found = np.full(len(draft.table), np.datetime64("NaT", "us"), dtype="datetime64[us]")
        for name in names:
            if name in draft.columns:
                stamps = draft.columns[name].astype("datetime64[us]")
                found = np.where(np.isnat(found), stamps, found)
        spans.append(found)
    lengths: np.ndarray = (spans[1] - spans[0]) / np.timedelta64(1, "m")
    for name in ("tst_min", "tib_min"):
        given = draft.columns.get(name)
        if given is not None:
            use = np.isnan(lengths) if name == "tst_min" else ~np.isnan(given)
            lengths = np.where(use, given, lengths)
    return Records(
        _whole(spans[0]),
        _whole(spans[1]),
        np.where(np.isnan(lengths), -1.0, lengths).tolist(),
        draft.night.astype("datetime64[D]").astype(np.int64).tolist(),
        np.asarray(draft.table.line).tolist(),
    )


def _whole(stamps: np.ndarray) -> list[int | None]:
    whole: list[int | None] = stamps.astype(np.int64).tolist()
    for i in np.flatnonzero(np.isnat(stamps)).tolist():
        whole[i] = None
    return whole


def settle_tracker(
    draft: Draft, records: Records, groups: list[list[int]], main_of: dict[int, int], fate: Fates
) -> None:
    """Settle nights with several records; ``main_of`` (day number -> row) is brought up to date."""
    r = records
    naps: list[tuple[int, int]] = []
    for rows in groups:
        main = _longest(draft, r, rows)
        main_of[r.day[main]] = main
        pieces, apart = [main], list[int]()
        for other in sorted((i for i in rows if i != main), key=lambda i: (r.begin[i] or 0, i)):
            begin, end = r.begin[other], r.end[other]
            first, last = r.begin[main], r.end[main]
            if begin is None or first is None or (begin == first and end == last):
                fate[other] = ("duplicate", second_row(r.day[other], r.line[main]))
            elif end is None or last is None:
                fate[other] = (
                    "refused",
                    f"has no end time, and the night of {day_text(r.day[main])} has another record "
                    f"(line {r.line[main]}).",
                )
            elif (across := _across(r, begin, end, (*pieces, *apart))) is not None:
                fate[other] = (
                    "duplicate",
                    f"overlaps the longer record of the night of {day_text(r.day[main])} "
                    f"(line {r.line[across]}), which was kept.",
                )
            elif _gap_min(r, begin, end, pieces) <= PIECE_GAP_MIN:
                pieces.append(other)
                fate[other] = (
                    "merged",
                    f"a piece of the night of {day_text(r.day[main])}, joined to line "
                    f"{r.line[main]}.",
                )
            else:
                apart.append(other)
                naps.append((other, r.day[main] + int(begin >= last)))
        if len(pieces) > 1:
            _join(draft, r, main, pieces)
    for row, day in naps:
        count_nap(draft, row, day, r.minutes[row], main_of, fate)


def _longest(draft: Draft, r: Records, rows: list[int]) -> int:
    """Return the longest record; of equally long ones the fullest, then the first."""
    most = max(r.minutes[i] for i in rows)
    longest = [i for i in rows if r.minutes[i] == most]
    if len(longest) == 1:
        return longest[0]
    columns = draft.table.columns
    return max(longest, key=lambda i: (sum(bool(str(c[i]).strip()) for c in columns), -i))


def count_named_naps(
    draft: Draft, records: Records, named: list[int], main_of: dict[int, int], fate: Fates
) -> None:
    """Give each record that the file calls a nap to the night that follows it."""
    r = records
    seen: dict[tuple[int, int | None], int] = {}
    for i in named:
        begin, end = r.begin[i], r.end[i]
        if begin is not None:
            if (begin, end) in seen:
                line = r.line[seen[begin, end]]
                fate[i] = ("duplicate", f"the same nap stands in line {line}, which was kept.")
                continue
            seen[begin, end] = i
        day = r.day[i]
        main = main_of.get(day)
        last = r.end[main] if main is not None else None
        if begin is not None and last is not None:
            day += int(begin >= last)
        elif begin is not None and main is None:
            day = (begin - _NIGHT_ENDS_H * 60 * _MINUTE) // _DAY
        count_nap(draft, i, day, r.minutes[i], main_of, fate)


def count_nap(
    draft: Draft, row: int, day: int, minutes: float, main_of: dict[int, int], fate: Fates
) -> None:
    """Add a nap to ``nap_min`` of a night, if that night is recorded."""
    length = f"{minutes:.0f} min" if minutes >= 0 else "unknown length"
    where = main_of.get(day)
    night = day_text(day)
    if where is None:
        fate[row] = ("nap", f"a nap ({length}); the night of {night} it precedes is not recorded.")
        return
    if "nap_min" not in draft.columns:
        draft.columns["nap_min"] = np.full(len(draft.table), np.nan)
    if minutes >= 0:
        naps = draft.columns["nap_min"]
        naps[where] = minutes if np.isnan(naps[where]) else naps[where] + minutes
    fate[row] = ("nap", f"a nap ({length}), counted in nap_min of the night of {night}.")


def second_row(day: int, line: int) -> str:
    """Say that a row is one too many."""
    return f"second row for the night of {day_text(day)}: line {line} has it and was kept."


def day_text(day: int) -> str:
    """Write a day number as a date."""
    return date.fromordinal(day + _EPOCH).isoformat()


def _across(r: Records, begin: int, end: int, kept: tuple[int, ...]) -> int | None:
    """Return the kept record that overlaps a stretch, if there is one."""
    for row in kept:
        first, last = r.begin[row], r.end[row]
        if first is not None and last is not None and begin < last and end > first:
            return row
    return None


def _gap_min(r: Records, begin: int, end: int, pieces: list[int]) -> float:
    """Return the minutes between a stretch and the nearest piece."""
    gaps = []
    for row in pieces:
        first, last = r.begin[row], r.end[row]
        if first is not None and last is not None:
            gaps.append(begin - last if begin >= first else first - end)
    return min(gaps) / _MINUTE


def _join(draft: Draft, r: Records, main: int, pieces: list[int]) -> None:
    """Give the longest record the span and the minutes of all pieces."""
    first = min(pieces, key=lambda i: r.begin[i] or 0)
    last = max(pieces, key=lambda i: r.end[i] or 0)
    r.begin[main], r.end[main] = r.begin[first], r.end[last]
    for name in (*_BEGINS, "sol_min"):
        if name in draft.columns:
            draft.columns[name][main] = draft.columns[name][first]
    for name in _ENDS:
        if name in draft.columns:
            draft.columns[name][main] = draft.columns[name][last]
    for name in _ADDED_UP:
        if name in draft.columns:
            draft.columns[name][main] = sum(float(draft.columns[name][i]) for i in pieces)
    for name, told in draft.told.items():
        if told.get("kind") == "factor" and name in draft.columns:
            _answered_once(draft.columns[name], main, pieces)
    lines = ", ".join(str(r.line[i]) for i in sorted(pieces))
    draft.tell(main, "", f"{len(pieces)} records (lines {lines}) {IN_PIECES}.")


def _answered_once(values: Any, main: int, pieces: list[int]) -> None:
    """Give the longest record what was ticked or answered with any piece: yes before no, most."""
    known = [values[i] for i in pieces if not pd.isna(values[i])]
    if not known:
        return
    if isinstance(values, pd.arrays.BooleanArray):
        values[main] = any(known)
    elif pd.api.types.is_numeric_dtype(values.dtype):
        values[main] = max(known)
    elif pd.isna(values[main]):
        values[main] = known[0]


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
