"""Stamps, dates and offsets of trackers' files, brought to the clock at the bed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np

from sleepstats.arrays import Days, Floats, Stamps
from sleepstats.clock import format_clock, to_wall
from sleepstats.reading.cells import Parsed, distinct, read_dates, read_stamps
from sleepstats.reading.nights import Draft, Options
from sleepstats.reading.text import Cells

NEVER = np.datetime64("NaT", "us")

_OFFSET = re.compile(r"(?:UTC|GMT)? ?(?:(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>\d\d))?|Z)?", re.I)
#: Months in which clocks are changed somewhere.
_CHANGE_MONTHS = (3, 4, 9, 10, 11)


def read_together(
    draft: Draft, at: Sequence[int], options: Options, *, dayfirst: bool | None = None
) -> list[tuple[Stamps, Floats]]:
    """Read several columns of stamps as one, so that one order of day and month holds for all.

    Returns the local stamp as written and its offset from UTC in minutes, for each column.
    ``dayfirst`` is the order that the product writes, where the caller names none.
    """
    table = draft.table
    n = len(table)
    order = dayfirst if options.dayfirst is None else options.dayfirst
    headers = [table.header[i] for i in at]
    cells = np.concatenate([table.columns[i] for i in at])
    lines = np.tile(table.line, len(at))
    where = f"{table.name}, column {headers[0]!r}"
    parsed = read_stamps(cells, dayfirst=order, where=where, lines=lines)
    for position in np.flatnonzero(parsed.bad_mask).tolist():
        draft.tell(position % n, headers[position // n], parsed.reason(position))
    for position, sentence in parsed.repaired.items():
        draft.tell(position % n, headers[position // n], sentence)
    for header in headers:
        draft.assume(parsed, header)
    stamps = parsed.values.astype("datetime64[us]")
    offset = parsed.offset_min
    offsets = np.full(len(stamps), np.nan) if offset is None else offset
    return [
        (stamps[k * n : (k + 1) * n].copy(), offsets[k * n : (k + 1) * n].copy())
        for k in range(len(at))
    ]


def read_dates_of(draft: Draft, word: str, *, dayfirst: bool | None = None) -> Parsed:
    """Read the dates of a column; nothing is told yet."""
    order = dayfirst if draft.options.dayfirst is None else draft.options.dayfirst
    where = f"{draft.table.name}, column {draft.header(word)!r}"
    lines = draft.table.line
    return read_dates(draft.cells(word), dayfirst=order, where=where, lines=lines)


def dates_of(draft: Draft, word: str, *, dayfirst: bool | None = None) -> Days:
    """Read one column of dates; those that cannot be read are told."""
    dates = read_dates_of(draft, word, dayfirst=dayfirst)
    days: Days = draft.parsed(dates, draft.header(word)).astype("datetime64[D]")
    return days


def read_days(draft: Draft, at: int, options: Options) -> Days:
    """Return the date of each row; a row without one is refused."""
    table = draft.table
    header, cells = table.header[at], table.columns[at]
    where = f"{table.name}, column {header!r}"
    parsed = read_dates(cells, dayfirst=options.dayfirst, where=where, lines=table.line)
    for i in np.flatnonzero(np.isnat(parsed.values)).tolist():
        why = parsed.reason(i) or "blank, so this row has no date."
        draft.refused[i] = f"column {header!r}: {why}"
    days: Days = parsed.values.astype("datetime64[D]")
    return days


def epoch_ms(milliseconds: Floats) -> Stamps:
    """Return milliseconds since 1970 as UTC stamps, to the second; missing outside 1970 to 2099."""
    usable = (milliseconds > 0) & (milliseconds < 4.1e12)
    seconds = np.where(usable, np.nan_to_num(milliseconds), 0.0) // 1000
    stamps = seconds.astype(np.int64).astype("datetime64[s]").astype("datetime64[us]")
    return np.where(usable, stamps, NEVER)


def read_offsets(cells: Cells) -> Floats:
    """Return minutes east of UTC of ``UTC+0530``, ``-04:00``, ``GMT-5``, ``Z``; NaN for others."""
    texts, codes = distinct(cells)
    minutes = np.full(len(texts), np.nan)
    for i, text in enumerate(texts):
        found = _OFFSET.fullmatch(text)
        if text and found:
            size = int(found["h"] or 0) * 60.0 + int(found["m"] or 0)
            minutes[i] = -size if found["sign"] == "-" else size
    return minutes[codes]


def shifted(stamps: Stamps, minutes: Floats) -> Stamps:
    """Move stamps by minutes; NaT where the minutes are not known."""
    micros = np.full(len(minutes), np.timedelta64("NaT", "us"), dtype="timedelta64[us]")
    known = np.isfinite(minutes)
    micros[known] = np.rint(minutes[known] * 60e6).astype("timedelta64[us]")
    moved: Stamps = stamps + micros
    return moved


def to_utc(stamps: Stamps, offset_min: Floats) -> Stamps:
    """Move stamps to UTC; those without an offset are taken for UTC."""
    return shifted(stamps, -np.nan_to_num(offset_min))


def utc_to_local(draft: Draft, stamps: Stamps, options: Options) -> Stamps:
    """Put UTC stamps on the clock of ``tz=``; without it they stay UTC, and that is said."""
    if options.tz:
        draft.zone = options.tz
        return to_wall(stamps.astype("datetime64[us]"), options.tz)
    draft.zone = "UTC"
    sentence = (
        "The times in this file are UTC and nothing says where the bed stood: clock times and the "
        "evening of a night are given in UTC. Durations are right. Name the zone of the bed: "
        "read_diary(..., tz='Europe/Berlin')."
    )
    if sentence not in draft.assumed:
        draft.assumed.append(sentence)
    return stamps.astype("datetime64[us]")


def put_zone(draft: Draft, offset_min: Floats, header: str) -> None:
    """Set the column that says which offset the clock columns stand in."""
    import pandas as pd

    known, codes = np.unique(offset_min[np.isfinite(offset_min)], return_inverse=True)
    texts = np.full(len(offset_min), None, dtype=object)
    if len(known):
        texts[np.isfinite(offset_min)] = np.array([zone_text(m) for m in known], object)[codes]
        draft.put("zone", pd.array(texts, dtype="str"), header)


def zone_text(minutes: float) -> str:
    """Write an offset: -240 is ``UTC-04:00``."""
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{format_clock(abs(minutes) / 60.0)}"


def tell_clock_changes(
    draft: Draft, offset_min: Floats, printed: Literal["evening", "morning"]
) -> None:
    """Tell of nights in which the clocks seem to have changed, and count changes of zone.

    Both stamps of a record carry one offset: where the clocks change in the night, the morning's
    or the evening's clock time is an hour off. An hour between two nights in a row, on a Saturday
    evening of the months in which clocks are changed, is taken for it; the rest for travel.
    """
    known = np.flatnonzero(~np.isnat(draft.night) & np.isfinite(offset_min))
    if draft.nap is not None:
        known = known[~draft.nap[known]]
    order = known[np.argsort(draft.night[known], kind="stable")]
    before, after = order[:-1], order[1:]
    change = offset_min[after] - offset_min[before]
    days = (draft.night[after] - draft.night[before]).astype(int)
    row = before if printed == "evening" else after
    evening = draft.night[row]
    saturday = (evening.astype(int) - 2) % 7 == 0
    month = evening.astype("datetime64[M]").astype(int) % 12 + 1
    clocks = (np.abs(change) == 60.0) & (days == 1) & saturday & np.isin(month, _CHANGE_MONTHS)
    for k in np.flatnonzero(clocks).tolist():
        forward = change[k] > 0
        zone = zone_text(offset_min[row[k]])
        if printed == "evening":
            other, there = "next", f"an hour {'later' if forward else 'earlier'} at waking"
            size = "more" if forward else "less"
        else:
            other, there = "previous", f"an hour {'earlier' if forward else 'later'} at bed time"
            size = "less" if forward else "more"
        draft.tell(
            int(row[k]),
            "",
            f"both stamps carry the {printed}'s offset, {zone}, and the {other} night's is an "
            f"hour {size}: if the clocks changed in this night, the clock showed {there}. "
            "Durations are right.",
        )
    moves = int(((change != 0) & ~clocks).sum())
    if moves:
        draft.notes.append(
            f"The offset from UTC changes {moves} times between nights (travel, or clocks changed "
            "in a night without a record); clock times are those of the offset printed."
        )
