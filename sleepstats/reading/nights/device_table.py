"""What trackers' exports have in common: a record per row, its stamps, one column per measure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from sleepstats.arrays import Bools, Floats, Stamps
from sleepstats.clock import day_cut_h, evening_of, format_clock
from sleepstats.reading.cells import distinct, read_durations, read_numbers, read_stamps
from sleepstats.reading.cells.parsed import all_match, lines_of
from sleepstats.reading.nights.draft import Draft, Options, Preview
from sleepstats.reading.text import DELIMITERS, Cells, RawTable, normal_header

#: Records shorter than this do not show when the person goes to bed.
MAIN_SLEEP_MIN = 180.0

_FULL = lines_of(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_OFFSET = re.compile(r"(?:UTC|GMT)? ?(?:(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>\d\d))?|Z)?", re.I)


@dataclass(frozen=True)
class Measure:
    """One column of a tracker's file."""

    #: Column name in ``nights``.
    name: str
    #: How the file writes it; durations become minutes.
    unit: Literal["number", "min", "s", "ms", "h"] = "number"
    #: What can be; outside it the cell is told and missing.
    least: float = -np.inf
    most: float = np.inf
    #: Whether the file writes 0 for "not measured".
    zero_missing: bool = False
    #: What :meth:`Draft.put` should know beyond the dictionary.
    told: Mapping[str, Any] = field(default_factory=dict)


def header_of(
    preview: Preview, needed: Collection[str], *, line: int, name: Callable[[str], str]
) -> tuple[str, list[str]] | None:
    """Return the delimiter and the names of a header line that has all of ``needed``."""
    if not 1 <= line <= len(preview.lines):
        return None
    for delimiter in DELIMITERS:
        names = [name(cell) for cell in preview.cells(line, delimiter)]
        if set(needed) <= set(names):
            return delimiter, names
    return None


def places(table: RawTable, name: Callable[[str], str] = normal_header) -> dict[str, int]:
    """Return where each header stands, by its normal name; of doubled headers the first."""
    return {name(header): i for i, header in reversed(list(enumerate(table.header)))}


def put_measures(draft: Draft, place: Mapping[str, int], measures: Mapping[str, Measure]) -> None:
    """Set every known column that holds anything."""
    for key, measure in measures.items():
        if key in place:
            put_measure(draft, place[key], measure)


def put_measure(draft: Draft, at: int, measure: Measure) -> None:
    """Read one column of numbers or durations and set it, unless it is empty."""
    header = draft.table.header[at]
    values = read_measure(draft, draft.table.columns[at], header, measure)
    if not np.isnan(values).all():
        draft.put(measure.name, values, header, **{"kind": "device", **measure.told})


def read_measure(draft: Draft, cells: Cells, header: str, measure: Measure) -> Floats:
    """Parse one column of numbers or durations; what cannot be is told and missing."""
    if measure.unit == "number" or measure.unit == "ms":
        values: Floats = draft.parsed(read_numbers(cells), header)
        values = values / 60_000.0 if measure.unit == "ms" else values.copy()
    else:
        values = draft.parsed(read_durations(cells, unit=measure.unit), header).copy()
    if measure.zero_missing:
        values[values == 0] = np.nan
    most = min(measure.most, 1440.0) if measure.unit == "ms" else measure.most
    least = max(measure.least, 0.0) if measure.unit == "ms" else measure.least
    for i in np.flatnonzero((values < least) | (values > most)).tolist():
        draft.tell(i, header, f"{cells[i].strip()!r} cannot be: expected {least:g} to {most:g}.")
        values[i] = np.nan
    return values


def read_together(draft: Draft, at: Sequence[int], options: Options) -> list[tuple[Stamps, Floats]]:
    """Read several columns of stamps as one, so that one order of day and month holds for all.

    Returns the local stamp as written and its offset from UTC in minutes, for each column.
    """
    table = draft.table
    n = len(table)
    quick = [_iso(table.columns[i]) for i in at]
    if all(one is not None for one in quick):
        return [one for one in quick if one is not None]
    headers = [table.header[i] for i in at]
    cells = np.concatenate([table.columns[i] for i in at])
    lines = np.tile(table.line, len(at)).tolist()
    where = f"{table.name}, column {headers[0]!r}"
    parsed = read_stamps(cells, dayfirst=options.dayfirst, where=where, lines=lines)
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


def _iso(cells: Cells) -> tuple[Stamps, Floats] | None:
    """Read a column of full ISO stamps with seconds and perhaps an offset, or return None."""
    texts = cells.tolist()
    if not all_match(_FULL, texts):
        return None
    written = np.array(texts, dtype=f"U{_TO_SECONDS + 13}")
    parts = written.view("U1").reshape(len(written), -1)
    tails = np.ascontiguousarray(parts[:, _TO_SECONDS:]).view("U13").ravel()
    try:
        stamps = written.astype(f"U{_TO_SECONDS}").astype("datetime64[us]")
    except ValueError:
        return None
    known, codes = np.unique(tails, return_inverse=True)
    micros = np.zeros(len(known), dtype="timedelta64[us]")
    zones = np.full(len(known), "", dtype=object)
    for k, tail in enumerate(known.tolist()):
        cut = next((at for at, sign in enumerate(tail) if sign in "Z+-"), len(tail))
        zones[k] = tail[cut:]
        micros[k] = np.timedelta64(int(tail[1:cut].ljust(6, "0") or 0), "us")
    return stamps + micros[codes], read_offsets(zones)[codes]


#: Characters of a stamp up to its seconds.
_TO_SECONDS = 19


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


def to_zone(utc: Stamps, tz: str) -> Stamps:
    """Bring UTC stamps to the local clock of a zone."""
    import pandas as pd

    local = pd.DatetimeIndex(utc).tz_localize("UTC").tz_convert(tz).tz_localize(None)
    return local.to_numpy().astype("datetime64[us]")


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


def date_records(draft: Draft, begin: Stamps, at: int, *, nap: Bools | None = None) -> None:
    """Give each record its evening date; a record without a beginning is refused."""
    minutes = (begin - begin.astype("datetime64[D]")) / np.timedelta64(1, "m")
    main = np.isfinite(minutes)
    if nap is not None:
        main &= ~nap
    if "tib_min" in draft.columns:
        main &= ~(draft.columns["tib_min"] < MAIN_SLEEP_MIN)
    draft.day_cut_h = day_cut_h(minutes[main])
    if draft.day_cut_h != 12.0:
        draft.notes.append(
            "Bed times lie near noon, so the day is cut at "
            f"{format_clock(draft.day_cut_h)} instead of 12:00."
        )
    draft.night = evening_of(begin, draft.day_cut_h)
    draft.nap = nap
    header, cells = draft.table.header[at], draft.table.columns[at]
    for i in np.flatnonzero(np.isnat(begin)).tolist():
        what = f"{cells[i].strip()!r} is no date and time" if cells[i].strip() else "blank"
        draft.refused.setdefault(
            i, f"column {header!r}: {what}, so this row has no night. {_WRITE}"
        )


_WRITE = "Expected YYYY-MM-DD HH:MM:SS."


def check_spans(draft: Draft, begin: str, ends: Sequence[str]) -> None:
    """Drop the end of a record that ends before it begins, or more than a day later."""
    start, end = draft.columns[begin], draft.columns[ends[0]]
    span = (end - start) / np.timedelta64(1, "h")
    for i in np.flatnonzero((span < 0) | (span > 24)).tolist():
        first, last = (
            str(one[i].astype("datetime64[m]")).replace("T", " ") for one in (start, end)
        )
        draft.tell(i, "", f"from {first} to {last} is {span[i]:.1f} h: the end is not used.")
        for name in ends:
            draft.columns[name][i] = np.datetime64("NaT", "us")


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


#: Months in which clocks are changed somewhere.
_CHANGE_MONTHS = (3, 4, 9, 10, 11)


def tell_unused(draft: Draft, used: Collection[int]) -> None:
    """Note the columns that were not read and hold something."""
    table = draft.table
    rest = [
        header
        for i, header in enumerate(table.header)
        if i not in used and any(cell.strip() for cell in table.columns[i].tolist())
    ]
    if rest:
        draft.notes.append(f"Columns not used: {', '.join(rest)}.")
